import { secondsOf } from "../decode/duration.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { IdentityTable, Table } from "../table.ts";
import { hottest } from "./hottest.ts";
import { sharesOf } from "./pool-shares.ts";

type Doc = Readonly<Record<string, unknown>>;

interface Rate {
  readonly amount?: string | undefined;
  readonly unit?: string | undefined;
}

const RATE = /^\s*(\d+(?:\.\d+)?)\s*([kmgtp]?)(?:h\/s)?\s*$/i;

/** A rate such as `15011G`: the letter behind it goes before the unit that the reply states for all. */
function rateOf(text: unknown, unit: unknown): Rate {
  const [, amount, letter] = RATE.exec(typeof text === "string" ? text : "") ?? [];
  const said = letter === "" && typeof unit === "string" ? unit.trim() : letter;
  return { amount, unit: said === undefined || said === "" ? undefined : `${said}H/s` };
}

const DASHED = /^\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)*$/;
/** The numbers of `41.00-42.50-0.00-0.00`. */
const numbersIn = (text: unknown): number[] =>
  typeof text === "string" && DASHED.test(text) ? text.split("-").map(Number) : [];

// What a miner is stands in the name of its program only; one line goes by the maker's number of it.
const NAMED = /_((?:ks|al|ae|rx)\d\w*?)_/i;
const NUMBERED: Readonly<Record<string, string>> = { "10306": "AL3" };
const ALGORITHMS: readonly (readonly [model: RegExp, algorithm: string])[] = [
  [/^KS/, "kheavyhash"],
  [/^AL/, "blake3"],
];

function modelOf(program: unknown): string | undefined {
  const name = typeof program === "string" ? program : "";
  const [, model] = NAMED.exec(name) ?? [];
  const [, number = ""] = /_(\d{5})_/.exec(name) ?? [];
  return model?.toUpperCase() ?? NUMBERED[number];
}

/** What the panel says, or the replies of the line API put together, in an order that a table can read. */
export function panelOf(panel: Doc): Doc {
  const pools = listOf(panel["pools"]);
  const boards = panel["boards"];
  const model = modelOf(panel["softver1"]);
  const [, algorithm] = ALGORITHMS.find(([pattern]) => pattern.test(model ?? "")) ?? [];
  return {
    ...panel,
    algorithm,
    program: panel["softver1"],
    named: panel["model"] === "none" ? model : (panel["model"] ?? model),
    rate: rateOf(panel["rtpow"], panel["unit"]),
    mean: rateOf(panel["avgpow"], panel["unit"]),
    elapsed: secondsOf(panel["runtime"]),
    boards: Array.isArray(boards)
      ? boards.filter(isRecord).map((board) => boardOf(board, panel["unit"]))
      : undefined,
    accepted: sharesOf(pools, "/accepted"),
    rejected: sharesOf(pools, "/rejected"),
    inUse: pools.find((pool) => Number(pointer(pool, "/state")) === 1) ?? pools[0],
    errors: listOf(boards)
      .filter(isRecord)
      .flatMap(({ no, error }) => (Number(error) > 0 ? [`board ${no}: ${error}`] : [])),
  };
}

const boardOf = (board: Doc, unit: unknown): Doc => ({
  number: board["no"],
  rate: rateOf(board["rtpow"], unit),
  mean: rateOf(board["avgpow"], unit),
  inlet: board["intmp"],
  outlet: board["outtmp"],
  hottest: hottest(numbersIn(board["pcbtemp"])),
  clock: board["freq"],
  chips: board["chipnum"],
});

/** Who it is. `model` is the word "none" on miners of all kinds. */
export const PANEL_IDENTITY: IdentityTable = {
  make: { always: "IceRiver" },
  model: "/named",
  firmware: "/program",
  mac: "/mac",
  hostname: "/host",
  pool: "/inUse/addr",
  worker: "/inUse/user",
};

// 126 is what a sensor reads that is broken off.
const NO_SENSOR = [0, 126] as const;

/** How many chips work is not read: `chipsuc` is 0 on miners at full rate. Power is not said. */
export const PANEL_TABLE: Table = [
  { errors: "/errors" },
  { metric: "hashrate", at: "/rate/amount", unit: { at: "/rate/unit" }, text: true },
  {
    metric: "hashrate_average",
    at: "/mean/amount",
    unit: { at: "/mean/unit" },
    text: true,
    optional: true,
  },
  {
    each: "/boards",
    part: "board",
    number: "/number",
    rows: [
      { metric: "hashrate", at: "/rate/amount", unit: { at: "/rate/unit" }, text: true },
      {
        metric: "hashrate_average",
        at: "/mean/amount",
        unit: { at: "/mean/unit" },
        text: true,
        optional: true,
      },
      { metric: "inlet_temperature", at: "/inlet", unit: "°C", text: true, blank: NO_SENSOR },
      { metric: "outlet_temperature", at: "/outlet", unit: "°C", text: true, blank: NO_SENSOR },
      { metric: "board_temperature", at: "/hottest", unit: "°C", blank: 0, optional: true },
      { metric: "frequency", at: "/clock", unit: "MHz", text: true, blank: 0, optional: true },
      { metric: "chips_expected", at: "/chips", unit: "1", text: true, blank: 0, optional: true },
    ],
  },
  {
    each: "/fans",
    part: "fan",
    rows: [{ metric: "fan_speed", at: "", unit: "rpm", text: true }],
  },
  { metric: "shares_accepted", at: "/accepted", unit: "1" },
  { metric: "shares_rejected", at: "/rejected", unit: "1" },
  { metric: "uptime", at: "/elapsed", unit: "s" },
];
