import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { backendsOf, backendsTable } from "./xmrig-gpus.ts";
import { cpuOf, summaryIdentity, summaryTable } from "./xmrig-summary.ts";

/**
 * XMRig from version 3 on: the CPU is the device at its address, each GPU one of its own. Its HTTP API is off, and without
 * a port of its own, until `http.enabled` is set (60070 and 60050 are HiveOS's).
 */
export const xmrig = defineDriver({
  name: "xmrig",
  about: "XMRig, CPUs first of all",
  docs: "https://xmrig.com/docs/miner/api",
  kind: "host",
  role: "miner",
  ports: [60_070, 60_050],
  proof: ["5.5.3 with CUDA", "5.11.1"],
  asks: {
    summary: { link: "http", target: "/2/summary", decode: json },
    backends: { link: "http", target: "/2/backends", decode: json },
  },
  identify: ({ summary }) =>
    /^XMRig\//.test(String(pointer(summary, "/ua"))) &&
    ["miner", undefined].includes(pointer(summary, "/kind") as string | undefined),
  algorithm: "^/algo",
  identity: { summary: summaryIdentity },
  derive: ({ summary, backends }) => ({
    ...(isRecord(summary) ? { summary: cpuOf(summary, backends) } : {}),
    ...(Array.isArray(backends) ? { backends: backendsOf(backends, summary) } : {}),
  }),
  table: { summary: summaryTable(), backends: backendsTable },
});
