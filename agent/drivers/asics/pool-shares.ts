import { pointer } from "../pointer.ts";

/**
 * Shares of all pools together, where a device counts them by pool only: a device that changes its pool goes on from where
 * it was. Undefined where one pool's count is not a whole number, and where there is no pool: a part is not the whole.
 */
export function sharesOf(pools: readonly unknown[], at: string): number | undefined {
  const counts = pools.map((pool) => pointer(pool, at));
  if (counts.length === 0 || !counts.every((count) => Number.isSafeInteger(count)))
    return undefined;
  return counts.reduce<number>((sum, count) => sum + (count as number), 0);
}
