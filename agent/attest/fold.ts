import { hashesPerDifficulty } from "../../proto/algorithms.ts";
import { type DeviceRow, KNOWN, POWER_SOURCE, type PowerSource } from "../../proto/attestation.ts";
import { METRICS } from "../../proto/metrics.ts";
import type { Increment } from "../core/sample.ts";
import { type Claim, doubtOnEfficiency, doubtsOnClaim } from "./doubts.ts";
import {
  bestSource,
  type FoldableSample,
  type Integral,
  overlapMs,
  type Window,
  wholeOf,
} from "./integral.ts";

/** A device that was known in the window, and what it was last seen mining. */
export interface KnownDevice {
  readonly id: string;
  readonly algorithms: readonly string[];
  /** What its model is rated at for an algorithm, in J per hash; absent where that is not known. */
  readonly rated?: (algorithm: string) => number | undefined;
}

/** A row and the claim in it that is doubted or not. */
interface Folded {
  readonly row: DeviceRow;
  readonly claim: Claim;
}

/** Of difficulty, which may be a fraction: so much finer it is added up before it becomes work. */
const FINER = 1 << 20;

/** Growth of a counter in units of 1/`finer`, added up; undefined where it was never told. */
function sumOf(
  samples: readonly FoldableSample[],
  metric: Increment["metric"],
  algorithm: string,
  finer = 1,
): bigint | undefined {
  const found = samples.flatMap(({ increments }) =>
    increments.filter(
      (increment) => increment.metric === metric && increment.algorithm === algorithm,
    ),
  );
  return found.length === 0
    ? undefined
    : found.reduce((sum, { by }) => sum + BigInt(Math.round(by * finer)), 0n);
}

/** The part of a row that belongs to one algorithm. */
function algorithmRow(
  id: string,
  algorithm: string,
  samples: readonly FoldableSample[],
  window: Window,
): Folded {
  const rate = bestSource(samples, window, (s) => wholeOf(s, "hashrate", algorithm), "miner");
  const source = rate.samples[0]?.source;
  // Counters from the same source as the hashrate: two programs that report one device must not be added up.
  const inWindow = samples.filter((s) => s.placedMs >= window.startMs && s.placedMs < window.endMs);
  const counted = inWindow.filter((s) => s.source === source);
  const accepted = sumOf(counted, "shares_accepted", algorithm);
  const rejected = sumOf(counted, "shares_rejected", algorithm);
  const perDifficulty = hashesPerDifficulty(algorithm);
  const difficulty = sumOf(counted, "difficulty_accepted", algorithm, FINER);
  const work =
    difficulty === undefined || perDifficulty === undefined
      ? undefined
      : (difficulty * perDifficulty) / BigInt(FINER);
  // A hashrate that stands for no time says nothing of what was done.
  const hashes = rate.ms === 0 ? undefined : rate.unitMs / 1000n;
  const observed = rate.samples.length === 0 ? observedBySensors(samples, window) : rate;
  const claim = { window, rate, algorithm, hashes, work, accepted };
  const row = {
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
    doubts: doubtsOnClaim(claim, samples),
  };
  return { row, claim };
}

function observedBySensors(samples: readonly FoldableSample[], window: Window): Integral {
  return bestSource(samples, window, (s) => s.readings[0], "sensor");
}

/** What a device has once, whatever it mines: energy, where it was measured, and its hottest chip. */
function withDeviceFacts(
  { row, claim }: Folded,
  samples: readonly FoldableSample[],
  window: Window,
  rated: number | undefined,
): DeviceRow {
  const power = bestSource(samples, window, (s) => wholeOf(s, "power"), "sensor");
  const measured = new Set(power.samples.map((s) => wholeOf(s, "power")?.measured ?? "unknown"));
  const source: PowerSource = measured.size === 1 ? ([...measured][0] as PowerSource) : "unknown";
  const energy = power.ms > 0 ? power.unitMs / 1000n : undefined;
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
    energyJoules: energy ?? 0n,
    doubts: row.doubts | doubtOnEfficiency(claim, energy, power.ms, rated),
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
    const device = known.find((one) => one.id === id);
    const algorithms = [...new Set([...mined, ...(device?.algorithms ?? [])])].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const [first = "", ...others] = algorithms;
    // Energy is of the device: where it mines two things at once, neither is what it is rated at.
    const rated = others.length === 0 ? device?.rated?.(first) : undefined;
    return [
      withDeviceFacts(algorithmRow(id, first, of, window), of, window, rated),
      ...others.map((algorithm) => algorithmRow(id, algorithm, of, window).row),
    ];
  });
}
