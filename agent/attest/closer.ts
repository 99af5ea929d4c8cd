import {
  compareRows,
  type DeviceRow,
  FLAG,
  MAX_DEVICE_ROWS,
  MAX_MESSAGE_BYTES,
  type Statement,
  shapeFault,
} from "../../proto/attestation.ts";
import { ZERO_32, ZERO_ADDRESS } from "../../proto/hex.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import { decodeAttestation, encodeAttestation } from "../../proto/wire.ts";
import { asRigError, RigError } from "../core/errors.ts";
import type { Clock, Log, Meter } from "../core/ports.ts";
import { foldWindow, type KnownDevice } from "./fold.ts";
import type { FoldableSample } from "./integral.ts";
import type { Timeline } from "./timeline.ts";

/** A window that samples are still added to; Unix seconds. */
interface OpenWindow {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
}

interface WindowBook {
  due(endS: number): OpenWindow[];
  stated(limit: number): { readonly start: number; readonly statement: Uint8Array }[];
  state(start: number, statement: Uint8Array): void;
  leaveOut(start: number, why: string): void;
  flagOpen(flags: number): void;
}

interface SampleBook {
  flush(): boolean;
  devicesBetween(startMs: number, endMs: number, longestSpanMs: number): string[];
  between(
    deviceId: string,
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
/** A look that takes longer than this goes on a little later: a thousand devices must not hold up their own samplers. */
const TURN_MS = 50;
const NEXT_TURN_MS = 10;
const SIGNED_AT_ONCE = 20;
const ZERO_SIGNATURE = `0x${"0".repeat(130)}` as const;

/** True for what SQLite throws when the disk or the database fails; another try may succeed. */
function isDiskFault(thrown: unknown): boolean {
  return (
    typeof (thrown as { code?: unknown }).code === "string" &&
    String((thrown as { code: string }).code).startsWith("SQLITE_")
  );
}

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
  const attestation = { ...statement, ...place };
  const fault = shapeFault(attestation);
  if (fault !== undefined) throw new RigError("bug", `a statement would be refused: ${fault}`);
  const bytes = encodeAttestation({ attestation, signature: ZERO_SIGNATURE });
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw new RigError("bug", `a statement has ${bytes.length} bytes`);
  return bytes;
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
  #stepped = false;
  /** All windows are being closed for a step: that takes no turns. */
  #hurry = false;
  #ticking = false;
  /** A look that is not finished. */
  #work: Generator<void> | undefined;

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

  /** Closes every open window at once: the clock stepped, and what comes belongs to another time. Never throws. */
  closeAll(): void {
    this.#stepped = true;
    this.tick();
  }

  /** One look at the clock and the windows. A fault is said once and tried again at the next tick. */
  tick(): void {
    // The time line tells of a step in the middle of a look at it, and that look is ours: it goes on without a pause.
    if (this.#ticking) return;
    this.#ticking = true;
    try {
      const untilMs = this.#options.clock.monotonicMs() + TURN_MS;
      if (this.#finished(untilMs)) {
        // What was begun before a step is finished first; all else is closed before a sample of the new time is placed.
        if (this.#stepped) this.#finished(untilMs);
        this.#failing = false;
      }
    } catch (thrown) {
      this.#work = undefined;
      const error = asRigError(thrown);
      this.#options.meter.count("rig_errors_total", { code: error.code });
      if (!this.#failing) this.#options.log.error("windows cannot be closed", {}, error);
      this.#failing = true;
    } finally {
      this.#ticking = false;
    }
  }

  /** Goes on with the look until it is done, or for a turn where nothing hurries. */
  #finished(untilMs: number): boolean {
    this.#work ??= this.#look();
    while (!this.#work.next().done)
      if (!this.#hurry && !this.#stepped && this.#options.clock.monotonicMs() >= untilMs)
        return false;
    this.#work = undefined;
    return true;
  }

  *#look(): Generator<void> {
    const { timeline, windows, samples, longestSpanMs } = this.#options;
    const { placedMs } = timeline.now();
    if (this.#stepped && samples.flush()) {
      windows.flagOpen(FLAG.clock);
      this.#stepped = false;
      this.#hurry = true;
      try {
        yield* this.#close(Number.MAX_SAFE_INTEGER);
      } catch (thrown) {
        this.#stepped = true;
        throw thrown;
      } finally {
        this.#hurry = false;
      }
    }
    if (placedMs !== undefined) yield* this.#close(Math.floor((placedMs - longestSpanMs) / 1000));
    this.#signWaiting();
  }

  /** Has the statements that wait signed, in order of windows; a few at a time, so that nothing else waits long. */
  #signWaiting(): void {
    for (const { start, statement } of this.#options.windows.stated(SIGNED_AT_ONCE)) {
      try {
        if (!this.#options.sign(decodeStatement(statement))) return;
      } catch (thrown) {
        this.#giveUp(start, thrown);
      }
    }
  }

  *#close(endS: number): Generator<void> {
    const { windows, samples, log } = this.#options;
    if (windows.due(endS).length === 0 || !samples.flush()) return;
    // Looked up again: what was just written may have added a flag.
    for (const window of windows.due(endS)) {
      try {
        const statement = yield* this.#fold(window);
        windows.state(window.start, encodeStatement(statement));
        log.debug("a window was closed", { start: window.start, rows: statement.devices.length });
      } catch (thrown) {
        this.#giveUp(window.start, thrown);
      }
    }
  }

  /** One window that can never be attested must not hold up all that come after it. A fault of the disk is another thing. */
  #giveUp(start: number, thrown: unknown): void {
    const error = asRigError(thrown);
    if (isDiskFault(thrown)) throw thrown;
    this.#options.log.error("a window cannot be attested and is left out", { start }, error);
    this.#options.windows.leaveOut(start, error.message.slice(0, 200));
  }

  /** Device by device, with a breath after each. */
  *#fold({ start, end, flags }: OpenWindow): Generator<void, Statement> {
    const { samples, known, longestSpanMs } = this.#options;
    const window = { startMs: start * 1000, endMs: end * 1000 };
    const span = [window.startMs, window.endMs, longestSpanMs] as const;
    const byId = new Map(known().map((device) => [device.id, device]));
    const leaves: Uint8Array[] = [];
    const rows: DeviceRow[] = [];
    for (const id of new Set([...byId.keys(), ...samples.devicesBetween(...span)])) {
      const found = samples.between(id, ...span);
      for (const { placedMs, leaf } of found) if (placedMs < window.endMs) leaves.push(leaf);
      rows.push(...foldWindow(window, found, [byId.get(id) ?? { id, algorithms: [] }]));
      yield;
    }
    // Rows that say something first: what does not fit says only that a device was silent.
    const kept = rows
      .sort((a, b) => Number(b.known > 0) - Number(a.known > 0))
      .slice(0, MAX_DEVICE_ROWS);
    if (kept.length < rows.length) {
      this.#options.log.error("more devices are known than an attestation holds", {
        rows: rows.length,
      });
    }
    return {
      windowStart: BigInt(start),
      windowEnd: BigInt(end),
      flags,
      samplesRoot: new MerkleTree(leaves).root,
      evidenceRoot: ZERO_32,
      devices: kept.sort(compareRows),
    };
  }

  #schedule(): void {
    const afterMs = this.#work === undefined ? TICK_MS : NEXT_TURN_MS;
    this.#cancel = this.#options.clock.after(afterMs, () => {
      this.tick();
      if (this.#cancel !== undefined) this.#schedule();
    });
  }
}
