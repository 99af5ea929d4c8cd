import type { Fields } from "../decode/protobuf.ts";

// Numbers as in proto/bos/v1/{units,work,pool,miner,cooling,performance}.proto of https://github.com/braiins/bos-plus-api.
const GIGA: Fields = { 1: { name: "gigahash_per_second", type: "double" } };
const WATT: Fields = { 1: { name: "watt", type: "unsigned" } };
const CELSIUS: Fields = { 1: { name: "degree_c", type: "double" } };

const WORK: Fields = {
  1: {
    name: "real_hashrate",
    type: { 1: { name: "last_5s", type: GIGA }, 10: { name: "since_restart", type: GIGA } },
  },
  2: { name: "nominal_hashrate", type: GIGA },
};

/** GetMinerStatsResponse */
export const MINER_STATS: Fields = {
  1: {
    name: "pool_stats",
    type: {
      1: { name: "accepted_shares", type: "unsigned" },
      2: { name: "rejected_shares", type: "unsigned" },
      3: { name: "stale_shares", type: "unsigned" },
    },
  },
  2: { name: "miner_stats", type: WORK },
  3: { name: "power_stats", type: { 1: { name: "approximated_consumption", type: WATT } } },
};

/** GetMinerDetailsResponse */
export const MINER_DETAILS: Fields = {
  1: { name: "uid", type: "text" },
  2: {
    name: "miner_identity",
    type: {
      1: { name: "brand", type: "unsigned" },
      3: { name: "name", type: "text" },
      4: { name: "miner_model", type: "text" },
    },
  },
  5: { name: "bos_version", type: { 1: { name: "current", type: "text" } } },
  6: { name: "hostname", type: "text" },
  7: { name: "mac_address", type: "text" },
  10: { name: "bosminer_uptime_s", type: "unsigned" },
  12: { name: "status", type: "unsigned" },
  16: { name: "serial_number", type: "text", optional: true },
};

/** GetHashboardsResponse */
export const HASHBOARDS: Fields = {
  1: {
    name: "hashboards",
    many: true,
    type: {
      1: { name: "id", type: "text" },
      2: { name: "enabled", type: "bool" },
      3: { name: "chips_count", type: "wrapped" },
      4: { name: "current_voltage", type: { 1: { name: "volt", type: "double" } } },
      5: { name: "current_frequency", type: { 1: { name: "hertz", type: "double" } } },
      6: { name: "highest_chip_temp", type: { 3: { name: "temperature", type: CELSIUS } } },
      7: { name: "board_temp", type: CELSIUS },
      8: { name: "stats", type: WORK },
      10: { name: "lowest_inlet_temp", type: CELSIUS },
      11: { name: "highest_outlet_temp", type: CELSIUS },
    },
  },
};

/** GetCoolingStateResponse */
export const COOLING_STATE: Fields = {
  1: {
    name: "fans",
    many: true,
    type: {
      1: { name: "position", type: "unsigned", optional: true },
      2: { name: "rpm", type: "unsigned" },
      3: { name: "target_speed_ratio", type: "double", optional: true },
    },
  },
};

/** GetTunerStateResponse */
export const TUNER_STATE: Fields = {
  1: { name: "overall_tuner_state", type: "unsigned" },
  2: { name: "power_target_mode_state", type: { 2: { name: "current_target", type: WATT } } },
};

/** GetPoolGroupsResponse */
export const POOL_GROUPS: Fields = {
  1: {
    name: "pool_groups",
    many: true,
    type: {
      4: {
        name: "pools",
        many: true,
        type: {
          2: { name: "url", type: "text" },
          3: { name: "user", type: "text" },
          6: { name: "active", type: "bool" },
        },
      },
    },
  },
};
