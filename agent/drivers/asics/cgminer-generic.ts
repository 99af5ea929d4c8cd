import { cgminerOrText } from "../decode/cgminer-text.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import type { Each, Row } from "../table.ts";
import { devicesOf, hasRates, SPANS, withRates } from "./cgminer-rates.ts";
import { poolInUse } from "./cgminer-shares.ts";

const command = (name: string): Ask => ({
  link: "tcp",
  target: `{"command":"${name}"}`,
  decode: cgminerOrText,
});

/** The rate of now, over whichever time is the shortest that a miner says. */
const now = (part?: "board" | "gpu"): Each[] =>
  SPANS.map(([span, seconds]) => ({
    each: part === undefined ? `/over ${span}` : `/${part} over ${span}`,
    ...(part === undefined ? {} : { part, number: "/number" }),
    rows: [
      {
        metric: "hashrate",
        at: "/amount",
        unit: { at: "/unit" },
        text: true,
        averagedSeconds: seconds,
      },
    ],
  }));
const missing: Each = {
  each: "/missing",
  rows: [{ metric: "hashrate", at: "/amount", unit: "H/s" }],
};
const mean: Row = {
  metric: "hashrate_average",
  at: "/mean/amount",
  unit: { at: "/mean/unit" },
  text: true,
  averagedSeconds: "start",
  optional: true,
};
const temperature = (metric: "board_temperature" | "chip_temperature"): Row => ({
  metric,
  at: "/Temperature",
  unit: "°C",
  text: true,
  blank: [0, -273],
  optional: true,
});
const fanOf = (metric: "fan_speed" | "fan_duty", at: string): Row =>
  metric === "fan_speed"
    ? { metric, at, unit: "rpm", text: true, blank: -1, optional: true }
    : { metric, at, unit: "%", text: true, blank: -1, optional: true };

/**
 * Whatever speaks the cgminer API as cgminer, BFGMiner and sgminer do, and no other driver knows. A label such as "MHS"
 * is taken at its word there, which some makers' firmware does not mean: what is read here is unproven.
 */
export const cgminerGeneric = defineDriver({
  name: "cgminer-generic",
  about: "Any miner with the cgminer API",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: [],
  generic: true,
  asks: {
    summary: command("summary"),
    devs: { ...command("devs"), optional: true },
    version: { ...command("version"), optional: true, rarely: true },
    pools: { ...command("pools"), optional: true, rarely: true },
  },
  knownBy: ["summary", "devs", "version"],
  identify: ({ summary, devs, version }) =>
    hasRates(pointer(summary, "/SUMMARY/0")) ||
    hasRates(pointer(devs, "/DEVS/0")) ||
    (isRecord(pointer(version, "/VERSION/0")) && pointer(version, "/STATUS/0") !== undefined),
  identity: {
    version: {
      model: ["/VERSION/0/Type", "/VERSION/0/PROD", "/VERSION/0/Model"],
      firmware: ["/VERSION/0/Miner", "/STATUS/0/Description"],
      mac: "/VERSION/0/MAC",
    },
    summary: { firmware: "/STATUS/0/Description" },
    pools: { pool: "/inUse/URL", worker: "/inUse/User" },
  },
  derive: ({ summary, devs, pools }) => {
    const total = pointer(summary, "/SUMMARY/0");
    return {
      ...(isRecord(total)
        ? { summary: { STATUS: pointer(summary, "/STATUS"), ...withRates(total) } }
        : {}),
      ...(devs === undefined
        ? {}
        : { devs: { ...devicesOf(devs, "board"), ...devicesOf(devs, "gpu") } }),
      ...(pools === undefined ? {} : { pools: { inUse: poolInUse(pools) } }),
    };
  },
  table: {
    summary: [
      ...now(),
      missing,
      mean,
      { metric: "shares_accepted", at: "/Accepted", unit: "1", text: true },
      { metric: "shares_rejected", at: "/Rejected", unit: "1", text: true },
      { metric: "shares_stale", at: "/Stale", unit: "1", text: true, optional: true },
      {
        metric: "difficulty_accepted",
        at: "/Difficulty Accepted",
        unit: "1",
        text: true,
        optional: true,
      },
      { metric: "uptime", at: "/Elapsed", unit: "s", text: true },
    ],
    devs: [
      ...now("board"),
      ...now("gpu"),
      {
        each: "/board",
        part: "board",
        number: "/number",
        rows: [mean, temperature("board_temperature")],
      },
      {
        each: "/gpu",
        part: "gpu",
        number: "/number",
        rows: [
          mean,
          temperature("chip_temperature"),
          fanOf("fan_speed", "/Fan Speed"),
          fanOf("fan_duty", "/Fan Percent"),
          {
            metric: "frequency",
            at: "/GPU Clock",
            unit: "MHz",
            text: true,
            blank: 0,
            optional: true,
          },
          {
            metric: "memory_frequency",
            at: "/Memory Clock",
            unit: "MHz",
            text: true,
            blank: 0,
            optional: true,
          },
        ],
      },
    ],
  },
});
