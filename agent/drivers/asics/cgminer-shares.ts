import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Row } from "../table.ts";

/** Rows for the share counters that a summary of the cgminer API holds, for all pools together; `at` leads to its record. */
export function shareRows(at: string): Row[] {
  return [
    { metric: "shares_accepted", at: `${at}/Accepted`, unit: "1" },
    { metric: "shares_rejected", at: `${at}/Rejected`, unit: "1" },
    { metric: "shares_stale", at: `${at}/Stale`, unit: "1", optional: true },
    { metric: "difficulty_accepted", at: `${at}/Difficulty Accepted`, unit: "1", optional: true },
  ];
}

/** Rows for a summary of the cgminer API as the API means it: rates in MH/s over 5 s and since the start, and the shares. */
export function summaryRows(at: string): Row[] {
  return [
    { metric: "hashrate", at: `${at}/MHS 5s`, unit: "MH/s", averagedSeconds: 5 },
    { metric: "hashrate_average", at: `${at}/MHS av`, unit: "MH/s", averagedSeconds: "start" },
    { metric: "uptime", at: `${at}/Elapsed`, unit: "s" },
    ...shareRows(at),
  ];
}

/** How firmware names pools at which it works on its maker's account. */
const NOT_THE_OWNERS = /dev ?fee|^\*+$/i;

/**
 * The pool that is mined at of those that a reply to `pools` lists: the one with a connection, else the first that answers, else
 * the first. Pools of the firmware's maker are left out; undefined where none is left.
 */
export function poolInUse(pools: unknown): Readonly<Record<string, unknown>> | undefined {
  const own = listOf(pointer(pools, "/POOLS"))
    .filter(isRecord)
    .filter(
      ({ URL: url, User: user }) => ![url, user].some((name) => NOT_THE_OWNERS.test(String(name))),
    );
  return (
    own.find((pool) => pool["Stratum Active"] === true) ??
    own.find((pool) => pool["Status"] === "Alive") ??
    own[0]
  );
}
