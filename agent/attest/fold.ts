import { hashesPerDifficulty } from "../../proto/algorithms.ts";
import {
  type DeviceRow,
  DOUBT,
  KNOWN,
  POWER_SOURCE,
  type PowerSource,
} from "../../proto/attestation.ts";
import { METRICS, type MetricName } from "../../proto/metrics.ts";
import type { Reading } from "../core/reading.ts";
import type { Increment, SourceRole } from "../core/sample.ts";

/** A sample as a window is folded from it; instants on the time that windows are cut by. */
export interface FoldableSample {
  readonly deviceId: string;
  readonly source: string;
  readonly role: SourceRole;
  readonly placedMs: number;
  readonly spanMs: number;
  readonly readings: readonly Reading[];
  readonly increments: readonly Increment[];
  readonly unproven: boolean;
}

/** A device that was known in the window, and what it was last seen mining. */
export interface KnownDevice {
  readonly id: string;
  readonly algorithms: readonly string[];
}

interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** Doubt 1 is set beyond the greater of these: a part of the hashes, or so many standard errors of the share count. */
const WORK_TOLERANCE = 0.12;
const WORK_STANDARD_ERRORS = 4;
/** Share work is compared only where samples stand for most of the window: the counter ran on, the samples did not. */
const WORK_MIN_OBSERVED = 0.9;

/** Milliseconds of a sample's span that lie in the window. */
function overlapMs({ placedMs, spanMs }: FoldableSample, { startMs, endMs }: Window): number {
  return Math.max(0, Math.min(placedMs, endMs) - Math.max(placedMs - spanMs, startMs));
}

const wholeOf = (
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
interface Integral {
  readonly unitMs: bigint;
  readonly ms: number;
  readonly samples: readonly FoldableSample[];
}

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

/**
 * The best of several sources for one quantity: that with the longest time, sensors before miners where they measure
 * the thing itself. One source only, so that nothing is counted twice when two speak of one device.
 */
function bestSource(
  samples: readonly FoldableSample[],
  window: Window,
  level: (s: FoldableSample) => Reading | undefined,
  prefer: SourceRole,
): Integral {
  const bySource = Map.groupBy(samples, ({ source }) => source);
  const integrals = [...bySource.values()]
    .map((of) => integrate(of, window, level))
    .filter(({ samples: s }) => s.length > 0);
  const rank = ({ samples: [first] }: Integral): number => (first?.role === prefer ? 0 : 1);
  integrals.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.ms - a.ms ||
      ((a.samples[0]?.source ?? "") < (b.samples[0]?.source ?? "") ? -1 : 1),
  );
  return integrals[0] ?? { unitMs: 0n, ms: 0, samples: [] };
}

function sumOf(
  samples: readonly FoldableSample[],
  metric: Increment["metric"],
  algorithm: string,
): bigint | undefined {
  const found = samples.flatMap(({ increments }) =>
    increments.filter(
      (increment) => increment.metric === metric && increment.algorithm === algorithm,
    ),
  );
  return found.length === 0
    ? undefined
    : found.reduce((sum, { by }) => sum + BigInt(Math.round(by)), 0n);
}

function workDisagrees(hashes: bigint, work: bigint, accepted: bigint): boolean {
  const tolerance = Math.max(WORK_TOLERANCE, WORK_STANDARD_ERRORS / Math.sqrt(Number(accepted)));
  return Math.abs(Number(work) - Number(hashes)) > tolerance * Number(hashes);
}

