import { FLAG } from "../../proto/attestation.ts";
import type { Clock, Log } from "../core/ports.ts";

/** Where an instant lies on the time that windows are cut by. */
export interface Place {
  /** Unix ms; undefined while the time is not known. */
  readonly placedMs: number | undefined;
  /** `FLAG` bits for its window. */
  readonly flags: number;
}

export interface TimelineOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** No wall clock that is right shows a time before this program was made. Unix ms. */
  readonly builtAtMs: number;
  /** The wall clock stepped: what was placed before must not mix with what comes. */
  readonly onStep: (stepMs: number) => void;
  /** The time became known: adding this to the monotonic clock gives Unix ms. */
  readonly onKnown: (offsetMs: number, flags: number) => void;
}

/** The wall clock may differ from the coordinator's by so much before it is corrected. */
const TRUSTED_OFFSET_MS = 120_000;
/** A welcome is not on its way for longer; an earlier time than that is the coordinator's clock that was put right. */
const LONGEST_WAY_MS = 30_000;
/** A change of the wall clock against the monotonic one beyond this is a step; below it, it is steering (NTP slews). */
const STEP_MS = 2000;

/**
 * The time that windows are cut by: the host's wall clock while it is believable, else the coordinator's time carried on
 * by the monotonic clock. Section 1 of docs/attestation.md.
 */
export class Timeline {
  readonly #options: TimelineOptions;
  /** Wall minus monotonic, as last seen. */
  #wallOffsetMs: number | undefined;
  /** Coordinator's time minus monotonic, as of the last welcome. */
  #trueOffsetMs: number | undefined;
  #known = false;

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  /** Takes the coordinator's clock from a welcome that was just received. Unix seconds. */
  learn(coordinatorSeconds: bigint): void {
    const before = this.offset();
    const offset = Number(coordinatorSeconds) * 1000 - this.#options.clock.monotonicMs();
    const late = (this.#trueOffsetMs ?? offset) - offset;
    // A welcome that was long on its way shows an earlier time; the quickest one so far was nearest to the truth.
    if (late <= 0 || late > LONGEST_WAY_MS) this.#trueOffsetMs = offset;
    this.#settle(before);
  }

  /** Milliseconds by which the wall clock is ahead of the coordinator; undefined before a welcome. */
  aheadMs(): number | undefined {
    const { clock } = this.#options;
    if (this.#trueOffsetMs === undefined) return undefined;
    return Math.round(clock.wallMs() - clock.monotonicMs() - this.#trueOffsetMs);
  }

  /** True while the wall clock is used as it is. */
  trusted(): boolean {
    return this.#wallTrusted();
  }

  /** The time now; undefined while it is not known. Looks at the clocks, so that a step is seen. */
  now(): Place {
    const { clock } = this.#options;
    const before = this.offset();
    const offset = clock.wallMs() - clock.monotonicMs();
    const step = this.#wallOffsetMs === undefined ? 0 : offset - this.#wallOffsetMs;
    this.#wallOffsetMs = offset;
    if (Math.abs(step) > STEP_MS) {
      this.#options.log.warn("the wall clock stepped", { step_ms: Math.round(step) });
    }
    this.#settle(before);
    const used = this.offset();
    return {
      placedMs: used === undefined ? undefined : clock.monotonicMs() + used,
      flags: used !== undefined && !this.#wallTrusted() ? FLAG.clock : 0,
    };
  }

  /** What is added to the monotonic clock; undefined while the time is not known. */
  offset(): number | undefined {
    if (this.#wallTrusted()) return this.#wallOffsetMs;
    return this.#trueOffsetMs;
  }

  #wallTrusted(): boolean {
    const { clock, builtAtMs } = this.#options;
    if (this.#wallOffsetMs === undefined) return false;
    if (this.#trueOffsetMs !== undefined)
      return Math.abs(this.#wallOffsetMs - this.#trueOffsetMs) <= TRUSTED_OFFSET_MS;
    return this.#wallOffsetMs + clock.monotonicMs() >= builtAtMs;
  }

  /**
   * Tells when the time becomes known, and when it moves: by a step of a trusted wall clock, or by a change between the
   * wall clock and the coordinator's time. While the coordinator's time is used a step of the wall clock moves nothing.
   */
  #settle(before: number | undefined): void {
    const now = this.offset();
    if (now === undefined) return;
    if (!this.#known) {
      this.#options.onKnown(now, this.#wallTrusted() ? 0 : FLAG.clock);
      // Only once what waited has its place: where that fails it is tried again at the next look.
      this.#known = true;
      return;
    }
    if (before !== undefined && Math.abs(now - before) > STEP_MS)
      this.#options.onStep(now - before);
  }
}
