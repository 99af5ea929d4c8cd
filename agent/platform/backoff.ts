interface BackoffOptions {
  /** Upper edge of the first delay. */
  readonly firstMs: number;
  /** Upper edge that the doubling stops at. */
  readonly maxMs: number;
  /** 0 ≤ random < 1. */
  readonly random?: () => number;
}

/**
 * Delays between attempts: exponential, capped, with full jitter, so that rigs that lost the same coordinator do not
 * come back together.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #attempts = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Attempts since the last reset. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds to wait before the next attempt: anything from 0 to the present edge. */
  next(): number {
    const { firstMs, maxMs, random = Math.random } = this.#options;
    const edgeMs = Math.min(maxMs, firstMs * 2 ** Math.min(this.#attempts, 64));
    this.#attempts += 1;
    return Math.round(random() * edgeMs);
  }

  /** An attempt succeeded: the next failure starts from the first delay again. */
  reset(): void {
    this.#attempts = 0;
  }
}
