import type { Reading } from "../core/reading.ts";
import type { Increment } from "../core/sample.ts";

const COUNTED = new Set<string>(["shares_accepted", "shares_rejected", "difficulty_accepted"]);

/** Counters as they stood at the last sample, by metric and algorithm. */
export interface Counters {
  readonly values: ReadonlyMap<string, number>;
  readonly uptime: number | undefined;
}

const keyOf = (reading: Reading): string => `${reading.metric} ${reading.algorithm ?? ""}`;

/** The whole device's counters in a set of readings; those of single parts are not added up. */
export function countersOf(readings: readonly Reading[]): Counters {
  const whole = readings.filter(({ part }) => part === "");
  return {
    values: new Map(
      whole
        .filter(({ metric }) => COUNTED.has(metric))
        .map((reading) => [keyOf(reading), reading.value]),
    ),
    uptime: whole.find(({ metric }) => metric === "uptime")?.value,
  };
}

/**
 * What counters grew by since the sample before. A device that restarted counts from zero: what it shows now is what
 * it did since. A counter that was not there before has nothing to grow from and gives nothing, nor does one that fell
 * in a device that ran on: a total loses a pool that was removed, and what is left was done long ago.
 */
export function incrementsBetween(before: Counters, readings: readonly Reading[]): Increment[] {
  const now = countersOf(readings);
  const ranOn =
    before.uptime === undefined || now.uptime === undefined
      ? undefined
      : now.uptime >= before.uptime;
  return readings
    .filter((reading) => reading.part === "" && COUNTED.has(reading.metric))
    .flatMap((reading) => {
      const past = before.values.get(keyOf(reading));
      const fell = past !== undefined && reading.value < past;
      if (past === undefined || (fell && ranOn === true)) return [];
      const by = fell || ranOn === false ? reading.value : reading.value - past;
      return [
        { metric: reading.metric as Increment["metric"], algorithm: reading.algorithm ?? "", by },
      ];
    });
}
