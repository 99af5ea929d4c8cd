import { cgminer } from "../decode/cgminer.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import { factsOf } from "./antminer-models.ts";
import { statsOf } from "./antminer-stats.ts";

const command = (name: string, more = ""): string => `{"command":"${name}"${more}}`;

/**
 * Antminer stock firmware and its close relatives, over the cgminer API. "GHS" is a label there, not a unit: what is
 * mined and in which unit a rate is comes from the reply's own `rate_unit`, else from the model, else it is not known.
 */
export const antminer = defineDriver({
  name: "antminer",
  about: "Antminer stock firmware and close relatives",
  docs: "https://github.com/bitmaintech/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: [
    "S9",
    "S17",
    "S17 Pro",
    "S19 Pro",
    "T15",
    "T17+",
    "L3+",
    "D3",
    "B3",
    "Z15",
    "Z15 Pro",
    "S21 Pro+",
    "S21 XP Hyd",
    "S23 Hyd",
    "KS7",
  ],
  asks: {
    version: { link: "tcp", target: command("version"), decode: cgminer },
    stats: { link: "tcp", target: command("stats"), decode: cgminer },
    summary: { link: "tcp", target: command("summary"), decode: cgminer },
    pools: { link: "tcp", target: command("pools"), decode: cgminer, optional: true },
    // Firmware of 2021 and later answers this with units, power and boards as lists; older firmware as if it were not new.
    new_stats: {
      link: "tcp",
      target: command("stats", ',"new_api":true'),
      decode: cgminer,
      optional: true,
    },
  },
  knownBy: ["version", "stats"],
  identify: ({ version, stats }) =>
    [pointer(version, "/VERSION/0/Type"), pointer(stats, "/STATS/0/Type")].some((type) =>
      String(type).startsWith("Antminer"),
    ),
  algorithm: "^/algorithm",
  identity: {
    version: {
      make: { always: "Bitmain" },
      model: "/VERSION/0/Type",
      firmware: ["/VERSION/0/Miner", "/VERSION/0/CompileTime"],
    },
    stats: { model: "/model", firmware: "/firmware", uuid: "/minerId" },
    pools: { pool: "/POOLS/0/URL", worker: "/POOLS/0/User" },
  },
  derive: ({ version, stats, new_stats, summary }) => {
    const model = [
      pointer(version, "/VERSION/0/Type"),
      pointer(stats, "/STATS/0/Type"),
      pointer(new_stats, "/INFO/type"),
    ].find((type) => typeof type === "string");
    const facts = factsOf(model);
    const firmware = pointer(stats, "/STATS/0/Miner") ?? pointer(new_stats, "/INFO/miner_version");
    const { algorithm } = facts;
    return {
      ...((stats ?? new_stats) === undefined
        ? {}
        : { stats: { model, firmware, algorithm, ...statsOf(stats, new_stats, facts) } }),
      ...(summary === undefined ? {} : { summary: { ...summary, algorithm } }),
    };
  },
  table: {
    stats: [
      {
        metric: "hashrate",
        at: "/rate",
        unit: { at: "/rateUnit" },
        text: true,
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_expected",
        at: "/ideal",
        unit: { at: "/rateUnit" },
        text: true,
        blank: 0,
        optional: true,
      },
      // 0 W beside a hashrate is how firmware without a meter fills the field (S21 XP Hyd, 2025).
      {
        metric: "power",
        at: "/watt",
        unit: "W",
        measured: "unknown",
        text: true,
        blank: 0,
        optional: true,
      },
      { metric: "uptime", at: "/elapsed", unit: "s", text: true },
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          {
            metric: "hashrate",
            at: "/rate",
            unit: { at: "^/boardUnit" },
            text: true,
            optional: true,
          },
          { metric: "chip_temperature", at: "/chipTemperature", unit: "°C", blank: 0 },
          {
            metric: "board_temperature",
            at: "/boardTemperature",
            unit: "°C",
            blank: 0,
            optional: true,
          },
          {
            metric: "frequency",
            at: "/frequency",
            unit: "MHz",
            text: true,
            blank: 0,
            optional: true,
          },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm", text: true }],
      },
    ],
    summary: [
      { metric: "shares_accepted", at: "/SUMMARY/0/Accepted", unit: "1" },
      { metric: "shares_rejected", at: "/SUMMARY/0/Rejected", unit: "1" },
      { metric: "shares_stale", at: "/SUMMARY/0/Stale", unit: "1", optional: true },
      {
        metric: "difficulty_accepted",
        at: "/SUMMARY/0/Difficulty Accepted",
        unit: "1",
        optional: true,
      },
    ],
  },
});
