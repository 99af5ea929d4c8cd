import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { added } from "./mined.ts";

/** GrinPro, for NVIDIA and AMD GPUs. Which of Grin's graphs it searches, and where its GPUs are, it does not say. */
export const grinpro = defineDriver({
  name: "grinpro",
  about: "GrinPro, NVIDIA and AMD GPUs",
  docs: "https://grinpro.io/api.html",
  kind: "gpu",
  role: "miner",
  ports: [5777],
  proof: ["version not said"],
  asks: { status: { link: "http", target: "/api/status", decode: json } },
  identify: ({ status }) =>
    Array.isArray(pointer(status, "/workers")) &&
    typeof pointer(status, "/connectionAddress") === "string",
  identity: { status: { pool: "/connectionAddress" } },
  // It does not say what its GPUs do together.
  derive: ({ status }) =>
    isRecord(status)
      ? {
          status: {
            ...status,
            total: added(
              listOf(status["workers"]).map((worker) => pointer(worker, "/graphsPerSecond")),
            ),
          },
        }
      : {},
  table: {
    status: [
      { metric: "hashrate", at: "/total", unit: "g/s" },
      { metric: "shares_accepted", at: "/shares/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/shares/failedToValidate", unit: "1", optional: true },
      { metric: "shares_stale", at: "/shares/tooLate", unit: "1", optional: true },
      {
        each: "/workers",
        part: "gpu",
        number: "/id",
        rows: [{ metric: "hashrate", at: "/graphsPerSecond", unit: "g/s" }],
      },
    ],
  },
});