/** The part of a row that belongs to one algorithm. */
function algorithmRow(
  id: string,
  algorithm: string,
  samples: readonly FoldableSample[],
  window: Window,
): DeviceRow {
  const lengthMs = window.endMs - window.startMs;
  const rate = bestSource(samples, window, (s) => wholeOf(s, "hashrate", algorithm), "miner");
  const source = rate.samples[0]?.source;
  // Counters from the same source as the hashrate: two programs that report one device must not be added up.
  const inWindow = samples.filter((s) => s.placedMs >= window.startMs && s.placedMs < window.endMs);
  const counted = inWindow.filter((s) => s.source === source);
  const accepted = sumOf(counted, "shares_accepted", algorithm);
  const rejected = sumOf(counted, "shares_rejected", algorithm);
  const perDifficulty = hashesPerDifficulty(algorithm);
  const difficulty = sumOf(counted, "difficulty_accepted", algorithm);
  const work =
    difficulty === undefined || perDifficulty === undefined
      ? undefined
      : difficulty * perDifficulty;
  // A hashrate that stands for no time says nothing of what was done.
  const hashes = rate.ms === 0 ? undefined : rate.unitMs / 1000n;
  const observed = rate.samples.length === 0 ? observedBySensors(samples, window) : rate;
  const compared =
    hashes !== undefined &&
    work !== undefined &&
    accepted !== undefined &&
    accepted > 0n &&
    rate.ms >= WORK_MIN_OBSERVED * lengthMs;
  return {
    id,
    algorithm,
    known:
      (hashes === undefined ? 0 : KNOWN.hashes) |
      (accepted === undefined ? 0 : KNOWN.accepted) |
      (rejected === undefined ? 0 : KNOWN.rejected) |
      (work === undefined ? 0 : KNOWN.work),
    hashes: hashes ?? 0n,
    observedMilliseconds: observed.ms,
    samples: observed.samples.filter(
      (s) => s.placedMs >= window.startMs && s.placedMs < window.endMs,
    ).length,
    energyJoules: 0n,
    powerSource: POWER_SOURCE.unknown,
    maxTemperatureMilliCelsius: 0,
    sharesAccepted: accepted ?? 0n,
    sharesRejected: rejected ?? 0n,
    shareWork: work ?? 0n,
    doubts:
      (samples.some(({ unproven }) => unproven) ? DOUBT.unproven : 0) |
      (compared && workDisagrees(hashes, work, accepted) ? DOUBT.workDisagrees : 0),
  };
}

function observedBySensors(samples: readonly FoldableSample[], window: Window): Integral {
  return bestSource(samples, window, (s) => s.readings[0], "sensor");
}

/** What a device has once, whatever it mines: energy, where it was measured, and its hottest chip. */
function withDeviceFacts(
  row: DeviceRow,
  samples: readonly FoldableSample[],
  window: Window,
): DeviceRow {
  const power = bestSource(samples, window, (s) => wholeOf(s, "power"), "sensor");
  const measured = new Set(power.samples.map((s) => wholeOf(s, "power")?.measured ?? "unknown"));
  const source: PowerSource = measured.size === 1 ? ([...measured][0] as PowerSource) : "unknown";
  const temperatures = samples
    .filter((s) => s.placedMs >= window.startMs && s.placedMs < window.endMs)
    .flatMap(({ readings }) => readings.filter(({ metric }) => METRICS[metric].fold === "maximum"))
    .map(({ value }) => Math.round(value * 1000));
  return {
    ...row,
    known:
      row.known |
      (power.ms > 0 ? KNOWN.energy : 0) |
      (temperatures.length > 0 ? KNOWN.temperature : 0),
    energyJoules: power.ms > 0 ? power.unitMs / 1000n : 0n,
    powerSource: power.ms > 0 ? POWER_SOURCE[source] : POWER_SOURCE.unknown,
    maxTemperatureMilliCelsius:
      temperatures.length > 0 ? temperatures.reduce((hottest, one) => Math.max(hottest, one)) : 0,
  };
}

/**
 * Folds the samples of a window into rows, one for each known device and algorithm, those in outage included.
 * Samples that end after the window are needed too: their spans reach back into it. Section 1 and 2 of docs/attestation.md.
 */
export function foldWindow(
  window: Window,
  samples: readonly FoldableSample[],
  known: readonly KnownDevice[],
): DeviceRow[] {
  const touching = samples.filter(
    (s) => overlapMs(s, window) > 0 || (s.placedMs >= window.startMs && s.placedMs < window.endMs),
  );
  const byDevice = Map.groupBy(touching, ({ deviceId }) => deviceId);
  const ids = [...new Set([...known.map(({ id }) => id), ...byDevice.keys()])];
  return ids.flatMap((id) => {
    const of = byDevice.get(id) ?? [];
    const mined = of.flatMap(({ readings }) =>
      readings.flatMap(({ metric, part, algorithm }) =>
        metric === "hashrate" && part === "" ? [algorithm ?? ""] : [],
      ),
    );
    const remembered = known.find((device) => device.id === id)?.algorithms ?? [];
    const algorithms = [...new Set([...mined, ...remembered])].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const rows = (algorithms.length > 0 ? algorithms : [""]).map((algorithm) =>
      algorithmRow(id, algorithm, of, window),
    );
    return rows.map((row, i) => (i === 0 ? withDeviceFacts(row, of, window) : row));
  });
}
