import type { MetricName } from "../../proto/metrics.ts";
import type { Problem, Reading } from "../core/reading.ts";
import type { Increment, SourceRole } from "../core/sample.ts";

/** A sample as a window is folded from it; instants on the time that windows are cut by. */
export interface FoldableSample {
  readonly deviceId: string;
  readonly source: string;
  readonly role: SourceRole;
  readonly placedMs: number;
  readonly spanMs: number;
  readonly readings: readonly Reading[];
  /** What a reply should have held and did not. */
  readonly problems?: readonly Problem[];
  readonly increments: readonly Increment[];
  readonly doubts: number;
}

/** Half open, Unix ms on the time that windows are cut by. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Milliseconds of a sample's span that lie in the window. */
export function overlapMs(
  { placedMs, spanMs }: FoldableSample,
  { startMs, endMs }: Window,
): number {
  return Math.max(0, Math.min(placedMs, endMs) - Math.max(placedMs - spanMs, startMs));
}

/** A sample's reading of a metric of the whole device. */
export const wholeOf = (
  sample: FoldableSample,
  metric: MetricName,
  algorithm?: string,
): Reading | undefined =>
  sample.readings.find(
    (reading) =>
      reading.metric === metric &&
      reading.part === "" &&
      (algorithm === undefined || (reading.algorithm ?? "") === algorithm),
  );

/** A level × time over the window: the sum in unit-milliseconds, and the time for which there was a level. */
export interface Integral {
  readonly unitMs: bigint;
  readonly ms: number;
  readonly samples: readonly FoldableSample[];
}

/** Adds up one quantity of some samples over a window. */
function integrate(
  samples: readonly FoldableSample[],
  window: Window,
  level: (s: FoldableSample) => Reading | undefined,
): Integral {
  const with_ = samples.filter((sample) => level(sample) !== undefined);
  const lengthMs = window.endMs - window.startMs;
  const parts = with_.map((sample) => ({
    ms: overlapMs(sample, window),
    value: level(sample)?.value ?? 0,
  }));
  const ms = parts.reduce((sum, part) => sum + part.ms, 0);
  const unitMs = parts.reduce(
    (sum, part) => sum + BigInt(Math.round(part.value)) * BigInt(part.ms),
    0n,
  );
  // Spans may overlap where the clock was steered back: no window holds more time than it has.
  return ms <= lengthMs
    ? { unitMs, ms, samples: with_ }
    : { unitMs: (unitMs * BigInt(lengthMs)) / BigInt(ms), ms: lengthMs, samples: with_ };
}

/** A preferred source counts where it tells for so much of the time that the best one does. */
const PREFERRED_PART = 0.9;

/**
 * The best of several sources for one quantity: that with the longest time, or one of the role that measures the thing
 * itself where it tells for nearly as long. One source only, so that nothing is counted twice when two speak of one device.
 */
export function bestSource(
  samples: readonly FoldableSample[],
  window: Window,
  level: (s: FoldableSample) => Reading | undefined,
  prefer: SourceRole,
): Integral {
  const bySource = Map.groupBy(samples, ({ source }) => source);
  const integrals = [...bySource.values()]
    .map((of) => integrate(of, window, level))
    .filter(({ samples: s }) => s.length > 0);
  const longest = Math.max(0, ...integrals.map(({ ms }) => ms));
  const rank = ({ ms, samples: [first] }: Integral): number =>
    first?.role === prefer && ms >= PREFERRED_PART * longest ? 0 : 1;
  integrals.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.ms - a.ms ||
      ((a.samples[0]?.source ?? "") < (b.samples[0]?.source ?? "") ? -1 : 1),
  );
  return integrals[0] ?? { unitMs: 0n, ms: 0, samples: [] };
}
