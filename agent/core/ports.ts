import type { Facts } from "./errors.ts";

/** Time, as the agent may know it. */
export interface Clock {
  /** Unix milliseconds by the system's clock, which may step and may be wrong. */
  wallMs(): number;
  /** Milliseconds since the host booted; never steps, means nothing on another boot. */
  monotonicMs(): number;
  /** Which boot of the host this is. */
  readonly bootId: string;
  /** Calls back once after a time on the monotonic clock; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Resolves after a time, or at once when the signal aborts (never rejects: look at the signal). */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/**
 * Where a stage says what happens: the message is a constant sentence, variables are facts.
 * error: somebody must act; warn: may become one; info: start, stop, a change of state; debug: the rest.
 */
export interface Log {
  error(message: string, facts?: Facts, error?: unknown): void;
  warn(message: string, facts?: Facts, error?: unknown): void;
  info(message: string, facts?: Facts, error?: unknown): void;
  debug(message: string, facts?: Facts, error?: unknown): void;
  /** The same log with facts that every line carries. */
  child(facts: Facts): Log;
}

/** Where a stage counts. Names end in `_total`; labels are few and bounded. */
export interface Meter {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
}

/** A stage: the constructor assigns, nothing else. */
export interface Service {
  /** Returns when the stage is usable. */
  start(): Promise<void>;
  /** Safe before start and twice; refuses new work, finishes or abandons by the deadline, releases everything. */
  stop(): Promise<void>;
}
