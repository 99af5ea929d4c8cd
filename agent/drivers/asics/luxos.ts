import { cgminer } from "../decode/cgminer.ts";
import { type Ask, defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { CGMINER_ASKS } from "./antminer-family.ts";
import { firmwareOf } from "./antminer-firmware.ts";
import { factsOf } from "./antminer-models.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";
import { hottest } from "./hottest.ts";

const ask = (command: string): Ask => ({
  link: "tcp",
  target: `{"command":"${command}"}`,
  decode: cgminer,
  optional: true,
});

/**
 * LuxOS, over its extended cgminer API. Boards are numbered by `ID`. Its `temps` are sensors on the boards; what it calls
 * chip temperatures in `stats` are the same numbers again, and are not read.
 */
export const luxos = defineDriver({
  name: "luxos",
  about: "LuxOS firmware on Antminers",
  docs: "https://docs.luxor.tech/firmware/api/intro",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["S19k Pro 2025.4.8"],
  asks: {
    version: CGMINER_ASKS.version,
    summary: CGMINER_ASKS.summary,
    stats: CGMINER_ASKS.stats,
    devs: ask("devs"),
    temps: ask("temps"),
    fans: ask("fans"),
    power: ask("power"),
    config: ask("config"),
    events: ask("events"),
    pools: CGMINER_ASKS.pools,
  },
  knownBy: ["version"],
  identify: ({ version }) => firmwareOf(version, undefined) === "luxos",
  algorithm: "^/algorithm",
  identity: {
    version: {
      make: { always: "Bitmain" },
      model: "/VERSION/0/Type",
      firmware: ["/VERSION/0/LUXminer", "/VERSION/0/Miner"],
    },
    config: {
      serial: "/settings/SerialNumber",
      mac: "/settings/MACAddr",
      hostname: "/settings/Hostname",
    },
    pools: { pool: "/URL", worker: "/User" },
  },
  derive: ({ version, summary, stats, devs, temps, power, config, pools }) => {
    const model = pointer(version, "/VERSION/0/Type") ?? pointer(stats, "/STATS/0/Type");
    const { algorithm } = factsOf(model);
    const settings = pointer(config, "/CONFIG/0");
    return {
      ...(summary === undefined ? {} : { summary: { ...summary, algorithm } }),
      ...(stats === undefined ? {} : { stats: { ...recordAt(stats, "/STATS/1"), algorithm } }),
      ...(devs === undefined ? {} : { devs: { boards: pointer(devs, "/DEVS"), algorithm } }),
      ...(temps === undefined ? {} : { temps: { boards: boardsOf(temps) } }),
      ...(power === undefined ? {} : { power: powerOf(power) }),
      ...(isRecord(settings) ? { config: conditionOf(settings) } : {}),
      ...(pools === undefined ? {} : { pools: poolInUse(pools) }),
    };
  },
  table: {
    config: [
      {
        state: "/said",
        words: {
          "sleep*": "sleeping",
          "wake*": "starting",
          "initializ*": "starting",
          "start*": "starting",
        },
      },
      { metric: "power_limit", at: "/limit", unit: "W", blank: 0, optional: true },
    ],
    events: [{ errors: "/EVENTS", code: "/Code" }],
    // LuxOS knows SHA-256 machines only, and its GHS are GH/s.
    summary: [
      { metric: "hashrate", at: "/SUMMARY/0/GHS 5s", unit: "GH/s", text: true, averagedSeconds: 5 },
      {
        metric: "hashrate_average",
        at: "/SUMMARY/0/GHS av",
        unit: "GH/s",
        text: true,
        optional: true,
        averagedSeconds: "start",
      },
      ...shareRows("/SUMMARY/0"),
      { metric: "uptime", at: "/SUMMARY/0/Elapsed", unit: "s" },
    ],
    stats: [
      {
        metric: "hashrate_expected",
        at: "/total_rateideal",
        unit: "GH/s",
        blank: 0,
        optional: true,
      },
    ],
    devs: [
      {
        each: "/boards",
        part: "board",
        number: "/ID",
        rows: [
          { metric: "hashrate", at: "/MHS 5s", unit: "MH/s", averagedSeconds: 5 },
          {
            metric: "hashrate_average",
            at: "/MHS av",
            unit: "MH/s",
            optional: true,
            averagedSeconds: "start",
          },
          {
            metric: "hashrate_expected",
            at: "/Nominal MHS",
            unit: "MH/s",
            blank: 0,
            optional: true,
          },
        ],
      },
    ],
    temps: [
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "board_temperature", at: "/board", unit: "°C", blank: 0 },
          { metric: "chip_temperature", at: "/chip", unit: "°C", blank: 0, optional: true },
        ],
      },
    ],
    fans: [
      {
        each: "/FANS",
        part: "fan",
        number: "/ID",
        rows: [
          { metric: "fan_speed", at: "/RPM", unit: "rpm" },
          { metric: "fan_duty", at: "/Speed", unit: "%", optional: true },
        ],
      },
    ],
    power: [
      { metric: "power", at: "/metered", unit: "W", measured: "unknown", blank: 0, optional: true },
      {
        metric: "power",
        at: "/reckoned",
        unit: "W",
        measured: "estimate",
        blank: 0,
        optional: true,
      },
    ],
  },
});

const IN_DIE = /chip|die/i;

function recordAt(doc: unknown, path: string): Readonly<Record<string, unknown>> {
  const found = pointer(doc, path);
  return isRecord(found) ? found : {};
}

/** The hottest sensor of each board; newer releases have some in the chips' dies and say so in the key. */
function boardsOf(temps: unknown): unknown[] {
  return listOf(pointer(temps, "/TEMPS"))
    .filter(isRecord)
    .map(({ ID, TEMP: _, ...sensors }) => {
      const named = (isWanted: (name: string) => boolean): unknown[] =>
        Object.entries(sensors).flatMap(([name, celsius]) => (isWanted(name) ? [celsius] : []));
      return {
        number: ID,
        board: hottest(named((name) => !IN_DIE.test(name))),
        chip: hottest(named((name) => IN_DIE.test(name))),
      };
    });
}

/** `PSU` says whether the supply measured it; on which side of itself it does not say. */
function powerOf(power: unknown): Readonly<Record<string, unknown>> {
  const watts = pointer(power, "/POWER/0/Watts");
  return pointer(power, "/POWER/0/PSU") === true ? { metered: watts } : { reckoned: watts };
}

/** The state is the system's, but for a machine that was told to rest, whose system is well. */
function conditionOf(
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const curtailed = settings["CurtailMode"];
  const isResting = typeof curtailed === "string" && curtailed !== "" && curtailed !== "None";
  return {
    settings,
    said: isResting ? curtailed : settings["SystemStatus"],
    limit: settings["IsPowerTargetEnabled"] === true ? settings["PowerLimit"] : undefined,
  };
}
