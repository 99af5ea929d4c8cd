/** Small, typed facts beside a message: never a secret, never raw text from the network. */
export type Facts = Readonly<Record<string, string | number | boolean | bigint | undefined>>;

/**
 * Where a part says what happens: the message is a constant sentence, variables are facts.
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

/** The coordinator's clock: Unix seconds, whole. */
export type Clock = () => number;

/** Seconds since an instant that stays the same while the process runs: never steps, and goes on while the machine sleeps. */
export type SteadyClock = () => number;

/** Where a part counts. Names end in `_total`; labels are few and bounded. */
export interface Meter {
  count(name: string, labels?: Readonly<Record<string, string>>, by?: number): void;
}

/** A part with a life: safe to stop before start and twice. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}
