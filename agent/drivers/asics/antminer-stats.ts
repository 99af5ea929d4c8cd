import { isRecord, listOf, pointer } from "../pointer.ts";
import {
  type Board,
  classicBoards,
  classicFans,
  type Fan,
  isNothing,
  newerBoards,
} from "./antminer-boards.ts";
import type { ModelFacts } from "./antminer-models.ts";

type Doc = Readonly<Record<string, unknown>>;

/** One order for both forms of `stats`. Every value is one that a reply holds; of lists of temperatures the hottest. */
export interface Stats {
  readonly rate: unknown;
  readonly average: unknown;
  readonly rateUnit: unknown;
  readonly boardUnit: unknown;
  readonly ideal: unknown;
  readonly watt: unknown;
  readonly ambient: unknown;
  readonly elapsed: unknown;
  readonly mode: unknown;
  readonly minerId: unknown;
  readonly boards: readonly Board[];
  readonly fans: readonly Fan[];
}

/** What replies to `stats` say, that in the newer form first: it names its unit. The first of those that is there counts. */
export function statsOf(replies: readonly unknown[], facts: ModelFacts): Stats {
  const newer = replies
    .map((reply) => pointer(reply, "/STATS/0"))
    .find((member): member is Doc => isRecord(member) && Array.isArray(member["chain"]));
  const classic =
    replies.flatMap((reply) => listOf(pointer(reply, "/STATS"))).find(isMinerStats) ?? {};
  const stats = newer === undefined ? fromClassic(classic, facts) : fromNewer(newer, facts);
  return {
    ...stats,
    minerId: minerIdOf(classic["miner_id"]),
    // Water-cooled machines list the fans that they do not have as standing still (S21 XP Hyd, 2026).
    fans: facts.hydro ? stats.fans.filter(({ speed }) => !isNothing(speed)) : stats.fans,
  };
}

/** A number of the control board's own chip. Firmware of the S17 and later writes `no miner id now` in its place. */
function minerIdOf(said: unknown): string | undefined {
  return typeof said === "string" && /^(?!0+$)[0-9a-f]{12,16}$/i.test(said) ? said : undefined;
}

/** The member that holds the figures: the one before it holds the version, those after it the pools. */
const isMinerStats = (member: unknown): member is Doc =>
  isRecord(member) && "Elapsed" in member && "GHS 5s" in member;

function fromClassic(classic: Doc, facts: ModelFacts): Omit<Stats, "minerId"> {
  // `rate_unit` in the classic form is of `total_rate` and so of "GHS 5s"; it goes before what is known of the model.
  const rateUnit = classic["rate_unit"] ?? facts.rateUnit;
  return {
    rate: classic["GHS 5s"],
    average: classic["GHS av"],
    rateUnit,
    // A board's unit is the total's only where the model is known to be so, or where the reply names one for all.
    boardUnit: facts.boardUnit ?? (facts.algorithm === "equihash" ? undefined : rateUnit),
    ideal: classic["total_rateideal"],
    watt: classic["watt"] ?? classic["total_power"],
    ambient: undefined,
    elapsed: classic["Elapsed"],
    // Only this one means the same on every model: it is sleep on a T17+.
    mode: classic["Mode"] === 254 ? 254 : undefined,
    boards: classicBoards(classic, facts),
    fans: classicFans(classic),
  };
}

function fromNewer(newer: Doc, facts: ModelFacts): Omit<Stats, "minerId"> {
  return {
    rate: newer["rate_5s"],
    average: newer["rate_avg"],
    rateUnit: newer["rate_unit"],
    boardUnit: newer["rate_unit"],
    ideal: newer["rate_ideal"],
    watt: newer["watt"],
    ambient: newer["ambient_temp"],
    elapsed: newer["elapsed"],
    mode: newer["miner-mode"],
    boards: newerBoards(listOf(newer["chain"]).filter(isRecord), facts),
    fans: listOf(newer["fan"]).map((speed, position) => ({ number: position + 1, speed })),
  };
}
