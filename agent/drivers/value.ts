import { algorithmOf } from "../../proto/algorithms.ts";
import { METRICS } from "../../proto/metrics.ts";
import { type Dimension, UNITS } from "../../proto/units.ts";
import type { Identity, ProblemWhy, Reading } from "../core/reading.ts";
import { absolute, find, isAbsent, type Scope } from "./pointer.ts";
import type { At, IdentityTable, Row } from "./table.ts";

/** Metrics that are of an algorithm. */
export const OF_ALGORITHM: ReadonlySet<string> = new Set([
  "hashrate",
  "hashrate_expected",
  "hashrate_average",
  "shares_accepted",
  "shares_rejected",
  "shares_stale",
  "difficulty_accepted",
]);
const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const pathsOf = (at: At): readonly string[] => (typeof at === "string" ? [at] : at);

/** A number, or a string that is nothing but one where `text` allows it; else NaN. */
function numberOf(found: unknown, text: boolean): number {
  if (typeof found === "number") return found;
  if (!text || typeof found !== "string") return Number.NaN;
  const trimmed = found.trim();
  return NUMERAL.test(trimmed) ? Number(trimmed) : Number.NaN;
}

function isBlank(found: unknown, { blank, text }: Row): boolean {
  if (found === "") return true;
  if (blank === undefined) return false;
  const number = numberOf(found, text === true);
  return [blank]
    .flat()
    .some((word) => word === found || (typeof word === "number" && word === number));
}

/** Units by spelling without case and with or without `/s`, since one firmware writes GH, another Gh/s. */
function scaleBySpelling(dimension: Dimension, spelling: unknown): number | undefined {
  if (typeof spelling !== "string") return undefined;
  const plain = (unit: string): string => unit.trim().toLowerCase().replace(/\/s$/, "");
  const [, scale] =
    Object.entries(UNITS[dimension]).find(([unit]) => plain(unit) === plain(spelling)) ?? [];
  return scale as number | undefined;
}

function scaleOf(row: Row, scope: Scope): number | undefined {
  const { dimension } = METRICS[row.metric];
  const scale =
    typeof row.unit === "string"
      ? (UNITS[dimension] as Readonly<Record<string, number>>)[row.unit]
      : scaleBySpelling(dimension, find(scope, row.unit.at));
  if (row.times === undefined || scale === undefined) return scale;
  const factor = find(scope, row.times);
  return typeof factor === "number" && factor > 0 ? scale * factor : undefined;
}

/**
 * A value in another unit. Powers of ten move the decimal point, as multiplying would not always do: 34942.48 × 10⁹ is
 * 34942480000000.004 in floating point.
 */
function scaled(spoken: number, scale: number): number {
  const shift = Math.log10(scale);
  if (!Number.isInteger(shift)) return spoken * scale;
  const [digits, exponent = "0"] = String(spoken).split("e");
  return Number(`${digits}e${Number(exponent) + shift}`);
}

function extrasOf(row: Row, algorithm: string | undefined, scope: Scope): Partial<Reading> {
  const { inferred } = row;
  return {
    ...(algorithm !== undefined && OF_ALGORITHM.has(row.metric) ? { algorithm } : {}),
    ...(row.measured === undefined ? {} : { measured: row.measured }),
    ...(row.averagedSeconds === undefined ? {} : { averagedSeconds: row.averagedSeconds }),
    ...(inferred === true || (inferred !== undefined && find(scope, inferred) === true)
      ? { inferred: true as const }
      : {}),
  };
}

/**
 * What one row finds: a reading in the metric's stored unit, why there is none, or nothing where it is optional. `ask` is
 * the name of the ask whose reply it is.
 */
export function readRow(
  row: Row,
  scope: Scope,
  part: string,
  algorithm: string | undefined,
  ask: string,
): Reading | ProblemWhy | undefined {
  const paths = pathsOf(row.at);
  const found = paths.map((path) => find(scope, path));
  const place = found.findIndex((value) => !isAbsent(value) && !isBlank(value, row));
  if (place < 0) {
    if (row.optional) return undefined;
    return found.every(isAbsent) ? "absent" : "blank";
  }
  if (row.stale !== undefined && find(scope, row.stale) === true) return "stale";
  const present = found[place];
  const spoken = numberOf(present, row.text === true);
  if (!Number.isFinite(spoken)) return "not-a-number";
  const scale = scaleOf(row, scope);
  if (scale === undefined) return "no-unit";
  const value = scaled(spoken, scale);
  const [min, max] = METRICS[row.metric].range;
  if (value < min || value > max) return "out-of-range";
  const path = `${ask}#${absolute(scope, paths[place] ?? "")}`;
  return { metric: row.metric, part, value, ...extrasOf(row, algorithm, scope), path };
}

/** The signed name of the algorithm at a pointer; undefined without one, and where a miner says none yet. */
export function readAlgorithm(path: string | undefined, scope: Scope): string | undefined {
  if (path === undefined) return undefined;
  const found = path.startsWith("/") || path.startsWith("^") ? find(scope, path) : path;
  const name = typeof found === "string" ? algorithmOf(found) : "";
  return name === "" ? undefined : name;
}

const MAX_IDENTITY = 200;
// What nvidia-smi, DMI tables and old firmware write in place of a name.
const NO_NAME = /^(n\/a|\[.*\]|none|null|unknown|default string|to be filled.*|0|-)$/i;

function identityText(found: unknown): string | undefined {
  if (typeof found !== "string" && typeof found !== "number") return undefined;
  // Control characters go: T-Rex ends its uuid with a NUL, an S9 has a line break in its model.
  const text = String(found)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, MAX_IDENTITY);
  return text === "" || NO_NAME.test(text) ? undefined : text;
}

/** Who a device is, as far as it says so. */
export function readIdentity(table: IdentityTable, scope: Scope): Identity {
  const fields = Object.entries(table).flatMap(([field, at]) => {
    const candidates =
      typeof at === "object" && "always" in at
        ? [at.always]
        : pathsOf(at).map((path) => find(scope, path));
    const text = candidates.map(identityText).find((candidate) => candidate !== undefined);
    return text === undefined ? [] : [[field, text] as const];
  });
  return Object.fromEntries(fields);
}
