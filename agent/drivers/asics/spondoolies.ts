import { parseReply } from "../decode/text.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";
import { command } from "./maker-devs.ts";

/** What the first member of `stats` holds as a text in JSON, its boards and fans listed. */
function figuresOf(stats: unknown): object {
  const text = pointer(stats, "/STATS/0/json-stats");
  const figures = typeof text === "string" ? parseReply(text) : undefined;
  return {
    boards: ["top-board", "bottom-board"]
      .map((key) => pointer(figures, `/${key}`))
      .filter(isRecord),
    fans: listOf(pointer(figures, "/fan-speeds")),
    duty: pointer(figures, "/fan-percent"),
  };
}

/** Spondoolies' SPx36, which puts what it knows of itself into `stats` as JSON in a text. */
export const spondoolies = defineDriver({
  name: "spondoolies",
  about: "Spondoolies SPx36",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["SPx36"],
  asks: {
    summary: command("summary"),
    stats: command("stats"),
    pools: { ...command("pools"), rarely: true },
  },
  identify: ({ summary }) =>
    /^cgminer .*-spx$/.test(String(pointer(summary, "/STATUS/0/Description"))),
  algorithm: "x11",
  identity: {
    summary: {
      make: { always: "Spondoolies" },
      model: { always: "SPx36" },
      firmware: "/STATUS/0/Description",
    },
    pools: { pool: "/inUse/URL", worker: "/inUse/User" },
  },
  derive: ({ summary, stats, pools }) => ({
    ...(summary === undefined ? {} : { summary }),
    ...(stats === undefined ? {} : { stats: figuresOf(stats) }),
    ...(pools === undefined ? {} : { pools: { inUse: poolInUse(pools) } }),
  }),
  table: {
    summary: [
      { metric: "hashrate", at: "/SUMMARY/0/MHS 5s", unit: "MH/s", averagedSeconds: 5 },
      {
        metric: "hashrate_average",
        at: "/SUMMARY/0/MHS av",
        unit: "MH/s",
        averagedSeconds: "start",
        optional: true,
      },
      ...shareRows("/SUMMARY/0"),
      { metric: "uptime", at: "/SUMMARY/0/Elapsed", unit: "s" },
    ],
    stats: [
      {
        each: "/boards",
        part: "board",
        rows: [
          // Both boards' together are the "MHS av" of the whole.
          {
            metric: "hashrate_average",
            at: "/avg-hashrate",
            unit: "MH/s",
            averagedSeconds: "start",
          },
          // Of its supply, which does not say at which end.
          { metric: "power", at: "/power", unit: "W", measured: "unknown", blank: 0 },
          { metric: "chip_temperature", at: "/max-temp", unit: "°C", blank: 0 },
          { metric: "inlet_temperature", at: "/front-temp", unit: "°C", blank: 0, optional: true },
          { metric: "outlet_temperature", at: "/rear-temp", unit: "°C", blank: 0, optional: true },
          { metric: "supply_temperature", at: "/psu-temp", unit: "°C", blank: 0, optional: true },
          { metric: "chips_working", at: "/working-asics", unit: "1", optional: true },
        ],
      },
      { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "", unit: "rpm" }] },
      { metric: "fan_duty", at: "/duty", unit: "%" },
    ],
  },
});
