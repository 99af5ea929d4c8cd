/** Waiting times between attempts: exponential, capped, full jitter. */
export interface Backoff {
  /** How long to wait before the next attempt. */
  nextMs(): number;
  reset(): void;
}

/** Starts at `firstMs`, doubles up to `maxMs`; each time is drawn evenly from nothing to the whole. */
export function createBackoff(
  firstMs: number,
  maxMs: number,
  random: () => number = Math.random,
): Backoff {
  let attempts = 0;
  return {
    nextMs() {
      const whole = Math.min(maxMs, firstMs * 2 ** Math.min(attempts, 30));
      attempts += 1;
      return Math.round(random() * whole);
    },
    reset() {
      attempts = 0;
    },
  };
}
