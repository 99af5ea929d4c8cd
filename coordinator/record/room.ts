import type { Allocation } from "../../proto/messages.ts";
import { exceedsOne, type Fraction, fractionText, NONE, sum } from "./fraction.ts";

/** Where and when an allocation would take more than there is. */
export interface Shortage {
  /** A device id; empty: every device that no allocation names. */
  readonly device: string;
  /** Empty: every algorithm that no allocation names. */
  readonly algorithm: string;
  readonly from: bigint;
  readonly to: bigint;
  /** What is left there. */
  readonly free: Fraction;
}

interface Step {
  readonly at: bigint;
  readonly by: Fraction;
  readonly sign: 1n | -1n;
}

const FREE: Fraction = { numerator: 1n, denominator: 1n };

/** The names that a wanted one stands for: itself, or each that is named anywhere and the unnamed rest. */
function scopes(wanted: string, named: readonly string[]): string[] {
  return wanted === "" ? [...new Set(["", ...named])] : [wanted];
}

const touches = (of: string, scope: string): boolean => of === "" || of === scope;

/** The first stretch of time in which the sum of these, each within the range, is above the whole. */
function overdraft(
  ranges: readonly Allocation[],
  from: bigint,
  to: bigint,
): { from: bigint; to: bigint; taken: Fraction } | undefined {
  const steps: Step[] = ranges.flatMap((range) => {
    const start = range.fromTime > from ? range.fromTime : from;
    const end = range.toTime < to ? range.toTime : to;
    return [
      { at: start, by: range, sign: 1n },
      { at: end, by: range, sign: -1n },
    ];
  });
  steps.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  let taken = NONE;
  for (const [i, step] of steps.entries()) {
    taken = sum(taken, step.by, step.sign);
    const next = steps[i + 1]?.at ?? to;
    if (next > step.at && exceedsOne(taken)) return { from: step.at, to: next, taken };
  }
  return undefined;
}

/**
 * The first device, algorithm and stretch of time in which the allocations of a rig would add up to more than 1 with a
 * new one; undefined when there is room. Exact.
 */
export function shortageOf(
  wanted: Allocation,
  present: readonly Allocation[],
): Shortage | undefined {
  const meeting = present.filter((a) => a.fromTime < wanted.toTime && wanted.fromTime < a.toTime);
  const devices = scopes(
    wanted.device,
    meeting.map(({ device }) => device),
  );
  const algorithms = scopes(
    wanted.algorithm,
    meeting.map(({ algorithm }) => algorithm),
  );
  for (const device of devices) {
    for (const algorithm of algorithms) {
      const here = meeting.filter(
        (a) => touches(a.device, device) && touches(a.algorithm, algorithm),
      );
      const over = overdraft([...here, wanted], wanted.fromTime, wanted.toTime);
      if (over === undefined) continue;
      const others = sum(over.taken, wanted, -1n);
      return { device, algorithm, from: over.from, to: over.to, free: sum(FREE, others, -1n) };
    }
  }
  return undefined;
}

const instant = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();

/** A shortage as a sentence. */
export function shortageText(
  wanted: Allocation,
  { device, algorithm, from, to, free }: Shortage,
): string {
  const what = device === "" ? `each device of ${wanted.rig}` : device;
  const mined = algorithm === "" ? "" : ` (${algorithm})`;
  return (
    `from ${instant(from)} to ${instant(to)} only ${fractionText(free)} of ${what}${mined} is free, ` +
    `and ${fractionText(wanted)} was asked for`
  );
}
