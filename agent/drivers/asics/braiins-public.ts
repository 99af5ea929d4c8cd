import type { Docs } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { IdentityTable, Table } from "../table.ts";

/**
 * The public API of Braiins OS (package braiins.bos.v1), which comes in two dresses with the same fields: gRPC, and since
 * 25.07 REST. Its list of errors is a history without an end and is not read: what is wrong now cannot be told from it.
 * https://github.com/braiins/bos-plus-api
 */
type PublicAsk = "details" | "stats" | "boards" | "cooling" | "tuner" | "pools";

/** True for what a Braiins OS says of itself. */
export function isBraiins({ details }: Docs<PublicAsk>): boolean {
  return (
    typeof pointer(details, "/bos_version/current") === "string" &&
    isRecord(pointer(details, "/miner_identity"))
  );
}

export const PUBLIC_IDENTITY: Readonly<Partial<Record<PublicAsk, IdentityTable>>> = {
  details: {
    make: "/make",
    model: ["/miner_identity/miner_model", "/miner_identity/name"],
    firmware: "/bos_version/current",
    serial: "/serial_number",
    mac: "/mac_address",
    uuid: "/uid",
    hostname: "/hostname",
  },
  pools: { pool: "/used/url", worker: "/used/user" },
};

// Numbers of the enumerations MinerStatus and TunerState, in words of ours where they have no meaning to us.
const STATUSES: Readonly<Record<number, string>> = {
  1: "not started",
  2: "normal",
  3: "paused",
  4: "suspended",
  5: "restricted",
};
const TUNER_STATES: Readonly<Record<number, string>> = { 3: "tuning", 4: "tuner error" };
const MAKERS: Readonly<Record<number, string>> = { 1: "Bitmain", 2: "MicroBT" };

const named = (names: Readonly<Record<number, string>>, found: unknown): string | undefined =>
  typeof found === "number" ? names[found] : undefined;

/** Both dresses in one order. */
export function publicOrder({ details, boards, tuner, pools }: Docs<PublicAsk>): Docs<PublicAsk> {
  return {
    ...(isRecord(details)
      ? {
          details: {
            ...details,
            make: named(MAKERS, pointer(details, "/miner_identity/brand")),
            word: named(STATUSES, details["status"]),
          },
        }
      : {}),
    ...(boards === undefined ? {} : { boards: { enabled: enabledOf(boards) } }),
    ...(isRecord(tuner)
      ? { tuner: { ...tuner, word: named(TUNER_STATES, tuner["overall_tuner_state"]) } }
      : {}),
    ...(pools === undefined ? {} : { pools: { used: usedOf(pools) } }),
  };
}

/** A board that is turned off stands there without a value. */
function enabledOf(boards: unknown): unknown {
  const all = pointer(boards, "/hashboards");
  return Array.isArray(all)
    ? all.filter((board) => pointer(board, "/enabled") !== false)
    : undefined;
}

function usedOf(reply: unknown): unknown {
  const groups = Array.isArray(reply) ? reply : listOf(pointer(reply, "/pool_groups"));
  const pools = groups.flatMap((group) => listOf(pointer(group, "/pools")));
  return pools.find((pool) => pointer(pool, "/active") === true) ?? pools[0];
}

export const PUBLIC_TABLE: Readonly<Partial<Record<PublicAsk, Table>>> = {
  // Before the details: a miner that tunes is "normal" there.
  tuner: [
    {
      metric: "power_limit",
      at: [
        "/mode_state/powertargetmodestate/current_target/watt",
        "/power_target_mode_state/current_target/watt",
      ],
      unit: "W",
      blank: 0,
      optional: true,
    },
    { state: "/word", words: { tuning: "tuning" } },
  ],
  details: [
    // 0 while the mining program does not run.
    { metric: "uptime", at: "/bosminer_uptime_s", unit: "s" },
    { state: "/word", words: { normal: "mining", paused: "sleeping" } },
  ],
  stats: [
    {
      metric: "hashrate",
      at: "/miner_stats/real_hashrate/last_5s/gigahash_per_second",
      unit: "GH/s",
      averagedSeconds: 5,
    },
    {
      metric: "hashrate_average",
      at: "/miner_stats/real_hashrate/since_restart/gigahash_per_second",
      unit: "GH/s",
      averagedSeconds: "start",
      optional: true,
    },
    {
      metric: "hashrate_expected",
      at: "/miner_stats/nominal_hashrate/gigahash_per_second",
      unit: "GH/s",
      blank: 0,
      optional: true,
    },
    {
      metric: "power",
      at: "/power_stats/approximated_consumption/watt",
      unit: "W",
      measured: "estimate",
    },
    { metric: "shares_accepted", at: "/pool_stats/accepted_shares", unit: "1" },
    { metric: "shares_rejected", at: "/pool_stats/rejected_shares", unit: "1" },
    { metric: "shares_stale", at: "/pool_stats/stale_shares", unit: "1", optional: true },
  ],
  boards: [
    {
      each: "/enabled",
      part: "board",
      number: "/id",
      rows: [
        {
          metric: "hashrate",
          at: "/stats/real_hashrate/last_5s/gigahash_per_second",
          unit: "GH/s",
          averagedSeconds: 5,
        },
        {
          metric: "hashrate_expected",
          at: "/stats/nominal_hashrate/gigahash_per_second",
          unit: "GH/s",
          blank: 0,
          optional: true,
        },
        { metric: "board_temperature", at: "/board_temp/degree_c", unit: "°C", blank: 0 },
        // Where the chips have no sensors it is the board's and 15 °C (S19 XP, S21 Pro).
        {
          metric: "chip_temperature",
          at: "/highest_chip_temp/temperature/degree_c",
          unit: "°C",
          blank: 0,
          optional: true,
        },
        {
          metric: "inlet_temperature",
          at: "/lowest_inlet_temp/degree_c",
          unit: "°C",
          blank: 0,
          optional: true,
        },
        {
          metric: "outlet_temperature",
          at: "/highest_outlet_temp/degree_c",
          unit: "°C",
          blank: 0,
          optional: true,
        },
        {
          metric: "frequency",
          at: "/current_frequency/hertz",
          unit: "Hz",
          blank: 0,
          optional: true,
        },
        { metric: "voltage", at: "/current_voltage/volt", unit: "V", blank: 0, optional: true },
        { metric: "chips_working", at: "/chips_count", unit: "1", optional: true },
      ],
    },
  ],
  cooling: [
    {
      each: "/fans",
      part: "fan",
      number: "/position",
      rows: [
        { metric: "fan_speed", at: "/rpm", unit: "rpm" },
        { metric: "fan_duty", at: "/target_speed_ratio", unit: "1", optional: true },
      ],
    },
  ],
};
