import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { summaryIdentity, summaryTable, wholeOf } from "./xmrig-summary.ts";

/**
 * XMRig 2 and its relatives of those years, xmrig-amd and xmrig-nvidia: one program for each kind of device, which does
 * not say where a GPU sits, so that the program is one device.
 */
export const xmrig2 = defineDriver({
  name: "xmrig-2",
  about: "XMRig 2, xmrig-amd and xmrig-nvidia",
  docs: "https://github.com/xmrig/xmrig/tree/v2.14.4/doc/api",
  kind: "host",
  role: "miner",
  ports: [60_050],
  proof: ["2.4.0"],
  asks: { summary: { link: "http", target: "/api.json", decode: json } },
  identify: ({ summary }) =>
    /^XMRig(-AMD|-NVIDIA)?\//i.test(String(pointer(summary, "/ua"))) &&
    !["miner", "proxy", undefined].includes(pointer(summary, "/kind") as string | undefined),
  algorithm: "^/algo",
  identity: { summary: summaryIdentity },
  derive: ({ summary }) => (isRecord(summary) ? { summary: wholeOf(summary) } : {}),
  // The time that it gives is the connection's, not the program's.
  table: { summary: summaryTable("shares_rejected", "uptime") },
});
