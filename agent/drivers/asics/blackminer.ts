import { cgminer } from "../decode/cgminer.ts";
import { json } from "../decode/json.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { listOf, pointer } from "../pointer.ts";
import { factsOf, figuresOf } from "./blackminer-facts.ts";
import { poolInUse } from "./cgminer-shares.ts";
import { sharesOf } from "./pool-shares.ts";

const command = (name: string): Ask => ({
  link: "tcp",
  target: `{"command":"${name}"}`,
  decode: cgminer,
});

/**
 * Blackminer, Hammer and VolcMiner over the cgminer API. Shares come from the pools: `summary` prints one number in
 * place of both accepted and rejected.
 */
export const blackminer = defineDriver({
  name: "blackminer",
  about: "Blackminer, Hammer and VolcMiner",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028, 8359],
  proof: ["Blackminer F1", "Blackminer F1 Mini", "Hammer D10", "VolcMiner D1"],
  asks: {
    version: command("version"),
    stats: command("stats"),
    pools: command("pools"),
    summary: { ...command("summary"), optional: true },
    system: {
      link: "http",
      target: "/cgi-bin/get_system_info.cgi",
      port: 80,
      decode: json,
      optional: true,
      rarely: true,
      login: true,
    },
  },
  knownBy: ["version", "stats"],
  identify: ({ version, stats }) =>
    [pointer(version, "/VERSION/0/Type"), pointer(stats, "/STATS/0/Type")].some(
      (type) => factsOf(type) !== undefined,
    ),
  login: { kind: "digest" },
  algorithm: "^/algorithm",
  identity: {
    version: {
      make: "/make",
      model: "/VERSION/0/Type",
      firmware: ["/VERSION/0/Miner", "/VERSION/0/CompileTime"],
    },
    stats: { make: "/make", model: "/model" },
    pools: { pool: "/inUse/URL", worker: "/inUse/User" },
    system: { mac: "/macaddr", hostname: "/hostname" },
  },
  derive: ({ version, stats, pools, summary }) => {
    const model = pointer(version, "/VERSION/0/Type") ?? pointer(stats, "/STATS/0/Type");
    const { make, algorithm } = factsOf(model) ?? {};
    const listed = listOf(pointer(pools, "/POOLS"));
    return {
      ...(version === undefined ? {} : { version: { ...version, make } }),
      ...(stats === undefined ? {} : { stats: { make, model, algorithm, ...figuresOf(stats) } }),
      ...(summary === undefined ? {} : { summary: { ...summary, algorithm } }),
      ...(pools === undefined
        ? {}
        : {
            pools: {
              algorithm,
              inUse: poolInUse(pools),
              accepted: sharesOf(listed, "/Accepted"),
              rejected: sharesOf(listed, "/Rejected"),
              stale: sharesOf(listed, "/Stale"),
            },
          }),
    };
  },
  table: {
    stats: [
      { metric: "hashrate", at: "/now", unit: { at: "/rateUnit" }, text: true, averagedSeconds: 5 },
      {
        metric: "hashrate_average",
        at: "/mean",
        unit: { at: "/rateUnit" },
        text: true,
        averagedSeconds: "start",
        optional: true,
      },
      { metric: "uptime", at: "/elapsed", unit: "s", optional: true },
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          {
            metric: "hashrate",
            at: "/rate",
            unit: { at: "^/rateUnit" },
            text: true,
            optional: true,
          },
          { metric: "board_temperature", at: "/boardTemperature", unit: "°C", blank: 0 },
          {
            metric: "frequency",
            at: "/frequency",
            unit: "MHz",
            text: true,
            blank: 0,
            optional: true,
          },
          { metric: "chips_working", at: "/chipsWorking", unit: "1", optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm" }],
      },
    ],
    summary: [
      {
        metric: "difficulty_accepted",
        at: "/SUMMARY/0/Difficulty Accepted",
        unit: "1",
        optional: true,
      },
    ],
    pools: [
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
      { metric: "shares_stale", at: "/stale", unit: "1", optional: true },
    ],
  },
});
