import type { Clock } from "../core/ports.ts";

/** Time to spend on one place, however many ports and requests that takes. */
export class Budget {
  readonly #clock: Clock;
  readonly #endMs: number;

  constructor(clock: Clock, totalMs: number) {
    this.#clock = clock;
    this.#endMs = clock.monotonicMs() + totalMs;
  }

  /** Until when the next of so many parts may go on (monotonic ms): what is left is shared out evenly. */
  untilMs(parts: number): number {
    const nowMs = this.#clock.monotonicMs();
    return nowMs + Math.max(0, this.#endMs - nowMs) / Math.max(1, parts);
  }
}
