import { pairs } from "../decode/pairs.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";

/** cpuminer-multi and cpuminer-opt. The latter says its rate in both units, the whole hashes with more digits. */
export const cpuminer = defineDriver({
  name: "cpuminer",
  about: "cpuminer-multi, cpuminer-opt",
  docs: "https://github.com/tpruvot/cpuminer-multi/wiki/Using-the-API",
  kind: "host",
  role: "miner",
  ports: [4048],
  proof: ["cpuminer-opt 3.9.1.1"],
  asks: { summary: { link: "tcp", target: "summary", decode: pairs } },
  identify: ({ summary }) =>
    typeof pointer(summary, "/0/NAME") === "string" &&
    typeof pointer(summary, "/0/CPUS") === "string" &&
    typeof pointer(summary, "/0/KHS") === "string",
  algorithm: "^/ALGO",
  identity: { summary: { firmware: "/VER", pool: "/URL" } },
  derive: ({ summary }) => {
    const own = pointer(summary, "/0");
    if (!isRecord(own)) return { summary: undefined };
    const isWhole = own["HS"] !== undefined;
    return {
      summary: {
        ...own,
        rate: isWhole ? own["HS"] : own["KHS"],
        unit: isWhole ? "H/s" : "kH/s",
      },
    };
  },
  table: {
    summary: [
      { metric: "hashrate", at: "/rate", unit: { at: "/unit" }, text: true },
      { metric: "shares_accepted", at: "/ACC", unit: "1", text: true },
      { metric: "shares_rejected", at: "/REJ", unit: "1", text: true },
      {
        metric: "chip_temperature",
        at: "/TEMP",
        unit: "°C",
        text: true,
        blank: 0,
        optional: true,
      },
      { metric: "uptime", at: "/UPTIME", unit: "s", text: true },
    ],
  },
});
