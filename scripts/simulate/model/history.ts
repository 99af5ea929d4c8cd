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

/** The stretches of a machine's past, the newest few hours of them, in columns: a site may have thousands of machines. */
export class History {
  #startMs: number[] = [];
  #doneBefore: bigint[] = [];
  #joulesBefore: number[] = [];
  #rates: number[] = [];
  #watts: number[] = [];

  add({ startMs, doneBefore, joulesBefore, rate, watts }: Stretch): void {
    this.#startMs.push(startMs);
    this.#doneBefore.push(doneBefore);
    this.#joulesBefore.push(joulesBefore);
    // Whole and far below 2 ** 53, so that nothing is lost.
    this.#rates.push(Number(rate));
    this.#watts.push(watts);
    // Cut in bulk, so that a long run costs no more than a short one.
    if (this.#startMs.length > 2 * KEPT) this.#cut();
  }

  /** Hashes × 1000 done by then; undefined before the oldest stretch that is kept. */
  doneAt(atMs: number): bigint | undefined {
    const at = this.#holding(atMs);
    const [startMs, before, rate] = [this.#startMs[at], this.#doneBefore[at], this.#rates[at]];
    if (startMs === undefined || before === undefined || rate === undefined) return undefined;
    return before + BigInt(rate) * BigInt(atMs - startMs);
  }

  /** The oldest instant that is known. */
  get oldestMs(): number {
    return this.#startMs[0] ?? Infinity;
  }

  truthAt(atMs: number): Truth | undefined {
    const at = this.#holding(atMs);
    const done = this.doneAt(atMs);
    const [startMs, before, watts] = [this.#startMs[at], this.#joulesBefore[at], this.#watts[at]];
    if (done === undefined || startMs === undefined) return undefined;
    const joules = (before ?? 0) + ((watts ?? 0) * (atMs - startMs)) / 1000;
    return { atMs, hashes: done / 1000n, joules };
  }

  /** Where the stretch stands in which that instant lies; -1 before all. */
  #holding(atMs: number): number {
    let low = 0;
    let high = this.#startMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#startMs[middle] ?? Infinity;
      if (start <= atMs) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #cut(): void {
    this.#startMs = this.#startMs.slice(-KEPT);
    this.#doneBefore = this.#doneBefore.slice(-KEPT);
    this.#joulesBefore = this.#joulesBefore.slice(-KEPT);
    this.#rates = this.#rates.slice(-KEPT);
    this.#watts = this.#watts.slice(-KEPT);
  }
}
