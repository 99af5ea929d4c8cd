import { cgminerOrText } from "../decode/cgminer-text.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import type { Row } from "../table.ts";
import { avalonOf } from "./avalon-modules.ts";
import { poolInUse } from "./cgminer-shares.ts";

const command = (name: string): string => `{"command":"${name}"}`;

type Temperature = "chip_temperature" | "inlet_temperature" | "outlet_temperature";

/** A sensor that not every model has: -273 and 0 where it has none. */
const sensor = (metric: Temperature, at: Row["at"]): Row => ({
  metric,
  at,
  unit: "°C",
  text: true,
  blank: [-273, 0],
  optional: true,
});
const clock = (at: string): Row => ({
  metric: "frequency",
  at,
  unit: "MHz",
  text: true,
  blank: 0,
  optional: true,
});
const chips = (at: string): Row => ({
  metric: "chips_expected",
  at,
  unit: "1",
  text: true,
  blank: 0,
  optional: true,
});
/** What the chips would do at their clock. */
const ideal = (at: string): Row => ({
  metric: "hashrate_expected",
  at,
  unit: "GH/s",
  text: true,
  blank: 0,
  optional: true,
});

/**
 * Avalon miners of Canaan, from the modules on a controller (700 and 800 series) to the home miners (Nano, Q). Most of
 * what they say is one text of names and brackets; the means over 5 and 15 minutes grow from 0 after a start and are
 * read nowhere.
 */
export const avalon = defineDriver({
  name: "avalon",
  about: "Avalon miners (Canaan)",
  docs: "https://github.com/Canaan-Creative/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["741", "841", "1246", "1566"],
  asks: {
    version: {
      link: "tcp",
      target: command("version"),
      decode: cgminerOrText,
      optional: true,
      rarely: true,
    },
    stats: { link: "tcp", target: command("stats"), decode: cgminerOrText },
    summary: { link: "tcp", target: command("summary"), decode: cgminerOrText },
    pools: {
      link: "tcp",
      target: command("pools"),
      decode: cgminerOrText,
      optional: true,
      rarely: true,
    },
  },
  knownBy: ["version", "stats"],
  identify: ({ version, stats }) =>
    String(pointer(version, "/VERSION/0/PROD")).startsWith("Avalon") ||
    (/^AV/.test(String(pointer(stats, "/STATS/0/ID"))) && avalonOf(stats) !== undefined),
  algorithm: "sha256d",
  identity: {
    version: {
      make: { always: "Canaan" },
      model: ["/VERSION/0/PROD", "/VERSION/0/MODEL"],
      firmware: ["/VERSION/0/VERSION", "/VERSION/0/LVERSION", "/VERSION/0/CGVERSION"],
      serial: "/VERSION/0/DNA",
      mac: "/VERSION/0/MAC",
    },
    stats: { make: { always: "Canaan" }, firmware: "/whole/Ver", serial: "/whole/DNA" },
    pools: { pool: "/inUse/URL", worker: "/inUse/User" },
  },
  derive: ({ stats, summary, pools }) => {
    const found = avalonOf(stats);
    const speed = found?.speed;
    const total = pointer(summary, "/SUMMARY/0");
    return {
      ...(found === undefined
        ? {}
        : { stats: { ...found, speeds: speed === undefined ? [] : [{ speed }] } }),
      ...(isRecord(total)
        ? {
            summary: {
              ...total,
              // Firmware that says the rate of this moment says a mean as well; one of them is the rate.
              means5: speed === undefined && total["MHS 30s"] === undefined ? [total] : [],
              means30: speed === undefined && total["MHS 30s"] !== undefined ? [total] : [],
            },
          }
        : {}),
      ...(pools === undefined ? {} : { pools: { inUse: poolInUse(pools) } }),
    };
  },
  table: {
    stats: [
      {
        state: "/whole/SYSTEMSTATU",
        words: {
          "work: in work*": "mining",
          "work: in idle*": "sleeping",
          "work: in init*": "starting",
        },
      },
      { errors: "/errors" },
      {
        each: "/speeds",
        rows: [{ metric: "hashrate", at: "/speed", unit: "GH/s", text: true }],
      },
      ideal("/whole/GHSmm"),
      {
        each: "/wall",
        rows: [
          { metric: "power", at: "/watt", unit: "W", measured: "input", text: true, blank: 0 },
        ],
      },
      {
        each: "/supply",
        rows: [
          { metric: "power", at: "/watt", unit: "W", measured: "output", text: true, blank: 0 },
        ],
      },
      {
        metric: "power_limit",
        at: "/whole/MPO",
        unit: "W",
        text: true,
        blank: 0,
        optional: true,
      },
      sensor("inlet_temperature", ["/whole/ITemp", "/whole/Temp"]),
      sensor("outlet_temperature", "/whole/OTemp"),
      sensor("chip_temperature", "/whole/TMax"),
      clock("/whole/Freq"),
      chips("/whole/TA"),
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "hashrate_average", at: "/mean", unit: "GH/s", text: true, optional: true },
          ideal("/expected"),
          sensor("chip_temperature", "/hottest"),
          sensor("inlet_temperature", "/inlet"),
          sensor("outlet_temperature", "/outlet"),
          clock("/frequency"),
          chips("/chips"),
        ],
      },
      { metric: "fan_duty", at: "/duty", unit: "%", text: true, optional: true },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        rows: [
          { metric: "fan_speed", at: "/speed", unit: "rpm", text: true, optional: true },
          { metric: "fan_duty", at: "/duty", unit: "%", text: true, optional: true },
        ],
      },
    ],
    summary: [
      {
        each: "/means5",
        rows: [{ metric: "hashrate", at: "/MHS 5s", unit: "MH/s", text: true, averagedSeconds: 5 }],
      },
      {
        each: "/means30",
        rows: [
          { metric: "hashrate", at: "/MHS 30s", unit: "MH/s", text: true, averagedSeconds: 30 },
        ],
      },
      {
        metric: "hashrate_average",
        at: "/MHS av",
        unit: "MH/s",
        text: true,
        averagedSeconds: "start",
        optional: true,
      },
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
  },
});
