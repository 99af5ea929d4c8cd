import { cgminer } from "../decode/cgminer.ts";
import type { Ask } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Each, Row, Table } from "../table.ts";
import { poolInUse } from "./cgminer-shares.ts";
import { sharesOf } from "./pool-shares.ts";

type Doc = Readonly<Record<string, unknown>>;

/** A command of the cgminer API. */
export function command(name: string): Ask {
  return { link: "tcp", target: `{"command":"${name}"}`, decode: cgminer };
}

/** What is asked of makers whose boards are all that their program tells of: no `stats`, or nothing in it. */
export const DEVS_ASKS = {
  devs: command("devs"),
  pools: command("pools"),
  summary: { ...command("summary"), optional: true },
} as const satisfies Readonly<Record<string, Ask>>;

/** Of all parts together; undefined where one does not say its own, and where there is none: a part is not the whole. */
export function totalOf(amounts: readonly unknown[]): number | undefined {
  if (amounts.length === 0 || !amounts.every((amount) => Number.isFinite(amount))) return undefined;
  return amounts.reduce<number>((sum, amount) => sum + (amount as number), 0);
}

/** Hash boards of a `devs` reply, by the number that the firmware gives them, with `now` and `mean` for their rates. */
export function boardsOf(devs: unknown, span: string): Doc[] {
  return listOf(pointer(devs, "/DEVS"))
    .filter(isRecord)
    .map((board) => ({
      ...board,
      number: board["ASC"] ?? board["PGA"],
      now: board[`MHS ${span}`],
      mean: board["MHS av"],
    }));
}

/** Rates of the whole, which are those of its boards together. */
export function ratesOf(boards: readonly Doc[]): Doc {
  return {
    now: totalOf(boards.map((board) => board["now"])),
    mean: totalOf(boards.map((board) => board["mean"])),
    boards,
  };
}

/** Counters of all pools together, and the one that is mined at where only one can be it. */
export function poolsOf(reply: unknown): Doc {
  const pools = listOf(pointer(reply, "/POOLS"));
  const accepted = sharesOf(pools, "/Accepted");
  const difficulty = totalOf(pools.map((pool) => pointer(pool, "/Difficulty Accepted")));
  const connected = pools.filter((pool) => pointer(pool, "/Stratum Active") === true);
  return {
    accepted,
    rejected: sharesOf(pools, "/Rejected"),
    stale: sharesOf(pools, "/Stale"),
    // Some firmware counts shares and prints 0 here all the same.
    difficulty: difficulty === 0 && accepted !== 0 ? undefined : difficulty,
    // BW's calls every pool connected.
    inUse: connected.length > 1 ? undefined : poolInUse(reply),
  };
}

/** Rates of the whole and of its boards in MH/s, with further rows for each board. */
export function devsTable(seconds: number, sensors: readonly Row[]): Table {
  return [...rateRows(seconds), boardsEach(seconds, sensors)];
}

const rateRows = (seconds: number): Row[] => [
  { metric: "hashrate", at: "/now", unit: "MH/s", averagedSeconds: seconds },
  {
    metric: "hashrate_average",
    at: "/mean",
    unit: "MH/s",
    averagedSeconds: "start",
    optional: true,
  },
];

/** The boards of `devsTable` alone, where another reply says the rate of the whole. */
export function boardsEach(seconds: number, sensors: readonly Row[]): Each {
  return {
    each: "/boards",
    part: "board",
    number: "/number",
    rows: [...rateRows(seconds), ...sensors],
  };
}

/** Counters that `poolsOf` made. */
export const POOLS_TABLE: Table = [
  { metric: "shares_accepted", at: "/accepted", unit: "1" },
  { metric: "shares_rejected", at: "/rejected", unit: "1" },
  { metric: "shares_stale", at: "/stale", unit: "1", optional: true },
  { metric: "difficulty_accepted", at: "/difficulty", unit: "1", optional: true },
];

/** Who pays, by what `poolsOf` made. */
export const POOLS_IDENTITY = { pool: "/inUse/URL", worker: "/inUse/User" } as const;

/** How long the program runs, of a `summary` reply. */
export const UPTIME: Row = { metric: "uptime", at: "/SUMMARY/0/Elapsed", unit: "s" };

/** Temperature of a board where `devs` says it; 0 is no sensor. */
export const BOARD_TEMPERATURE: Row = {
  metric: "board_temperature",
  at: ["/Temperature", "/temperature"],
  unit: "°C",
  blank: 0,
};
