import { isRecord, listOf, pointer } from "../pointer.ts";
import type { ModelFacts } from "./antminer-models.ts";

type Doc = Readonly<Record<string, unknown>>;

interface Board {
  readonly number: number;
  readonly rate: unknown;
  readonly chipTemperature: number | undefined;
  readonly boardTemperature: number | undefined;
  readonly frequency: unknown;
}

interface Fan {
  readonly number: number;
  readonly speed: unknown;
}

/** One order for both forms of `stats`. Every value is one that a reply holds; of lists of temperatures the hottest. */
export interface Stats {
  readonly rate: unknown;
  readonly rateUnit: unknown;
  readonly boardUnit: unknown;
  readonly ideal: unknown;
  readonly watt: unknown;
  readonly elapsed: unknown;
  readonly minerId: unknown;
  readonly boards: readonly Board[];
  readonly fans: readonly Fan[];
}

/** What the two replies to `stats` say, the newer form first: it names its unit. */
export function statsOf(stats: unknown, newStats: unknown, facts: ModelFacts): Stats {
  const classic = listOf(pointer(stats, "/STATS")).find(isMinerStats) ?? {};
  const fresh = pointer(newStats, "/STATS/0");
  const named = isRecord(fresh) && Array.isArray(fresh["chain"]) ? fresh : undefined;
  const minerId = classic["miner_id"];
  if (named !== undefined) return { ...fromNew(named), minerId };
  // `rate_unit` in the classic form is of `total_rate` and so of "GHS 5s"; it goes before what is known of the model.
  const rateUnit = classic["rate_unit"] ?? facts.rateUnit;
  return {
    rate: classic["GHS 5s"],
    rateUnit,
    // A board's unit is the total's only where the model is known to be so, or where the reply names one for all.
    boardUnit: facts.boardUnit ?? (facts.algorithm === "equihash" ? undefined : rateUnit),
    ideal: classic["total_rateideal"],
    watt: classic["watt"] ?? classic["total_power"],
    elapsed: classic["Elapsed"],
    minerId,
    boards: boardsOf(classic),
    fans: fansOf(classic),
  };
}

/** The member that holds the figures: the one before it holds the version, those after it the pools. */
const isMinerStats = (member: unknown): member is Doc =>
  isRecord(member) && "Elapsed" in member && "GHS 5s" in member;

function fromNew(fresh: Doc): Omit<Stats, "minerId"> {
  const chains = listOf(fresh["chain"]).filter(isRecord);
  return {
    rate: fresh["rate_5s"],
    rateUnit: fresh["rate_unit"],
    boardUnit: fresh["rate_unit"],
    ideal: fresh["rate_ideal"],
    watt: fresh["watt"],
    elapsed: fresh["elapsed"],
    boards: chains.map((chain, position) => ({
      number: typeof chain["index"] === "number" ? chain["index"] : position,
      rate: chain["rate_real"],
      chipTemperature: hottest([chain["temp_chip"]]),
      boardTemperature: hottest([chain["temp_pcb"]]),
      frequency: chain["freq_avg"],
    })),
    fans: listOf(fresh["fan"]).map((speed, number) => ({ number, speed })),
  };
}

const MAX_NUMBER = 16;
const NUMBERS = Array.from({ length: MAX_NUMBER }, (_, index) => index + 1);

/** Boards by the firmware's own numbers, which begin at 6 on an S9 and skip one on a Z15 Pro: those with chips or a rate. */
function boardsOf(classic: Doc): Board[] {
  const present = NUMBERS.filter(
    (n) => Number(classic[`chain_acn${n}`]) > 0 || !isNothing(classic[`chain_rate${n}`]),
  );
  return present.map((n) => ({
    number: n,
    rate: classic[`chain_rate${n}`],
    chipTemperature: hottest(
      [`temp2_${n}`, `temp3_${n}`, `temp_chip${n}`, `temp_in_chip_${n}`, `temp_out_chip_${n}`].map(
        (key) => classic[key],
      ),
    ),
    boardTemperature: hottest(
      [`temp${n}`, `temp_pcb${n}`, `temp_in_pcb_${n}`, `temp_out_pcb_${n}`].map(
        (key) => classic[key],
      ),
    ),
    frequency: [classic[`freq${n}`], classic[`freq_avg${n}`], classic["frequency"]].find(
      (value) => !isNothing(value),
    ),
  }));
}

const isNothing = (found: unknown): boolean =>
  found === undefined || found === null || found === "" || Number(found) === 0;

/**
 * The hottest of numbers, lists and texts such as "46-75-43-66". 0 is an empty place among others; where there is nothing
 * else it stands for itself, and what reads it decides.
 */
function hottest(found: readonly unknown[]): number | undefined {
  const numbers = found
    .flat()
    .flatMap((value) => (typeof value === "number" ? [value] : numbersIn(value)));
  const real = numbers.filter((value) => value !== 0);
  const candidates = real.length > 0 ? real : numbers;
  return candidates.length > 0 ? candidates.reduce((a, b) => Math.max(a, b)) : undefined;
}

function numbersIn(text: unknown): number[] {
  return typeof text === "string" && /^\d+(-\d+)*$/.test(text) ? text.split("-").map(Number) : [];
}

/** Fans by the firmware's own numbers. Those beyond `fan_num` that stand still are empty places, not fans. */
function fansOf(classic: Doc): Fan[] {
  const speeds = NUMBERS.map((number) => ({ number, speed: classic[`fan${number}`] }));
  const turning = speeds.filter(({ speed }) => !isNothing(speed));
  const count = Number(classic["fan_num"] ?? 0);
  const sparse = turning.some(({ number }) => number > count);
  return sparse
    ? turning
    : speeds.filter(({ number, speed }) => number <= count && speed !== undefined);
}
