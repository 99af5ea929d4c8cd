import type { UnitOf } from "../../../proto/units.ts";

/** In which unit a Whatsminer's rates are, and whether that was told from their size. */
interface RateUnit {
  readonly rateUnit?: UnitOf<"hashrate">;
  readonly inferred?: true;
}

/** Below this part of what the factory measured, a rate is not believed to be in the unit that its key names. */
const FAR_BELOW = 1e-3;
/** Slower than any that was ever built, in MH/s. */
const SLOWEST_MHS = 1e5;

/**
 * The unit of rates under keys that begin with `MHS`, and of `HS RT`. The documentation says MH/s; firmware of 2025 for the
 * M60S writes TH/s under the same keys, which only the rate of the factory (`Factory GHS`, in GH/s) gives away. Nothing
 * where a rate fits neither: one that is unknown by a factor of a million is not to be read.
 */
export function rateUnitOf(rates: readonly unknown[], factoryGhs: unknown): RateUnit {
  const known = rates.filter((rate) => typeof rate === "number");
  const rate = known.reduce((a, b) => Math.max(a, b), 0);
  // Zero is the same in every unit.
  if (rate <= 0) return known.length > 0 ? { rateUnit: "MH/s" } : {};
  if (typeof factoryGhs !== "number" || factoryGhs <= 0)
    return rate >= SLOWEST_MHS ? { rateUnit: "MH/s" } : {};
  if (rate / (factoryGhs * 1e3) >= FAR_BELOW) return { rateUnit: "MH/s" };
  const asTera = rate / (factoryGhs / 1e3);
  return asTera >= 0.05 && asTera <= 2 ? { rateUnit: "TH/s", inferred: true } : {};
}
