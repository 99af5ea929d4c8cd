import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";
import { command } from "./maker-devs.ts";

type Doc = Readonly<Record<string, unknown>>;

/** Hash boards: the members of `stats` that are no pools. */
const chainsOf = (stats: unknown): Doc[] =>
  listOf(pointer(stats, "/STATS"))
    .filter(isRecord)
    .filter((member) => member["Chain Enabled"] !== undefined);

/** MinerVa's miners. Each board repeats the speed of the same fans. */
export const minerva = defineDriver({
  name: "minerva",
  about: "MinerVa miners",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["MV8"],
  asks: {
    stats: command("stats"),
    summary: command("summary"),
    pools: { ...command("pools"), rarely: true },
  },
  identify: ({ stats }) =>
    /^C\d+$/.test(String(pointer(stats, "/STATS/0/Name"))) &&
    pointer(stats, "/STATS/0/Chain Enabled") !== undefined,
  algorithm: "sha256d",
  identity: {
    stats: { make: { always: "MinerVa" } },
    summary: { mac: "/SUMMARY/0/Netid", firmware: "/STATUS/0/Description" },
    pools: { pool: "/inUse/URL", worker: "/inUse/User" },
  },
  derive: ({ stats, summary, pools }) => {
    const chains = chainsOf(stats);
    const [first = {}] = chains;
    const fans = ["Fan0 Speed", "Fan1 Speed"].flatMap((key) =>
      first[key] === undefined ? [] : [{ speed: first[key], duty: first["Fan Duty"] }],
    );
    return {
      ...(stats === undefined ? {} : { stats: { chains, fans } }),
      ...(summary === undefined ? {} : { summary }),
      ...(pools === undefined ? {} : { pools: { inUse: poolInUse(pools) } }),
    };
  },
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
        each: "/chains",
        part: "board",
        number: "/Chain ID",
        rows: [
          { metric: "hashrate", at: "/MHS 5s", unit: "MH/s", averagedSeconds: 5 },
          {
            metric: "hashrate_average",
            at: "/MHS av",
            unit: "MH/s",
            averagedSeconds: "start",
            optional: true,
          },
          // A mean of the board's sensors, so not the hottest chip.
          { metric: "board_temperature", at: "/Temp Avg", unit: "°C", blank: 0 },
          { metric: "frequency", at: "/Device Freq", unit: "MHz", blank: 0, optional: true },
          { metric: "voltage", at: "/Voltage", unit: "mV", blank: 0, optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        rows: [
          { metric: "fan_speed", at: "/speed", unit: "rpm" },
          { metric: "fan_duty", at: "/duty", unit: "%", optional: true },
        ],
      },
    ],
  },
});
