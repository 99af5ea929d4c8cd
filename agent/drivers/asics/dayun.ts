import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { command, POOLS_IDENTITY, POOLS_TABLE, poolsOf } from "./maker-devs.ts";

type Doc = Readonly<Record<string, unknown>>;

/** Hash boards: `CH1`, `CH2` and so on. */
function chainsOf(figures: Doc): Doc[] {
  return Object.entries(figures).flatMap(([key, chain]) => {
    const [, number] = /^CH(\d+)$/.exec(key) ?? [];
    return number !== undefined && isRecord(chain) ? [{ ...chain, number }] : [];
  });
}

/**
 * Dayun's Zig Z1. Its `Elapsed` is not read: it says hundreds of days of a miner whose shares are of hours. Nor is the
 * temperature of the core, since nothing tells whose that is.
 */
export const dayun = defineDriver({
  name: "dayun",
  about: "Dayun Zig Z1",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["Zig Z1"],
  // Pools come with their passwords.
  asks: { stats: command("stats"), pools: { ...command("pools"), secret: true } },
  identify: ({ stats }) =>
    /^lyra2rev2\d$/.test(String(pointer(stats, "/STATS/0/ID"))) &&
    isRecord(pointer(stats, "/STATS/0/CH1")),
  algorithm: "lyra2rev2",
  identity: {
    stats: { make: { always: "Dayun" }, model: { always: "Zig Z1" } },
    pools: POOLS_IDENTITY,
  },
  derive: ({ stats, pools }) => {
    const figures = pointer(stats, "/STATS/0");
    return {
      ...(isRecord(figures)
        ? {
            stats: {
              ...figures,
              chains: chainsOf(figures),
              fans: ["Fan In", "Fan Out"].map((key) => ({ speed: figures[key] })),
            },
          }
        : {}),
      ...(pools === undefined ? {} : { pools: poolsOf(pools) }),
    };
  },
  table: {
    stats: [
      { metric: "hashrate", at: "/MHS 30S", unit: "MH/s", averagedSeconds: 30 },
      {
        metric: "hashrate_average",
        at: "/MHS 5m",
        unit: "MH/s",
        averagedSeconds: 300,
        optional: true,
      },
      { metric: "frequency", at: "/Frequency", unit: "MHz", blank: 0, optional: true },
      {
        each: "/chains",
        part: "board",
        number: "/number",
        rows: [
          { metric: "hashrate", at: "/MHS 30S", unit: "MH/s", averagedSeconds: 30 },
          { metric: "board_temperature", at: "/Temperature", unit: "°C", blank: 0 },
        ],
      },
      { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm" }] },
    ],
    pools: POOLS_TABLE,
  },
});
