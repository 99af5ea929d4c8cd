import type { Each, Row } from "../table.ts";

/** What a GPU or a program does for one algorithm, in the words that `derive` puts it in. */
export interface Mined {
  readonly algorithm?: unknown;
  readonly rate: unknown;
  /** Spelling of the rate's unit, for drivers that learn it from the reply. */
  readonly unit?: string | undefined;
  readonly accepted?: unknown;
  readonly rejected?: unknown;
  readonly stale?: unknown;
}

/** Shares of one algorithm; which of them are counted differs from miner to miner. */
const SHARES: readonly Row[] = [
  { metric: "shares_accepted", at: "/accepted", unit: "1", optional: true, text: true },
  { metric: "shares_rejected", at: "/rejected", unit: "1", optional: true, text: true },
];

// Far above what exists. Where what each GPU does is looked up among all, longer lists would cost their product.
const MAX_GPUS = 256;
const MAX_ALGORITHMS = 16;

/** A list as it is, or undefined where it is none of GPUs. */
export function gpusIn(found: unknown): readonly unknown[] | undefined {
  return Array.isArray(found) && found.length <= MAX_GPUS ? found : undefined;
}

/** A list as it is, or undefined where it is none of what a program or a GPU mines at once. */
export function algorithmsIn(found: unknown): readonly unknown[] | undefined {
  return Array.isArray(found) && found.length <= MAX_ALGORITHMS ? found : undefined;
}

/** Rows for a list of `Mined`, for each GPU at `/mined` unless said otherwise. Rates are in H/s unless each says its unit. */
export function minedRows(
  unit: "H/s" | { readonly at: string } = "H/s",
  each = "/mined",
  ...more: readonly Row[]
): Each {
  return {
    each,
    algorithm: "/algorithm",
    rows: [{ metric: "hashrate", at: "/rate", unit, blank: "off", text: true }, ...SHARES, ...more],
  };
}

/** The row for shares that came too late, for miners that count them. */
export const STALE: Row = { metric: "shares_stale", at: "/stale", unit: "1", optional: true };

/**
 * Rates of one program's parts added up, where the program does not say their sum itself. Undefined where one of them is
 * no number: a sum without it would be a smaller sum.
 */
export function added(rates: readonly unknown[]): number | undefined {
  let sum = 0;
  for (const rate of rates) {
    if (typeof rate !== "number") return undefined;
    sum += rate;
  }
  return rates.length === 0 ? undefined : sum;
}
