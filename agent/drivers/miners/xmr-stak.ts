import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { summaryTable, wholeOf } from "./xmrig-summary.ts";

/**
 * xmr-stak, CPUs and GPUs: XMRig's summary was made after its. It does not say what it mines nor where a GPU sits; the
 * time that it gives is the connection's, not the program's.
 */
export const xmrStak = defineDriver({
  name: "xmr-stak",
  about: "xmr-stak, CPUs and GPUs",
  docs: "https://github.com/fireice-uk/xmr-stak/blob/master/doc/usage.md",
  kind: "host",
  role: "miner",
  ports: [60_045],
  proof: ["2.4.7"],
  asks: { summary: { link: "http", target: "/api.json", decode: json } },
  identify: ({ summary }) => String(pointer(summary, "/version")).startsWith("xmr-stak/"),
  algorithm: "^/algo",
  identity: { summary: { firmware: "/version", pool: "/connection/pool" } },
  derive: ({ summary }) => (isRecord(summary) ? { summary: wholeOf(summary) } : {}),
  table: {
    summary: [
      ...summaryTable("developer_fee", "uptime"),
      {
        each: "/hashrate/threads",
        part: "thread",
        rows: [{ metric: "hashrate", at: "/0", unit: "H/s", averagedSeconds: 10, optional: true }],
      },
      { errors: "/results/error_log", code: "/text" },
    ],
  },
});
