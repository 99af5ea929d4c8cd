// Days may be left out; everything below the first may not be over its own round.
const CLOCK = /^(?:(\d{1,5}):)?(\d{1,5}):([0-5]?\d):([0-5]?\d)$/;

/**
 * Seconds of a time that runs, written as `days:hours:minutes:seconds` or `hours:minutes:seconds`; undefined where it is
 * written otherwise.
 */
export function secondsOf(clock: unknown): number | undefined {
  const [, days = "0", hours, minutes, seconds] =
    CLOCK.exec(typeof clock === "string" ? clock.trim() : "") ?? [];
  if (hours === undefined) return undefined;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}
