import type { Clock, SteadyClock } from "../ports.ts";

interface Parts {
  readonly clock: Clock;
  readonly steady: SteadyClock;
  readonly graceSeconds: number;
}

/** Watches whether the clock by which epochs are closed can be right. */
export interface ClockWatch {
  /** From here on rigs can deliver, and the clock is compared with the steady one. */
  begin(): void;
  /** The clock's instant, and whether rigs had a grace time to deliver. Throws a RangeError while it is ahead by a step. */
  look(): { readonly now: number; readonly ready: boolean };
}

/** A process that was not asked for so long stood still, as a machine asleep does: nothing was received in that time. */
const STANDSTILL_SECONDS = 60;

/** A watch that has not begun. */
export function createClockWatch({ clock, steady, graceSeconds }: Parts): ClockWatch {
  // What the clock was ahead of the steady one when the watch began: only a step changes it.
  let ahead = 0;
  let receivingSince = 0;
  let lookedAt = 0;
  return {
    begin() {
      lookedAt = steady();
      receivingSince = lookedAt;
      ahead = clock() - lookedAt;
    },
    look() {
      const [now, steadyNow] = [clock(), steady()];
      if (steadyNow - lookedAt > STANDSTILL_SECONDS) receivingSince = steadyNow;
      lookedAt = steadyNow;
      const step = Math.round(now - steadyNow - ahead);
      // Behind is no danger: epochs close later. The second is for clocks that are read one after the other.
      if (step > graceSeconds + 1) {
        throw new RangeError(
          `the clock stepped forward by ${step} s: nothing is closed until it is back, or until this is started again under a clock that is right`,
        );
      }
      return { now, ready: steadyNow - receivingSince >= graceSeconds };
    },
  };
}
