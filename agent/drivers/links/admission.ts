import { RigError } from "../../core/errors.ts";
import { type Clock, pause } from "../../core/ports.ts";

/** How long a login that was refused is not tried again, in ms: many devices lock an account that goes on. */
export const REFUSED_REST_MS = 60_000;
/** How long others wait for the first to try a login, in ms: an ask may hang, and need not take the others with it. */
const FIRST_TRY_MS = 1000;

/** What trying a login came to. */
export interface Tried<T> {
  readonly got: T;
  /** The device said no to the login, not merely to the request. */
  readonly refused: boolean;
}

/** Keeps a wrong login from being tried again and again: one ask tries it, the others follow when it was let in. */
export class Admission {
  readonly #clock: Clock;
  readonly #called: string;
  #letIn = false;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #first: Promise<unknown> | undefined;

  constructor(clock: Clock, called: string) {
    this.#clock = clock;
    this.#called = called;
  }

  /** Tries with the login. Throws `driver-auth` at once while it rests. */
  async through<T>(attempt: () => Promise<Tried<T>>, signal: AbortSignal): Promise<T> {
    this.#checkRest();
    if (this.#letIn) return this.#note(attempt());
    if (this.#first !== undefined) {
      await this.#firstOutcome(this.#first, signal);
      this.#checkRest();
      return this.#note(attempt());
    }
    const first = this.#note(attempt());
    this.#first = first;
    try {
      return await first;
    } finally {
      this.#first = undefined;
    }
  }

  /** Notes that the login was refused: it rests from now on. */
  refuse(): void {
    this.#letIn = false;
    this.#restUntilMs = this.#clock.monotonicMs() + REFUSED_REST_MS;
  }

  async #note<T>(attempt: Promise<Tried<T>>): Promise<T> {
    const { got, refused } = await attempt;
    if (refused) this.refuse();
    else this.#letIn = true;
    return got;
  }

  /** Waits until the first is through, whatever became of it: what it met it tells its own caller. */
  async #firstOutcome(first: Promise<unknown>, signal: AbortSignal): Promise<void> {
    const waited = new AbortController();
    const enough = AbortSignal.any([signal, waited.signal]);
    await Promise.race([Promise.allSettled([first]), pause(this.#clock, FIRST_TRY_MS, enough)]);
    waited.abort();
    signal.throwIfAborted();
  }

  #checkRest(): void {
    const leftMs = this.#restUntilMs - this.#clock.monotonicMs();
    if (leftMs <= 0) return;
    throw new RigError(
      "driver-auth",
      `${this.#called} refused the login; it is tried again in ${Math.ceil(leftMs / 1000)} s`,
      { address: this.#called },
    );
  }
}

/** The admissions of a process, so that a login which was refused rests whoever sends it next. */
export class Admissions {
  readonly #clock: Clock;
  readonly #known = new Map<string, Admission>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The one admission for a way of logging in at an address; `way` holds the login and is never shown. */
  of(called: string, way: string): Admission {
    const key = `${called} ${way}`;
    const made = this.#known.get(key) ?? new Admission(this.#clock, called);
    this.#known.set(key, made);
    return made;
  }
}
