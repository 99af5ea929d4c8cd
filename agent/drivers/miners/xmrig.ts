import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";

/** XMRig 6, a CPU miner first of all; its HTTP API is off, and without a port of its own, until `http.enabled` is set. */
export const xmrig = defineDriver({
  name: "xmrig",
  about: "XMRig, CPUs first of all",
  docs: "https://xmrig.com/docs/miner/api",
  kind: "host",
  role: "miner",
  ports: [],
  proof: ["5.11.1", "6"],
  asks: { summary: { link: "http", target: "/2/summary", decode: json } },
  identify: ({ summary }) => String(pointer(summary, "/ua")).startsWith("XMRig/"),
  algorithm: "^/algo",
  identity: {
    summary: {
      model: "/cpu/brand",
      firmware: "/ua",
      hostname: "/worker_id",
      uuid: "/id",
      pool: "/connection/pool",
      worker: "/worker_id",
    },
  },
  table: {
    summary: [
      // Means over 10 s, 60 s and 15 min; each is null until that much time has passed.
      { metric: "hashrate", at: "/hashrate/total/0", unit: "H/s", averagedSeconds: 10 },
      { metric: "shares_accepted", at: "/results/shares_good", unit: "1" },
      { metric: "shares_rejected", at: "/connection/rejected", unit: "1", optional: true },
      { metric: "difficulty_accepted", at: "/results/hashes_total", unit: "1", optional: true },
      { metric: "uptime", at: "/uptime", unit: "s" },
    ],
  },
});
