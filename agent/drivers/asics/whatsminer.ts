import { whatsminerReply } from "../decode/whatsminer.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Row } from "../table.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";
import { summaryOf } from "./whatsminer-summary.ts";
import { rateUnitOf } from "./whatsminer-units.ts";

const command = (name: string): string => `{"command":"${name}"}`;

const MINUTE = {
  metric: "hashrate",
  at: "/MHS 1m",
  unit: { at: "/rateUnit" },
  inferred: "/inferred",
  averagedSeconds: 60,
} as const satisfies Row;

/** Whatsminer's API up to version 2, on the port of the cgminer API. Version 3 has a port and frames of its own. */
export const whatsminer = defineDriver({
  name: "whatsminer",
  about: "Whatsminer, API version 2 and before",
  docs: "https://www.buywhatsminer.com/download/whatsminer-api-v2-0-5/",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["M3", "M20S (2019 to 2021)", "M30S+ (2022)"],
  asks: {
    summary: { link: "tcp", target: command("summary"), decode: whatsminerReply },
    devs: { link: "tcp", target: command("devs"), decode: whatsminerReply },
    // What follows came with API 1.2 and is answered while the miner is off too.
    status: { link: "tcp", target: command("status"), decode: whatsminerReply, optional: true },
    faults: {
      link: "tcp",
      target: command("get_error_code"),
      decode: whatsminerReply,
      optional: true,
    },
    version: {
      link: "tcp",
      target: command("get_version"),
      decode: whatsminerReply,
      optional: true,
      rarely: true,
    },
    maker: {
      link: "tcp",
      target: command("get_miner_info"),
      decode: whatsminerReply,
      optional: true,
      rarely: true,
    },
    details: {
      link: "tcp",
      target: command("devdetails"),
      decode: whatsminerReply,
      optional: true,
      rarely: true,
    },
    pools: {
      link: "tcp",
      target: command("pools"),
      decode: whatsminerReply,
      optional: true,
      rarely: true,
    },
  },
  knownBy: ["summary", "version"],
  identify: ({ summary, version }) =>
    pointer(summaryOf(summary), "/Fan Speed In") !== undefined ||
    pointer(summaryOf(summary), "/Factory GHS") !== undefined ||
    typeof pointer(version, "/Msg/fw_ver") === "string",
  algorithm: "sha256d",
  identity: {
    summary: { make: { always: "MicroBT" }, mac: "/whole/MAC" },
    version: { firmware: "/Msg/fw_ver" },
    status: { make: { always: "MicroBT" }, firmware: "/Msg/FirmwareVersion" },
    maker: { mac: "/Msg/mac", hostname: "/Msg/hostname", serial: "/Msg/minersn" },
    details: { model: "/DEVDETAILS/0/Model" },
    pools: { pool: "/used/URL", worker: "/used/User" },
  },
  derive: ({ summary, devs, status, faults, pools }) => {
    const whole = summaryOf(summary);
    const units = ratesOf(whole);
    return {
      ...(summary === undefined ? {} : { summary: summarised(whole, units) }),
      ...(devs === undefined ? {} : { devs: { boards: boardsOf(devs, units) } }),
      ...(status === undefined ? {} : { status: { ...status, word: offWord(status) } }),
      ...(faults === undefined ? {} : { faults: { codes: codesOf(faults) } }),
      ...(pools === undefined ? {} : { pools: { used: poolInUse(pools) } }),
    };
  },
  table: {
    summary: [
      // "MHS 5s" is a handful of shares: a fifth away from the minute's mean on an M30S+ that runs evenly.
      {
        each: "/inOneMinute",
        rows: [MINUTE],
      },
      {
        each: "/inFiveMinutes",
        rows: [
          {
            metric: "hashrate",
            at: "/HS RT",
            unit: { at: "/rateUnit" },
            inferred: "/inferred",
            averagedSeconds: 300,
          },
        ],
      },
      {
        metric: "hashrate_average",
        at: "/whole/MHS av",
        unit: { at: "/rateUnit" },
        inferred: "/inferred",
        averagedSeconds: "start",
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: "/whole/Factory GHS",
        unit: "GH/s",
        blank: 0,
        optional: true,
      },
      // The supply's current times its voltage is 0.9 of it on an M20S: it is taken at the input.
      { metric: "power", at: "/whole/Power", unit: "W", measured: "input", optional: true },
      {
        metric: "power_limit",
        at: "/whole/Power Limit",
        unit: "W",
        blank: 2147483647,
        optional: true,
      },
      {
        metric: "board_temperature",
        at: "/whole/Temperature",
        unit: "°C",
        blank: 0,
        optional: true,
      },
      {
        metric: "chip_temperature",
        at: "/whole/Chip Temp Max",
        unit: "°C",
        blank: 0,
        optional: true,
      },
      { metric: "ambient_temperature", at: "/whole/Env Temp", unit: "°C", optional: true },
      { metric: "frequency", at: "/whole/freq_avg", unit: "MHz", blank: 0, optional: true },
      { metric: "uptime", at: "/whole/Elapsed", unit: "s" },
      ...shareRows("/whole"),
      {
        each: "/fans",
        part: "fan",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm" }],
      },
      {
        metric: "fan_speed",
        at: "/whole/Power Fanspeed",
        part: "supply/fan",
        unit: "rpm",
        optional: true,
      },
      { errors: "/codes" },
    ],
    devs: [
      {
        each: "/boards",
        part: "board",
        number: "/Slot",
        rows: [
          { ...MINUTE, optional: true },
          {
            metric: "hashrate_average",
            at: "/MHS av",
            unit: { at: "/rateUnit" },
            inferred: "/inferred",
            averagedSeconds: "start",
          },
          { metric: "board_temperature", at: "/Temperature", unit: "°C", blank: 0 },
          {
            metric: "chip_temperature",
            at: "/Chip Temp Max",
            unit: "°C",
            blank: 0,
            optional: true,
          },
          { metric: "frequency", at: "/Chip Frequency", unit: "MHz", blank: 0, optional: true },
          { metric: "chips_working", at: "/Effective Chips", unit: "1", optional: true },
        ],
      },
    ],
    status: [{ state: "/word", words: { btmineroff: "sleeping", mineroff: "sleeping" } }],
    faults: [{ errors: "/codes" }],
  },
});

