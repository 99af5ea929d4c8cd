import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { summaryTable, wholeOf } from "./xmrig-summary.ts";

/**
 * WildRig Multi, for AMD, NVIDIA and Intel GPUs: XMRig's summary at the root. It has one thread for each GPU and does not
 * say where that sits; its API is off until `--api-port` is given (60060 is HiveOS's).
 */
export const wildrig = defineDriver({
  name: "wildrig",
  about: "WildRig Multi, AMD, NVIDIA and Intel GPUs",
  docs: "https://github.com/andru-kun/wildrig-multi",
  kind: "gpu",
  role: "miner",
  ports: [60_060],
  proof: [],
  asks: { summary: { link: "http", target: "/", decode: json } },
  identify: ({ summary }) => /^wildrig/i.test(String(pointer(summary, "/ua"))),
  algorithm: "^/algo",
  identity: {
    summary: {
      firmware: "/ua",
      pool: "/connection/pool",
      worker: "/worker_id",
    },
  },
  derive: ({ summary }) => (isRecord(summary) ? { summary: wholeOf(summary) } : {}),
  table: {
    summary: [
      ...summaryTable("developer_fee", "difficulty_accepted"),
      {
        each: "/hashrate/threads",
        part: "gpu",
        rows: [{ metric: "hashrate", at: "/0", unit: "H/s", averagedSeconds: 10, optional: true }],
      },
    ],
  },
});
