import { whatsminerReply, whatsminerV3Reply } from "../decode/whatsminer.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { shareRows } from "./cgminer-shares.ts";
import { summaryOf } from "./whatsminer-summary.ts";

// The parameter is not optional, whatever it asks for.
const statusOf = (what: string): string => `{"cmd":"get.miner.status","param":"${what}"}`;

/** Whatsminer's API version 3, in firmware from the end of 2024 on: rates are in TH/s, and no share is counted. */
export const whatsminerV3 = defineDriver({
  name: "whatsminer-v3",
  about: "Whatsminer, API version 3",
  docs: "https://www.whatsminer.com/src/views/support.html",
  kind: "asic",
  role: "miner",
  ports: [4433],
  proof: ["M60S"],
  asks: {
    device: { link: "framed", target: '{"cmd":"get.device.info"}', decode: whatsminerV3Reply },
    summary: { link: "framed", target: statusOf("summary"), decode: whatsminerV3Reply },
    edevs: { link: "framed", target: statusOf("edevs"), decode: whatsminerV3Reply },
    pools: {
      link: "framed",
      target: statusOf("pools"),
      decode: whatsminerV3Reply,
      optional: true,
      rarely: true,
    },
    // Shares are counted on version 2's port only, which newer firmware may keep closed.
    counters: {
      link: "tcp",
      port: 4028,
      target: '{"command":"summary"}',
      decode: whatsminerReply,
      optional: true,
    },
  },
  identify: ({ device }) =>
    pointer(device, "/desc") === "get.device.info" &&
    typeof pointer(device, "/msg/system/fwversion") === "string",
  algorithm: "sha256d",
  identity: {
    device: {
      make: { always: "MicroBT" },
      model: "/msg/miner/type",
      firmware: "/msg/system/fwversion",
      serial: "/msg/miner/miner-sn",
      mac: "/msg/network/mac",
      hostname: "/msg/network/hostname",
    },
    pools: { pool: "/used/url", worker: "/used/account" },
  },
  derive: ({ device, summary, edevs, pools, counters }) => ({
    ...(isRecord(device)
      ? {
          device: {
            ...device,
            word: isOff(device) ? "not working" : undefined,
            codes: codesOf(device),
          },
        }
      : {}),
    ...(summary === undefined ? {} : { summary: summarised(summary, isOff(device)) }),
    ...(edevs === undefined ? {} : { edevs: { boards: boardsOf(edevs, summary) } }),
    ...(pools === undefined ? {} : { pools: { used: usedOf(pools) } }),
    ...(counters === undefined ? {} : { counters: { whole: summaryOf(counters) } }),
  }),
  table: {
    device: [
      { state: "/word", words: {} },
      { errors: "/codes" },
      {
        metric: "fan_speed",
        at: "/msg/power/fanspeed",
        part: "supply/fan",
        unit: "rpm",
        optional: true,
      },
    ],
    summary: [
      // The documentation does not say over how long the "real time" rate is a mean.
      { metric: "hashrate", at: "/whole/hash-realtime", unit: "TH/s" },
      {
        metric: "hashrate_average",
        at: "/whole/hash-average",
        unit: "TH/s",
        averagedSeconds: "start",
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: "/whole/factory-hash",
        unit: "TH/s",
        blank: 0,
        optional: true,
      },
      {
        metric: "power",
        at: "/whole/power-realtime",
        unit: "W",
        measured: "input",
        optional: true,
      },
      {
        metric: "power_limit",
        at: "/whole/power-limit",
        unit: "W",
        blank: [0, 2147483647],
        optional: true,
      },
      {
        metric: "chip_temperature",
        at: "/whole/chip-temp-max",
        unit: "°C",
        blank: 0,
        optional: true,
      },
      {
        metric: "ambient_temperature",
        at: "/whole/environment-temperature",
        unit: "°C",
        optional: true,
      },
      { metric: "frequency", at: "/whole/freq-avg", unit: "MHz", blank: 0, optional: true },
      { metric: "uptime", at: "/whole/elapsed", unit: "s" },
      { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm" }] },
      { state: "/word", words: { "up-freq": "tuning" } },
    ],
    edevs: [
      {
        each: "/boards",
        part: "board",
        number: "/id",
        rows: [
          { metric: "hashrate", at: "/hash-realtime", unit: "TH/s", optional: true },
          {
            metric: "hashrate_average",
            at: "/hash-average",
            unit: "TH/s",
            averagedSeconds: "start",
            optional: true,
          },
          {
            metric: "hashrate_expected",
            at: "/factory-hash",
            unit: "TH/s",
            blank: 0,
            optional: true,
          },
          { metric: "chip_temperature", at: "/chip-temp-max", unit: "°C", blank: 0 },
          {
            metric: "board_temperature",
            at: "/boardTemperature",
            unit: "°C",
            blank: 0,
            optional: true,
          },
          { metric: "frequency", at: "/freq", unit: "MHz", blank: 0, optional: true },
          { metric: "chips_working", at: "/effective-chips", unit: "1", optional: true },
        ],
      },
    ],
    counters: shareRows("/whole"),
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** True where no mining program runs; why, it does not say. */
function isOff(device: unknown): boolean {
  return String(pointer(device, "/msg/miner/working")) === "false";
}

/** Codes of `[{"264": "since when", "reason": "…"}]`: the keys that are numbers. */
function codesOf(device: Doc): readonly string[] {
  return listOf(pointer(device, "/msg/error-code"))
    .filter(isRecord)
    .flatMap((fault) => Object.keys(fault).filter((key) => /^\d+$/.test(key)));
}

function summarised(summary: unknown, off: boolean): Doc {
  const whole = pointer(summary, "/msg/summary");
  const speeds = [pointer(whole, "/fan-speed-in"), pointer(whole, "/fan-speed-out")];
  return {
    whole,
    // Units that a liquid cools have no such members.
    fans: speeds.flatMap((speed) => (speed === undefined ? [] : [{ speed }])),
    word: !off && pointer(whole, "/up-freq-finish") === 0 ? "up-freq" : undefined,
  };
}

/** Boards, with their temperatures out of the summary where it has one for each of them. */
function boardsOf(edevs: unknown, summary: unknown): unknown {
  const boards = pointer(edevs, "/msg/edevs");
  if (!Array.isArray(boards)) return undefined;
  const found = listOf(pointer(summary, "/msg/summary/board-temperature"));
  const temperatures = found.length === boards.length ? found : [];
  return boards.map((board: unknown, position) =>
    isRecord(board) ? { ...board, boardTemperature: temperatures[position] } : board,
  );
}

function usedOf(reply: unknown): unknown {
  const pools = listOf(pointer(reply, "/msg/pools"));
  return pools.find((pool) => pointer(pool, "/stratum-active") === true) ?? pools[0];
}
