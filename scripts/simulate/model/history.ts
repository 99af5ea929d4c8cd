/** A stretch of time in which a machine's rate and draw were constant. */
export interface Stretch {
  readonly startMs: number;
  /** Hashes × 1000 done before it. */
  readonly doneBefore: bigint;
  /** Joules drawn before it. */
  readonly joulesBefore: number;
  /** H/s, whole. */
  readonly rate: bigint;
  readonly watts: number;
}

/** What a machine had done by an instant, since the simulation began. Not what it says of itself. */
export interface Truth {
  readonly atMs: number;
  readonly hashes: bigint;
  readonly joules: number;
}

const KEPT = 7200;

/** The stretches of a machine's past, the newest few hours of them. */
export class History {
  #stretches: Stretch[] = [];

  add(stretch: Stretch): void {
    this.#stretches.push(stretch);
    // Cut in bulk, so that a long run costs no more than a short one.
    if (this.#stretches.length > 2 * KEPT) this.#stretches = this.#stretches.slice(-KEPT);
  }

  /** Hashes × 1000 done by then; undefined before the oldest stretch that is kept. */
  doneAt(atMs: number): bigint | undefined {
    const stretch = this.#holding(atMs);
    return stretch && stretch.doneBefore + stretch.rate * BigInt(atMs - stretch.startMs);
  }

  /** The oldest instant that is known. */
  get oldestMs(): number {
    return this.#stretches[0]?.startMs ?? Infinity;
  }

  truthAt(atMs: number): Truth | undefined {
    const stretch = this.#holding(atMs);
    const done = this.doneAt(atMs);
    if (!stretch || done === undefined) return undefined;
    const joules = stretch.joulesBefore + (stretch.watts * (atMs - stretch.startMs)) / 1000;
    return { atMs, hashes: done / 1000n, joules };
  }

  #holding(atMs: number): Stretch | undefined {
    let low = 0;
    let high = this.#stretches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#stretches[middle]?.startMs ?? Infinity;
      if (start <= atMs) low = middle + 1;
      else high = middle;
    }
    return this.#stretches[low - 1];
  }
}
