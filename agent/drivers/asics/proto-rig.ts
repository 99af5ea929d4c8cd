import { json } from "../decode/json.ts";
import { type Ask, defineDriver } from "../driver.ts";
import { isAbsent, isRecord, listOf, pointer } from "../pointer.ts";
import { sharesOf } from "./pool-shares.ts";

const get = <const T extends string>(target: T): Ask & { readonly target: T } => ({
  link: "http",
  target,
  decode: json,
});

/** Proto Rig: boards and supplies over the telemetry of its REST API, the whole over its status. */
export const protoRig = defineDriver({
  name: "proto-rig",
  about: "Proto Rig",
  docs: "https://github.com/block/proto-fleet",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: [],
  asks: {
    mining: get("/api/v1/mining"),
    telemetry: get("/api/v1/telemetry?level=miner,hashboard,psu"),
    cooling: get("/api/v1/cooling"),
    pools: get("/api/v1/pools"),
    faults: { ...get("/api/v1/errors"), optional: true },
    system: { ...get("/api/v1/system"), optional: true, rarely: true },
    network: { ...get("/api/v1/network"), optional: true, rarely: true },
    hardware: { ...get("/api/v1/hardware"), optional: true, rarely: true },
  },
  knownBy: ["mining"],
  identify: ({ mining }) =>
    typeof pointer(mining, "/mining-status/status") === "string" &&
    pointer(mining, "/mining-status/ideal_hashrate_ghs") !== undefined,
  login: {
    kind: "token",
    target: "/api/v1/auth/login",
    body: '{"password":"{password}"}',
    token: "/access_token",
    send: "Bearer {token}",
  },
  algorithm: "sha256d",
  identity: {
    system: {
      make: ["/system-info/manufacturer"],
      model: ["/system-info/model", "/system-info/product_name"],
      firmware: "/system-info/os/version",
      serial: "/system-info/cb_sn",
      hostname: "/system-info/os/hostname",
    },
    network: { mac: "/network-info/mac", hostname: "/network-info/hostname" },
    hardware: { serial: "/hardware-info/cb-info/serial_number" },
    pools: { pool: "/used/url", worker: "/used/user" },
  },
  derive: ({ telemetry, pools, faults, hardware }) => ({
    ...(isRecord(telemetry) ? { telemetry: withChips(telemetry, hardware) } : {}),
    ...(pools === undefined ? {} : { pools: poolsOf(pools) }),
    ...(faults === undefined ? {} : { faults: { open: openOf(faults) } }),
  }),
  table: {
    mining: [
      { metric: "hashrate", at: "/mining-status/hashrate_ghs", unit: "GH/s" },
      {
        metric: "hashrate_average",
        at: "/mining-status/average_hashrate_ghs",
        unit: "GH/s",
        averagedSeconds: "start",
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: "/mining-status/ideal_hashrate_ghs",
        unit: "GH/s",
        blank: 0,
        optional: true,
      },
      // Which of the meters it adds up, the documentation does not say.
      {
        metric: "power",
        at: "/mining-status/power_usage_watts",
        unit: "W",
        measured: "unknown",
      },
      {
        metric: "power_limit",
        at: "/mining-status/power_target_watts",
        unit: "W",
        blank: 0,
        optional: true,
      },
      { metric: "uptime", at: "/mining-status/mining_uptime_s", unit: "s" },
      {
        state: "/mining-status/status",
        words: {
          mining: "mining",
          degradedmining: "degraded",
          uninitialized: "starting",
          poweringon: "starting",
          stopped: "sleeping",
          error: "fault",
        },
      },
    ],
    telemetry: [
      {
        each: "/hashboards",
        part: "board",
        number: "/index",
        rows: [
          { metric: "hashrate", at: "/hashrate/value", unit: { at: "/hashrate/unit" } },
          {
            metric: "power",
            at: "/power/value",
            unit: { at: "/power/unit" },
            measured: "output",
            optional: true,
          },
          {
            metric: "board_temperature",
            at: "/temperature/average",
            unit: { at: "/temperature/unit" },
            optional: true,
          },
          {
            metric: "inlet_temperature",
            at: "/temperature/inlet",
            unit: { at: "/temperature/unit" },
            optional: true,
          },
          {
            metric: "outlet_temperature",
            at: "/temperature/outlet",
            unit: { at: "/temperature/unit" },
            optional: true,
          },
          {
            metric: "voltage",
            at: "/voltage/value",
            unit: { at: "/voltage/unit" },
            optional: true,
          },
          { metric: "chips_expected", at: "/chips", unit: "1", optional: true },
        ],
      },
      {
        each: "/psus",
        part: "supply",
        number: "/index",
        rows: [
          {
            metric: "power",
            at: "/power/input",
            unit: { at: "/power/unit" },
            measured: "input",
            optional: true,
          },
          {
            metric: "supply_temperature",
            at: "/temperature/hotspot",
            unit: { at: "/temperature/unit" },
            optional: true,
          },
        ],
      },
    ],
    cooling: [
      {
        each: "/cooling-status/fans",
        part: "fan",
        number: "/slot",
        rows: [
          { metric: "fan_speed", at: "/rpm", unit: "rpm" },
          { metric: "fan_duty", at: "/speed_percentage", unit: "%", optional: true },
        ],
      },
    ],
    pools: [
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
    ],
    faults: [{ errors: "/open", code: "/error_code" }],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** Boards with the number of chips that the list of parts has for their serial numbers. */
function withChips(telemetry: Doc, hardware: unknown): Doc {
  const boards = telemetry["hashboards"];
  if (!Array.isArray(boards)) return telemetry;
  const chips = new Map(
    listOf(pointer(hardware, "/hardware-info/hashboards-info"))
      .filter((part) => !isAbsent(pointer(part, "/hb_sn")))
      .map((part) => [pointer(part, "/hb_sn"), pointer(part, "/mining_asic_count")]),
  );
  return {
    ...telemetry,
    hashboards: boards.map((board: unknown) =>
      isRecord(board) ? { ...board, chips: chips.get(board["serial_number"]) } : board,
    ),
  };
}

function poolsOf(reply: unknown): Doc {
  const pools = listOf(pointer(reply, "/pools"));
  return {
    used: pools.find((pool) => pointer(pool, "/status") === "Active") ?? pools[0],
    accepted: sharesOf(pools, "/accepted"),
    rejected: sharesOf(pools, "/rejected"),
  };
}

/** Errors that did not pass. */
function openOf(faults: unknown): readonly unknown[] {
  return listOf(faults).filter((fault) => !Number(pointer(fault, "/expired_at")));
}
