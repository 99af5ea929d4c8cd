import { FLAG, windowStartOf } from "../../proto/attestation.ts";
import { windowTaken } from "./chain.ts";
import { Meta } from "./meta.ts";
import type { Db } from "./open.ts";

/** A window that samples are still added to. Instants are Unix seconds. */
export interface OpenWindow {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
}

/** A window whose statement waits to be signed. */
export interface StatedWindow {
  readonly start: number;
  readonly statement: Uint8Array;
}

/** Which windows hold samples, and how far each has come. */
export class Windows {
  readonly #db: Db;
  readonly #meta: Meta;
  /** The window of this process's first sample carries its flag; and it will, once the transaction is committed. */
  #marked = false;
  #marking = false;

  constructor(db: Db) {
    this.#db = db;
    this.#meta = new Meta(db);
  }

  /** Length of a window in seconds; undefined until a coordinator has said it once. */
  lengthSeconds(): number | undefined {
    const seconds = this.#meta.get("window_seconds");
    return seconds === undefined ? undefined : Number(seconds);
  }

  setLength(seconds: number): void {
    this.#meta.set("window_seconds", String(seconds));
  }

  /**
   * Opens the windows that a span of time touches and adds flags to them. A window that was closed stays closed: time
   * that falls into it is not counted a second time.
   */
  cover(fromMs: number, toMs: number, flags: number): void {
    const length = this.lengthSeconds();
    if (length === undefined) return;
    const last = windowStartOf(Math.floor(toMs / 1000), length);
    const first = windowStartOf(Math.floor(fromMs / 1000), length);
    for (let start = first; start <= last; start += length) {
      const marked = start === last && !this.#marked;
      const open = this.#open(start, start + length, marked ? flags | FLAG.firstAfterStart : flags);
      if (marked && open) this.#marking = true;
    }
  }

  /** What `cover` did is on the disk: the window of the first sample after the start carries its flag. */
  committed(): void {
    this.#marked ||= this.#marking;
  }

  /** Opens a window, or adds flags to one that is open; false for one that was closed. */
  #open(start: number, end: number, flags: number): boolean {
    const { changes } = this.#db
      .prepare(
        "UPDATE windows SET flags = flags | ? WHERE start_s = ? AND end_s = ? AND state = 'open'",
      )
      .run(flags, start, end);
    if (changes > 0) return true;
    const before = this.#db
      .prepare<[number], { end_s: number }>(
        "SELECT end_s FROM windows WHERE start_s < ? ORDER BY start_s DESC LIMIT 1",
      )
      .get(end);
    if (before !== undefined && before.end_s > start) return false;
    if (windowTaken(this.#db, this.#meta, start, end)) return false;
    this.#db
      .prepare("INSERT INTO windows (start_s, end_s, flags, state) VALUES (?, ?, ?, 'open')")
      .run(start, end, flags);
    return true;
  }

  /** Adds flags to every open window: the clock stepped. */
  flagOpen(flags: number): void {
    this.#db.prepare("UPDATE windows SET flags = flags | ? WHERE state = 'open'").run(flags);
  }

  /** Open windows whose end is not after an instant (Unix seconds), oldest first. */
  due(endS: number, limit = 100): OpenWindow[] {
    return this.#db
      .prepare<[number, number], { start_s: number; end_s: number; flags: number }>(
        "SELECT start_s, end_s, flags FROM windows WHERE state = 'open' AND end_s <= ? ORDER BY start_s LIMIT ?",
      )
      .all(endS, limit)
      .map(({ start_s, end_s, flags }) => ({ start: start_s, end: end_s, flags }));
  }

  /** Statements that wait for their place in the chain, oldest window first. */
  stated(limit: number): StatedWindow[] {
    return this.#db
      .prepare<[number], { start_s: number; statement: Buffer }>(
        "SELECT start_s, statement FROM windows WHERE state = 'stated' ORDER BY start_s LIMIT ?",
      )
      .all(limit)
      .map(({ start_s, statement }) => ({ start: start_s, statement }));
  }

  /** Keeps the folded statement of a window; from here on nothing more is added to it. */
  state(start: number, statement: Uint8Array): void {
    this.#db
      .prepare(
        "UPDATE windows SET state = 'stated', statement = ? WHERE start_s = ? AND state = 'open'",
      )
      .run(statement, start);
  }

  /** Gives up a window that cannot be signed, and says why. */
  leaveOut(start: number, why: string): void {
    this.#db
      .prepare("UPDATE windows SET state = 'left-out', statement = NULL, why = ? WHERE start_s = ?")
      .run(why, start);
  }

  /** What the status shows. */
  counts(): { open: number; waiting: number } {
    const count = this.#db.prepare<[string], { n: number }>(
      "SELECT count(*) AS n FROM windows WHERE state = ?",
    );
    return { open: count.get("open")?.n ?? 0, waiting: count.get("stated")?.n ?? 0 };
  }
}
