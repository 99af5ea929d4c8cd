import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";

/**
 * xmrig-proxy: it passes on the work of other machines and mines nothing. What it counts those machines count as well, so
 * that none of it is read: add the machines behind it.
 */
export const xmrigProxy = defineDriver({
  name: "xmrig-proxy",
  about: "xmrig-proxy, which passes on others' work: that it runs, and no hashrate",
  docs: "https://github.com/xmrig/xmrig-proxy",
  kind: "host",
  role: "sensor",
  ports: [],
  proof: [],
  asks: { summary: { link: "http", target: "/1/summary", decode: json } },
  identify: ({ summary }) =>
    pointer(summary, "/kind") === "proxy" && pointer(summary, "/upstreams") !== undefined,
  identity: { summary: { firmware: "/ua", hostname: "/worker_id" } },
  table: { summary: [{ metric: "uptime", at: "/uptime", unit: "s" }] },
});
