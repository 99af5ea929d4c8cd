import { isAbort, RigError } from "../../core/errors.ts";
import { type Clock, pause } from "../../core/ports.ts";

/** How long a login that was refused is not tried again, in ms: many devices lock an account that goes on. */
export const REFUSED_REST_MS = 60_000;
/** The same after a try that was not answered, from the second on: it may be the device's fault. Doubles each time. */
const UNANSWERED_REST_MS = 10_000;
/** How long a device can ask not to be bothered, in ms. */
const LONGEST_REST_MS = 3_600_000;
/** How long others wait for the first to try a login, in ms: an ask may hang, and need not take the others with it. */
const FIRST_TRY_MS = 1000;
/** How many may be under way with a login of which nobody knows whether it is right. */
const UNPROVEN_AT_ONCE = 2;
/** How often a name may be refused at an address, whatever is sent with it, before all of it rests. */
const REFUSALS_OF_A_NAME = 2;

/** What trying a login came to. */
export interface Tried<T> {
  readonly got: T;
  /** The device said no to the login, not merely to the request. */
  readonly refused: boolean;
  /** It said no, and may have meant either: it counts as long as the login was never let in. */
  readonly doubtful?: boolean;
  /** How long the device wants to be left alone, in ms. */
  readonly restMs?: number | undefined;
}

/** What one name was refused at one address, by whichever way it was sent. */
class Refusals {
  #count = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  add(nowMs: number): void {
    this.#count = (nowMs < this.#untilMs ? this.#count : 0) + 1;
    this.#untilMs = nowMs + REFUSED_REST_MS;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Until when no way may be tried that was never let in (monotonic, ms). */
  get untilMs(): number {
    return this.#count < REFUSALS_OF_A_NAME ? Number.NEGATIVE_INFINITY : this.#untilMs;
  }
}

/**
 * Keeps a wrong login from being tried again and again: one ask tries it, the others follow when it was let in. That
 * holds anew whenever nobody is under way, because a login that was right may be wrong by now.
 */
export class Admission {
  readonly #clock: Clock;
  readonly #called: string;
  readonly #refusals: Refusals;
  readonly #tries = new Set<Promise<unknown>>();
  #letIn = false;
  #doubts = 0;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #why: RigError | undefined;

  constructor(clock: Clock, called: string, refusals: Refusals = new Refusals()) {
    this.#clock = clock;
    this.#called = called;
    this.#refusals = refusals;
  }

  /** Tries with the login. While it rests throws at once `driver-auth`, or what the try before came to. */
  async through<T>(attempt: () => Promise<Tried<T>>, signal: AbortSignal): Promise<T> {
    let mayTry = 1;
    for (;;) {
      this.#checkRest();
      if (this.#tries.size < mayTry) return this.#first(attempt);
      // What was answered without a verdict leaves its place to one of those who wait, not to all.
      mayTry = (await this.#oneAnswered(signal)) ? 1 : UNPROVEN_AT_ONCE;
      if (!this.#letIn) continue;
      this.#checkRest();
      return this.#noted(attempt);
    }
  }

  async #first<T>(attempt: () => Promise<Tried<T>>): Promise<T> {
    const trying = this.#noted(attempt);
    this.#tries.add(trying);
    try {
      return await trying;
    } finally {
      this.#tries.delete(trying);
    }
  }

  async #noted<T>(attempt: () => Promise<Tried<T>>): Promise<T> {
    try {
      const tried = await attempt();
      this.#note(tried);
      return tried.got;
    } catch (thrown) {
      this.#noteFault(thrown);
      throw thrown;
    }
  }

  #note({ refused, doubtful = false, restMs = 0 }: Tried<unknown>): void {
    if (!refused && !doubtful) {
      this.#letIn = true;
      this.#doubts = 0;
      this.#refusals.clear();
      return;
    }
    if (!refused && this.#letIn) return;
    this.#refusals.add(this.#clock.monotonicMs());
    // One page may be closed to a login that is right: one other ask may show it.
    const isSure = refused ? !this.#letIn : this.#doubts > 0;
    this.#letIn = false;
    this.#doubts += 1;
    if (isSure || restMs > 0)
      this.#rest(
        Math.max(restMs, REFUSED_REST_MS),
        new RigError("driver-auth", `${this.#called} refused the login`),
      );
  }

  /** A login that met an error is no wrong one, and is not sent again and again either. */
  #noteFault(thrown: unknown): void {
    if (isAbort(thrown) || !(thrown instanceof RigError)) return;
    const { code, facts } = thrown;
    if (code === "driver-refused") {
      const wanted = Number(facts["retry_after_s"] ?? 0) * 1000;
      this.#rest(Math.max(wanted, REFUSED_REST_MS), thrown);
    } else if (/^driver-(timeout|garbled|too-large)$/.test(code) && !this.#letIn) {
      this.#doubts += 1;
      const restMs = UNANSWERED_REST_MS * 2 ** (this.#doubts - 2);
      if (this.#doubts > 1) this.#rest(Math.min(restMs, REFUSED_REST_MS), thrown);
    }
  }

  #rest(restMs: number, why: RigError): void {
    this.#why = why;
    this.#restUntilMs = this.#clock.monotonicMs() + Math.min(restMs, LONGEST_REST_MS);
  }

  /** Waits until one of those who try is through, but not for long; false where none is. */
  async #oneAnswered(signal: AbortSignal): Promise<boolean> {
    const waited = new AbortController();
    const enough = AbortSignal.any([signal, waited.signal]);
    const settled = [...this.#tries].map((trying) => Promise.allSettled([trying]));
    const first = await Promise.race([
      ...settled,
      pause(this.#clock, FIRST_TRY_MS, enough).then(() => undefined),
    ]);
    waited.abort();
    signal.throwIfAborted();
    return first !== undefined;
  }

  #checkRest(): void {
    const nowMs = this.#clock.monotonicMs();
    const ofName = this.#letIn ? Number.NEGATIVE_INFINITY : this.#refusals.untilMs;
    const leftMs = Math.max(this.#restUntilMs, ofName) - nowMs;
    if (leftMs <= 0) return;
    const why = nowMs < this.#restUntilMs ? this.#why : undefined;
    throw new RigError(
      why?.code ?? "driver-auth",
      `${why?.message ?? `${this.#called} refused the login`}; it is tried again in ${Math.ceil(leftMs / 1000)} s`,
      { address: this.#called },
    );
  }
}

/** The admissions of a process, so that a login which was refused rests whoever sends it next. */
export class Admissions {
  readonly #clock: Clock;
  readonly #known = new Map<string, Admission>();
  readonly #refusals = new Map<string, Refusals>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The one admission for a way of logging in at an address; `way` holds the login and is never shown. Two refusals of
   * one `name` there, in whichever ways, make all its ways rest that were never let in.
   */
  of(called: string, way: string, name = ""): Admission {
    const place = JSON.stringify([called, name]);
    const refusals = this.#refusals.get(place) ?? new Refusals();
    this.#refusals.set(place, refusals);
    const key = `${called} ${way}`;
    const made = this.#known.get(key) ?? new Admission(this.#clock, called, refusals);
    this.#known.set(key, made);
    return made;
  }
}
