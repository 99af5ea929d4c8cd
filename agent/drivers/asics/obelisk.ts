import type { UnitOf } from "../../../proto/units.ts";
import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Row } from "../table.ts";
import { totalOf } from "./maker-devs.ts";
import { sharesOf } from "./pool-shares.ts";

type Doc = Readonly<Record<string, unknown>>;

// Each coin of theirs has one algorithm.
const ALGORITHMS: readonly (readonly [model: RegExp, algorithm: string])[] = [
  [/^SC1/, "blake2b-sia"],
  [/^DCR1/, "blake256r14"],
];

/**
 * What a board's mean over five minutes is in. Its name does not say it: a board of either model does some 180 to 600 GH/s,
 * so that the size of the number tells GH/s from MH/s, and what is neither stays unread.
 */
function unitOf(rate: unknown): UnitOf<"hashrate"> | undefined {
  if (typeof rate !== "number") return undefined;
  if (rate >= 50 && rate < 5000) return "GH/s";
  return rate >= 50_000 && rate < 5_000_000 ? "MH/s" : undefined;
}

/**
 * Boards, and their rates together where all are in one unit. The first devices say a mean whose time nobody tells and no
 * rate of now.
 */
function boardsOf(dashboard: Doc): Doc {
  const boards: readonly Doc[] = listOf(dashboard["hashboardStatus"])
    .filter(isRecord)
    .map((board) => ({ ...board, rateUnit: unitOf(board["hashrate5min"]) }));
  const [first] = boards;
  const isOne = boards.every((board) => board["rateUnit"] === first?.["rateUnit"]);
  return {
    boards,
    hashrate5min: totalOf(boards.map((board) => board["hashrate5min"])),
    mhsAvg: totalOf(boards.map((board) => board["mhsAvg"])),
    rateUnit: isOne ? first?.["rateUnit"] : undefined,
  };
}

// A device and its boards say the same.
const RATES: readonly Row[] = [
  {
    metric: "hashrate",
    at: "/hashrate5min",
    unit: { at: "/rateUnit" },
    inferred: true,
    averagedSeconds: 300,
  },
  { metric: "hashrate_average", at: "/mhsAvg", unit: "MH/s", optional: true },
];

/** A fan's speed by its name in the list of what the system says: `Fan 1 Speed` turns, `Fan Speed` a duty. */
function systemOf(dashboard: Doc, name: string): unknown {
  return pointer(
    listOf(dashboard["systemInfo"]).find((entry) => pointer(entry, "/name") === name),
    "/value",
  );
}

/** Obelisk's miners of the first and second generation, over their web page. */
export const obelisk = defineDriver({
  name: "obelisk",
  about: "Obelisk SC1 and DCR1",
  docs: "https://github.com/akeboshiwind/obelisk-exporter",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: [],
  asks: {
    info: { link: "http", target: "/api/info", decode: json },
    dashboard: { link: "http", target: "/api/status/dashboard", decode: json, login: true },
  },
  knownBy: ["info"],
  identify: ({ info }) => pointer(info, "/vendor") === "Obelisk",
  login: {
    kind: "token",
    target: "/api/login",
    body: '{"username":"{username}","password":"{password}"}',
  },
  defaultLogin: { username: "admin", password: "admin" },
  algorithm: "^/algorithm",
  identity: {
    info: {
      make: { always: "Obelisk" },
      model: "/model",
      firmware: "/firmwareVersion",
      mac: "/macAddress",
    },
    dashboard: { pool: "/pools/0/url", worker: "/pools/0/worker" },
  },
  derive: ({ info, dashboard }) => {
    const model = String(pointer(info, "/model"));
    const [, algorithm] = ALGORITHMS.find(([pattern]) => pattern.test(model)) ?? [];
    if (!isRecord(dashboard)) return {};
    const pools = listOf(dashboard["poolStatus"]);
    return {
      dashboard: {
        ...boardsOf(dashboard),
        algorithm,
        pools: pools.filter((pool) => pointer(pool, "/status") === "Alive"),
        accepted: sharesOf(pools, "/accepted"),
        rejected: sharesOf(pools, "/rejected"),
        duty: systemOf(dashboard, "Fan Speed"),
        fans: ["Fan 1 Speed", "Fan 2 Speed"]
          .map((name) => systemOf(dashboard, name))
          .filter((speed) => speed !== undefined),
      },
    };
  },
  table: {
    dashboard: [
      ...RATES,
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
      { metric: "fan_duty", at: "/duty", unit: "%", optional: true },
      { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "", unit: "rpm" }] },
      {
        each: "/boards",
        part: "board",
        rows: [
          ...RATES,
          { metric: "chip_temperature", at: "/chipTemp", unit: "°C", blank: 0, optional: true },
          { metric: "board_temperature", at: "/boardTemp", unit: "°C", blank: 0, optional: true },
          { metric: "inlet_temperature", at: "/intakeTemp", unit: "°C", blank: 0, optional: true },
          {
            metric: "outlet_temperature",
            at: "/exhaustTemp",
            unit: "°C",
            blank: 0,
            optional: true,
          },
        ],
      },
    ],
  },
});
