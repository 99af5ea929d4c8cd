import type { Allocation } from "./bundle.ts";
import type { Epoch } from "./epoch.ts";

/** Windows of an epoch, one after the other, that the same allocations reach. */
export interface Span {
  /** Start of the first and end of the last, Unix seconds. */
  readonly from: bigint;
  readonly to: bigint;
  /** How many windows. */
  readonly count: bigint;
  /** Those that the allocations name; the empty one stands for every one. */
  readonly algorithms: ReadonlySet<string>;
}

const within = (value: bigint, most: bigint): bigint =>
  value < 0n ? 0n : value > most ? most : value;

/** Cuts an epoch where one of these allocations begins or ends. A window that an allocation reaches in part is not in it. */
export function spansOf(
  allocations: readonly Allocation[],
  { start, end, windowSeconds }: Epoch,
): Span[] {
  const windows = (end - start) / windowSeconds;
  const ranges = allocations.map(({ algorithm, fromTime, toTime }) => ({
    algorithm,
    first: within((fromTime - start + windowSeconds - 1n) / windowSeconds, windows),
    last: within((toTime - start) / windowSeconds, windows),
  }));
  const bounds = [...new Set(ranges.flatMap(({ first, last }) => [first, last]))].sort((a, b) =>
    a < b ? -1 : 1,
  );
  return bounds.slice(1).flatMap((last, i) => {
    const first = bounds[i] ?? last;
    const here = ranges.filter((range) => range.first <= first && last <= range.last);
    if (here.length === 0) return [];
    return [
      {
        from: start + first * windowSeconds,
        to: start + last * windowSeconds,
        count: last - first,
        algorithms: new Set(here.map(({ algorithm }) => algorithm)),
      },
    ];
  });
}
