import type { Meter } from "./ports.ts";

/** Counters in memory: `snapshot` gives each series, written as Prometheus writes it, with its value. */
export interface Counters extends Meter {
  snapshot(): ReadonlyMap<string, number>;
}

/** Counters that start at nothing. */
export function createCounters(): Counters {
  const series = new Map<string, number>();
  return {
    count(name, labels = {}, by = 1) {
      const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
      const key = pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
      series.set(key, (series.get(key) ?? 0) + by);
    },
    snapshot: () => new Map(series),
  };
}
