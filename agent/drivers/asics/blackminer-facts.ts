import type { UnitOf } from "../../../proto/units.ts";
import { isRecord, pointer } from "../pointer.ts";
import { type Board, classicBoards, classicFans, type Fan } from "./antminer-boards.ts";

type Doc = Readonly<Record<string, unknown>>;

interface Facts {
  readonly make: string;
  readonly algorithm?: string;
  /** Unit of what the web page calls GHS whatever it is. */
  readonly pageUnit?: UnitOf<"hashrate">;
}

// One firmware, sold under three names. A Blackminer is an FPGA that mines what it was loaded with.
const MAKERS: readonly (readonly [name: RegExp, facts: Facts])[] = [
  // 18500 "GHS" on a page of a D1, whose nameplate is 18.5 GH/s.
  [/^VolcMiner/i, { make: "VolcMiner", algorithm: "scrypt", pageUnit: "MH/s" }],
  [/^Hammer/i, { make: "Hammer", algorithm: "scrypt", pageUnit: "MH/s" }],
  [/^Blackminer/i, { make: "Blackminer", pageUnit: "GH/s" }],
];

/** Facts by the name that a miner gives itself (`Hammer D10`); undefined where it is none of these. */
export function factsOf(name: unknown): Facts | undefined {
  const [, facts] = MAKERS.find(([pattern]) => pattern.test(String(name))) ?? [];
  return facts;
}

interface Figures {
  readonly now: unknown;
  readonly mean: unknown;
  readonly rateUnit: UnitOf<"hashrate"> | undefined;
  readonly boards: readonly Board[];
  readonly fans: readonly Fan[];
  readonly elapsed: unknown;
}

/** What the second member of `stats` says. The names of its rates are their units, of boards too. */
export function figuresOf(stats: unknown): Figures | undefined {
  const figures = pointer(stats, "/STATS/1");
  if (!isRecord(figures)) return undefined;
  const isMega = figures["MHS 5s"] !== undefined;
  return {
    now: isMega ? figures["MHS 5s"] : figures["GHS 5s"],
    mean: isMega ? figures["MHS av"] : figures["GHS av"],
    rateUnit: isMega ? "MH/s" : figures["GHS 5s"] === undefined ? undefined : "GH/s",
    // Sensors of the chips hold what lay in memory (`chipTemp1`: -7.3e31), so that those of the boards are all there is.
    boards: classicBoards(figures, {}),
    fans: classicFans(figures),
    elapsed: figures["Elapsed"],
  };
}

const GROUPED = /^\s*-?\d{1,3}(,\d{3})+(\.\d+)?\s*$/;

/** `18,500.5` without its commas; everything else as it is. */
export function ungrouped(found: unknown): unknown {
  return typeof found === "string" && GROUPED.test(found) ? found.replaceAll(",", "") : found;
}

/** A record with every number in it ungrouped. */
export function ungroupedIn(found: unknown): Doc {
  return isRecord(found)
    ? Object.fromEntries(Object.entries(found).map(([key, value]) => [key, ungrouped(value)]))
    : {};
}