type Doc = Readonly<Record<string, unknown>>;

interface Rates {
  readonly labelled: Doc;
  readonly realTime: Doc;
}

const LABELLED = ["MHS 5s", "MHS 1m", "MHS 5m", "MHS 15m", "MHS av"];

/** `HS RT` is judged by itself: it is in TH/s on firmware that has the others in MH/s. */
function ratesOf(whole: Doc): Rates {
  const factory = whole["Factory GHS"];
  const labelled = LABELLED.map((key) => whole[key]);
  return {
    labelled: { ...rateUnitOf(labelled, factory) },
    realTime: { ...rateUnitOf([whole["HS RT"]], factory) },
  };
}

/** `HS RT` is the mean over five minutes to the last digit (M20S, M30S+), and stands in where there is no shorter one. */
function summarised(whole: Doc, { labelled, realTime }: Rates): Doc {
  const shortest = typeof whole["MHS 1m"] === "number" || whole["HS RT"] === undefined;
  return {
    whole,
    ...labelled,
    inOneMinute: shortest ? [{ ...whole, ...labelled }] : [],
    inFiveMinutes: shortest ? [] : [{ ...whole, ...realTime }],
    fans: fansOf(whole),
    codes: Object.entries(whole).flatMap(([key, code]) =>
      /^Error Code \d+$/.test(key) ? [code] : [],
    ),
  };
}

/** None where it is cooled by a liquid; a list that is missing is a problem. */
function fansOf(whole: Doc): unknown {
  if (whole["Liquid Cooling"] === true) return [];
  const speeds = [whole["Fan Speed In"], whole["Fan Speed Out"]];
  return speeds.every((speed) => speed === undefined)
    ? undefined
    : speeds.map((speed) => ({ speed }));
}

/** Boards do not say their unit: it is that of the whole, and by itself what the board's own factory rate tells. */
function boardsOf(devs: unknown, { labelled }: Rates): unknown {
  const boards = pointer(devs, "/DEVS");
  if (!Array.isArray(boards)) return undefined;
  return boards.map((board: unknown) => {
    if (!isRecord(board)) return board;
    const own = rateUnitOf(
      LABELLED.map((key) => board[key]),
      board["Factory GHS"],
    );
    return { ...board, ...(labelled["rateUnit"] === undefined ? own : labelled) };
  });
}

/** The name of the switch that is on, when mining was turned off. */
function offWord(status: unknown): string | undefined {
  return ["btmineroff", "mineroff"].find(
    (word) => String(pointer(status, `/Msg/${word}`)) === "true",
  );
}

/** Codes of `[{"218": "since when"}]` and of `["329", "since when", …]`. */
function codesOf(faults: unknown): readonly unknown[] {
  return listOf(pointer(faults, "/Msg/error_code")).filter(
    (element) => isRecord(element) || /^\d+$/.test(String(element)),
  );
}
