import type { Reading } from "../core/reading.ts";

/** Since when a device has said the very same. */
export interface Stillness {
  readonly said: string;
  readonly sinceMs: number;
  readonly asks: number;
  /** Uptime when it began to, and at the newest ask; seconds. */
  readonly uptime: number;
  readonly latest: number;
}

/** So long, and so often, a hashing device does not say the same to the last digit. */
const FROZEN_MS = 120_000;
const FROZEN_ASKS = 12;
/** Of fewer values it may be chance. */
const MIN_VALUES = 3;

/**
 * How long a device has been saying the same, its uptime aside. Undefined where that proves nothing: no uptime, nothing
 * hashed, or too few values. `nowMs` is monotonic.
 */
export function stillnessOf(
  before: Stillness | undefined,
  readings: readonly Reading[],
  nowMs: number,
): Stillness | undefined {
  const uptime = readings.find(({ metric, part }) => metric === "uptime" && part === "")?.value;
  const others = readings.filter(({ metric }) => metric !== "uptime");
  const works = others.some(
    ({ metric, part, value }) => metric === "hashrate" && part === "" && value > 0,
  );
  if (uptime === undefined || !works || others.length < MIN_VALUES) return undefined;
  const said = others.map(({ value }) => value).join(" ");
  return before?.said === said && uptime >= before.latest
    ? { ...before, asks: before.asks + 1, latest: uptime }
    : { said, sinceMs: nowMs, asks: 1, uptime, latest: uptime };
}

/** True where values are frozen while the uptime rose: an old reply is served again, or a program hangs. */
export function isFrozen(still: Stillness | undefined, nowMs: number): boolean {
  return (
    still !== undefined &&
    still.asks >= FROZEN_ASKS &&
    nowMs - still.sinceMs >= FROZEN_MS &&
    still.latest > still.uptime
  );
}
