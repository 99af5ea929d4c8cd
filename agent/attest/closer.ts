import { compareRows, FLAG, type Statement } from "../../proto/attestation.ts";
import { ZERO_32, ZERO_ADDRESS } from "../../proto/hex.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import { decodeAttestation, encodeAttestation } from "../../proto/wire.ts";
import { asRigError } from "../core/errors.ts";
import type { Clock, Log, Meter } from "../core/ports.ts";
import { type FoldableSample, foldWindow, type KnownDevice } from "./fold.ts";
import type { Timeline } from "./timeline.ts";

/** A window that is not signed yet; Unix seconds. */
interface PendingWindow {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly state: "open" | "stated";
  readonly statement: Uint8Array | null;
}

interface WindowBook {
  lengthSeconds(): number | undefined;
  pending(limit?: number): PendingWindow[];
  state(start: number, statement: Uint8Array): void;
  flagOpen(flags: number): void;
}

interface SampleBook {
  flush(): boolean;
  between(
    startMs: number,
    endMs: number,
    longestSpanMs: number,
  ): (FoldableSample & { readonly leaf: Uint8Array })[];
}

export interface CloserOptions {
  readonly windows: WindowBook;
  readonly samples: SampleBook;
  readonly known: () => readonly KnownDevice[];
  readonly timeline: Timeline;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** The longest time that one sample may stand for, in ms: how long after its end a window may still grow. */
  readonly longestSpanMs: number;
  /** Called with each statement that waits for its place in the chain, oldest first; false: not now. */
  readonly sign: (statement: Statement) => boolean;
}

const TICK_MS = 500;
const ZERO_SIGNATURE = `0x${"0".repeat(130)}` as const;

/** A statement as bytes: an attestation without a place, so that one encoding serves both. */
function encodeStatement(statement: Statement): Uint8Array {
  const place = {
    rig: ZERO_ADDRESS,
    key: ZERO_ADDRESS,
    coordinator: ZERO_ADDRESS,
    era: 0,
    sequence: 0n,
    previous: ZERO_32,
    beacon: ZERO_32,
  };
  return encodeAttestation({ attestation: { ...statement, ...place }, signature: ZERO_SIGNATURE });
}

function decodeStatement(bytes: Uint8Array): Statement {
  const { windowStart, windowEnd, flags, samplesRoot, evidenceRoot, devices } =
    decodeAttestation(bytes).attestation;
  return { windowStart, windowEnd, flags, samplesRoot, evidenceRoot, devices };
}

/** Closes windows when their time is over, folds them into statements, and has these signed in order. */
export class Closer {
  readonly #options: CloserOptions;
  #cancel: (() => void) | undefined;
  #failing = false;

  constructor(options: CloserOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** Closes every open window at once: the clock stepped, and what comes belongs to another time. */
  closeAll(): void {
    this.#options.samples.flush();
    this.#options.windows.flagOpen(FLAG.clock);
    this.#close(Number.POSITIVE_INFINITY);
  }

  /** One look at the clock and the windows. A fault is said once and tried again at the next tick. */
  tick(): void {
    try {
      const { placedMs } = this.#options.timeline.now();
      if (placedMs !== undefined) this.#close(placedMs - this.#options.longestSpanMs);
      this.signWaiting();
      this.#failing = false;
    } catch (thrown) {
      const error = asRigError(thrown);
      this.#options.meter.count("rig_errors_total", { code: error.code });
      if (!this.#failing) this.#options.log.error("windows cannot be closed", {}, error);
      this.#failing = true;
    }
  }

  /** Has the statements that wait signed, in order of windows. */
  signWaiting(): void {
    for (const { state, statement } of this.#options.windows.pending()) {
      // In order of windows: one that is still open holds back none before it, and all after it.
      if (state === "open" || statement === null) continue;
      if (!this.#options.sign(decodeStatement(statement))) return;
    }
  }

  #close(beforeMs: number): void {
    const { windows, samples, log } = this.#options;
    const due = windows
      .pending()
      .filter(({ state, end }) => state === "open" && end * 1000 <= beforeMs);
    if (due.length === 0 || !samples.flush()) return;
    for (const window of due) {
      // Read again: what was just flushed may have added a flag.
      const statement = this.#fold(
        windows.pending().find(({ start }) => start === window.start) ?? window,
      );
      windows.state(window.start, encodeStatement(statement));
      log.debug("a window was closed", { start: window.start, rows: statement.devices.length });
    }
  }

  #fold({ start, end, flags }: PendingWindow): Statement {
    const { samples, known, longestSpanMs } = this.#options;
    const window = { startMs: start * 1000, endMs: end * 1000 };
    const found = samples.between(window.startMs, window.endMs, longestSpanMs);
    const leaves = found.filter(({ placedMs }) => placedMs < window.endMs).map(({ leaf }) => leaf);
    return {
      windowStart: BigInt(start),
      windowEnd: BigInt(end),
      flags,
      samplesRoot: new MerkleTree(leaves).root,
      evidenceRoot: ZERO_32,
      devices: foldWindow(window, found, known()).sort(compareRows),
    };
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(TICK_MS, () => {
      this.tick();
      if (this.#cancel !== undefined) this.#schedule();
    });
  }
}
