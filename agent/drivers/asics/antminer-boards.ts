import type { ModelFacts } from "./antminer-models.ts";
import { hottest } from "./hottest.ts";

type Doc = Readonly<Record<string, unknown>>;

/** A hash board. Numbers are those of the firmware's classic keys: the first is 1, on an S9 6. */
export interface Board {
  readonly number: number;
  readonly rate: unknown;
  readonly chipTemperature: number | undefined;
  readonly boardTemperature: number | undefined;
  readonly inletTemperature: number | undefined;
  readonly outletTemperature: number | undefined;
  readonly frequency: unknown;
  readonly chipsWorking: number | undefined;
  readonly power: unknown;
}

/** A fan; the first is 1. */
export interface Fan {
  readonly number: number;
  readonly speed: unknown;
}

const MAX_NUMBER = 16;
const NUMBERS = Array.from({ length: MAX_NUMBER }, (_, index) => index + 1);

/** Boards by the firmware's own numbers, which begin at 6 on an S9 and skip one on a Z15 Pro: those that a machine has. */
export function classicBoards(classic: Doc, facts: ModelFacts): Board[] {
  return boardNumbers(classic, facts).map((n) => ({
    number: n,
    rate: classic[`chain_rate${n}`],
    chipTemperature: hottest(
      [
        `temp2_${n}`,
        `temp3_${n}`,
        `temp_chip${n}`,
        `temp_in_chip_${n}`,
        `temp_out_chip_${n}`,
      ].flatMap((key) => numbersIn(classic[key])),
    ),
    boardTemperature: hottest(
      [`temp${n}`, `temp_pcb${n}`, `temp_in_pcb_${n}`, `temp_out_pcb_${n}`].flatMap((key) =>
        numbersIn(classic[key]),
      ),
    ),
    ...coolant(facts, {
      temp_pcb: classic[`temp_pcb${n}`],
      temp_pic: classic[`temp_pic${n}`],
    }),
    frequency: [
      classic[`freq${n}`],
      classic[`freq_avg${n}`],
      isShown(classic, n) ? classic["frequency"] : undefined,
    ].find((value) => !isNothing(value)),
    chipsWorking: chipsIn(classic[`chain_acs${n}`]),
    // Without a total beside it this is no power: 11.55 on each board of an S9 at full rate.
    power: isNothing(classic["total_power"])
      ? classic[`chain_consumption${n}`]
      : classic[`chain_power${n}`],
  }));
}

const isShown = (classic: Doc, n: number): boolean =>
  Number(classic[`chain_acn${n}`]) > 0 || !isNothing(classic[`chain_rate${n}`]);

/**
 * The numbers with chips or a rate, and those of boards that were not found: where every machine of the model has one, and
 * the next free places for as many more as the firmware counts. A list of 16 places is mostly empty ones, so that emptiness
 * alone says nothing; and a machine that shows no board at all sleeps or begins.
 */
function boardNumbers(classic: Doc, { boards = [] }: ModelFacts): number[] {
  const listed = NUMBERS.filter((n) => classic[`chain_acn${n}`] !== undefined);
  const shown = NUMBERS.filter((n) => isShown(classic, n));
  const [first] = shown;
  if (first === undefined) return [];
  const known = [...new Set([...shown, ...listed.filter((n) => boards.includes(n))])];
  const free = listed.filter((n) => n > first && !known.includes(n));
  const count = Number(classic["miner_count"]);
  const more = free.slice(0, count > known.length ? count - known.length : 0);
  return [...known, ...more].sort((a, b) => a - b);
}

/** Boards of the newer form, where `index` counts from 0 what the classic keys count from 1. */
export function newerBoards(chains: readonly Doc[], facts: ModelFacts): Board[] {
  return chains.map((chain, position) => ({
    number: (typeof chain["index"] === "number" ? chain["index"] : position) + 1,
    rate: chain["rate_real"],
    chipTemperature: hottest(numbersIn(chain["temp_chip"])),
    boardTemperature: hottest(numbersIn(chain["temp_pcb"])),
    ...coolant(facts, chain),
    frequency: chain["freq_avg"],
    chipsWorking: chipsIn(chain["asic"]),
    power: undefined,
  }));
}

/**
 * Where water goes in and out. Newest firmware says so itself, its first sensor of the two being the one in the water; of
 * older ones it is known by model which of the board's sensors sit there.
 */
function coolant(
  { inlet, outlet }: ModelFacts,
  chain: Doc,
): Pick<Board, "inletTemperature" | "outletTemperature"> {
  const at = (place: ModelFacts["inlet"]): number | undefined =>
    place === undefined ? undefined : numbersIn(chain[place[0]])[place[1]];
  return {
    inletTemperature: numbersIn(chain["temp_in"])[0] ?? at(inlet),
    outletTemperature: numbersIn(chain["temp_out"])[0] ?? at(outlet),
  };
}

export const isNothing = (found: unknown): boolean =>
  found === undefined || found === null || found === "" || Number(found) === 0;

/** A number, a list of them, or one written with dashes between them: `2--1-20` is 2, -1 and 20. */
function numbersIn(found: unknown): number[] {
  if (typeof found === "number") return [found];
  if (Array.isArray(found)) return found.filter((one): one is number => typeof one === "number");
  if (typeof found !== "string" || !/^-?\d+(--?\d+)*$/.test(found)) return [];
  return [...found.matchAll(/(?<=^|-)-?\d+/g)].map(([digits]) => Number(digits));
}

/**
 * The chips that a map shows at work. The count beside it (`chain_acn`, `asic_num`) is of chips that were found, and goes on
 * saying 88 where the map crosses 80 of them out. Blanks, dashes and underscores are no chips; without a chip in it a map is none.
 */
function chipsIn(map: unknown): number | undefined {
  if (typeof map !== "string" || !/^[ox\s_-]*$/i.test(map) || !/[ox]/i.test(map)) return undefined;
  return map.match(/o/gi)?.length ?? 0;
}

/** Fans by the firmware's own numbers. Those beyond `fan_num` that stand still are empty places, not fans. */
export function classicFans(classic: Doc): Fan[] {
  const speeds = NUMBERS.map((number) => ({ number, speed: classic[`fan${number}`] }));
  const turning = speeds.filter(({ speed }) => !isNothing(speed));
  const count = Number(classic["fan_num"] ?? 0);
  const sparse = turning.some(({ number }) => number > count);
  return sparse
    ? turning
    : speeds.filter(({ number, speed }) => number <= count && speed !== undefined);
}
