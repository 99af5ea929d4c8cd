import { isRecord, listOf, pointer } from "../pointer.ts";
import { hottest } from "./hottest.ts";
import { sharesOf } from "./pool-shares.ts";

type Doc = Readonly<Record<string, unknown>>;

interface Board {
  readonly number: unknown;
  readonly rate: unknown;
  readonly mean: unknown;
  readonly chipTemperature: number | undefined;
  readonly boardTemperature?: unknown;
  readonly clock?: unknown;
  readonly voltage?: unknown;
  readonly chips?: unknown;
}

/** What both of Goldshell's replies say, in one order. */
export interface Goldshell {
  readonly boards: readonly Board[];
  readonly fans: readonly unknown[];
}

/** Boards of `devs` in the cgminer API, which says fans with each board though they are the miner's. */
export function fromDevs(devs: unknown, details: unknown): Goldshell {
  const boards = listOf(pointer(devs, "/DEVS")).filter(isRecord);
  const chips = new Map(
    listOf(pointer(details, "/DEVDETAILS"))
      .filter(isRecord)
      .filter(({ ID: id }) => typeof id === "number")
      .map((one) => [one["ID"], one["chips-nr"]]),
  );
  const [first = {}] = boards;
  return {
    boards: boards.map((board) => ({
      number: board["ID"],
      rate: board["MHS 20s"],
      mean: board["MHS av"],
      chipTemperature: hottest([board["tstemp-0"], board["tstemp-1"]]),
      boardTemperature: board["tstemp-2"],
      clock: board["clock"],
      voltage: board["voltage"],
      chips: chips.get(board["ID"]),
    })),
    fans: ["fan0", "fan1", "fan2", "fan3"].flatMap((key) =>
      first[key] === undefined ? [] : [first[key]],
    ),
  };
}

/** The same of the web page's reply, whose sensors and fans are texts such as `82.0 °C / 79.7 °C`. It has no total. */
export function fromWeb(web: unknown): Goldshell & Doc {
  const boards = listOf(pointer(web, "/data")).filter(isRecord);
  const [first = {}] = boards;
  return {
    boards: boards.map((board) => ({
      number: board["id"],
      rate: board["hashrate"],
      mean: board["av_hashrate"],
      chipTemperature: hottest(
        ["temp", "l_temp", "m_temp", "r_temp", "t_temp"].flatMap((key) => numbersIn(board[key])),
      ),
    })),
    fans: numbersIn(first["fanspeed"]),
    // The boards are the whole of it: without one of them there is no sum.
    rate: sumOf(boards.map((board) => board["hashrate"])),
    mean: sumOf(boards.map((board) => board["av_hashrate"])),
    accepted: sharesOf(boards, "/accepted"),
    rejected: sharesOf(boards, "/rejected"),
    elapsed: first["time"],
  };
}

function sumOf(rates: readonly unknown[]): number | undefined {
  if (rates.length === 0 || !rates.every((rate) => typeof rate === "number")) return undefined;
  return rates.reduce((sum, rate) => sum + rate, 0);
}

const MEASURED = /(-?\d+(?:\.\d+)?)\s*(?:°C|rpm)/g;

/** The numbers of a text such as `2700 rpm / 2700 rpm`. */
function numbersIn(text: unknown): number[] {
  return typeof text === "string"
    ? [...text.slice(0, 200).matchAll(MEASURED)].map(([, digits]) => Number(digits))
    : [];
}

// By the beginning of the name that a miner gives itself. Those that mine one of two things are left out.
const ALGORITHMS: readonly (readonly [model: RegExp, algorithm: string])[] = [
  [/^LT|^Mini-?DOGE|^DG\b/i, "scrypt"],
  [/^KD/i, "blake2s"],
  [/^CK/i, "eaglesong"],
  [/^KA/i, "kheavyhash"],
  [/^AL/i, "blake3"],
  [/^SC/i, "blake2b-sia"],
];

/** What a model mines, where it mines one thing. */
export function algorithmOfModel(model: unknown): string | undefined {
  const name = String(model).replace(/^Goldshell[- ]/i, "");
  const [, algorithm] = ALGORITHMS.find(([pattern]) => pattern.test(name)) ?? [];
  return algorithm;
}

const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** The name in the settings is the hardware address, unless the owner gave it another. */
export function macOf(setting: unknown): string | undefined {
  const name = pointer(setting, "/name");
  return typeof name === "string" && MAC.test(name) ? name : undefined;
}
