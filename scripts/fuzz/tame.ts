import { RigError } from "../../agent/core/errors.ts";
import type { Driver } from "../../agent/drivers/driver.ts";
import { knownBy } from "../../agent/drivers/probe.ts";
import { decodeReplies, readReplies } from "../../agent/drivers/read-replies.ts";
import { METRICS } from "../../proto/metrics.ts";

/** Longest that any reply may hold a driver up. */
const LONGEST_MS = 1000;

/**
 * What is wrong with how a driver takes replies; undefined where it is tame: it gives reports whose values can be
 * believed, or a RigError, and is done in time.
 */
export function wildness(
  driver: Driver,
  replies: Readonly<Record<string, Uint8Array>>,
): string | undefined {
  return faultIn(() => faultOf(driver, replies));
}

/** What went wrong in a run: what it says itself, an exception that is no RigError, or that it takes too long. */
export function faultIn(run: () => string | undefined): string | undefined {
  try {
    const startMs = performance.now();
    const fault = run();
    if (fault !== undefined || performance.now() - startMs <= LONGEST_MS) return fault;
  } catch (thrown) {
    if (thrown instanceof RigError) return undefined;
    return `throws ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`;
  }
  return slowness(run);
}

/** On a busy machine everything takes long, but no more of the processor than it always does. */
function slowness(run: () => string | undefined): string | undefined {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  const tookMs = (user + system) / 1000;
  return tookMs > LONGEST_MS ? `takes ${Math.round(tookMs)} ms of a processor` : undefined;
}

function faultOf(
  driver: Driver,
  replies: Readonly<Record<string, Uint8Array>>,
): string | undefined {
  const asked = knownBy(driver);
  const seen = Object.fromEntries(Object.entries(replies).filter(([ask]) => asked.includes(ask)));
  const known: unknown = driver.identify(decodeReplies(driver, seen));
  if (typeof known !== "boolean") return `identifies it as ${String(known)}`;
  for (const { readings } of readReplies(driver, replies))
    for (const { metric, part, value } of readings) {
      const [min, max] = METRICS[metric].range;
      if (!(value >= min && value <= max)) return `reads ${metric} ${part} ${value}`;
    }
  return undefined;
}
