import type { Random } from "./random.ts";

/** What a miner has delivered to its pool since it started. */
export interface ShareCounts {
  readonly accepted: number;
  readonly rejected: number;
  /** The best difficulty that a share reached. */
  readonly best: number;
  /** Hashes (× 1000) that were done when the newest share was found; absent before the first. */
  readonly newestAt?: bigint;
}

/**
 * Shares as a Poisson process in the hashes done, not in time: whoever asks, and how often, changes nothing, and
 * shares × difficulty × hashes per difficulty equals the hashes but for chance.
 */
export class Shares {
  readonly #random: Random;
  /** Hashes (× 1000) that one share stands for on average. */
  readonly #workEach: number;
  readonly #difficulty: number;
  readonly #rejectedRatio: number;
  #nextAt: bigint;
  #counts: ShareCounts = { accepted: 0, rejected: 0, best: 0 };

  constructor(random: Random, difficulty: number, hashesEach: number, rejectedRatio: number) {
    this.#random = random;
    this.#difficulty = difficulty;
    this.#workEach = hashesEach * 1000;
    this.#rejectedRatio = rejectedRatio;
    this.#nextAt = this.#gap();
  }

  get counts(): ShareCounts {
    return this.#counts;
  }

  /** Counts the shares that were found by the time so much work (hashes × 1000) was done. */
  work(done: bigint): void {
    while (this.#nextAt <= done) {
      const refused = this.#random.next() < this.#rejectedRatio;
      const reached = this.#difficulty / (1 - this.#random.next());
      this.#counts = {
        accepted: this.#counts.accepted + (refused ? 0 : 1),
        rejected: this.#counts.rejected + (refused ? 1 : 0),
        best: Math.max(this.#counts.best, reached),
        newestAt: this.#nextAt,
      };
      this.#nextAt += this.#gap();
    }
  }

  /** A restarted miner counts from 0; what it was about to find stays ahead of it. */
  reset(): void {
    this.#counts = { accepted: 0, rejected: 0, best: 0 };
  }

  #gap(): bigint {
    return BigInt(Math.ceil(this.#random.exponential() * this.#workEach));
  }
}
