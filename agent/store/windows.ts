import { FLAG, windowStartOf } from "../../proto/attestation.ts";
import { Meta } from "./meta.ts";
import type { Db } from "./open.ts";

/** A window that is not signed yet. Instants are Unix seconds. */
export interface PendingWindow {
  readonly start: number;
  readonly end: number;
  readonly flags: number;
  readonly state: "open" | "stated";
  /** The statement as it was folded; only in state `stated`. */
  readonly statement: Uint8Array | null;
}

/** Which windows hold samples, and how far each has come. */
export class Windows {
  readonly #db: Db;
  readonly #meta: Meta;
  /** The window into which this process put its first sample is flagged. */
  #first = true;

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
   * Opens the windows that a span of time touches and adds flags to those still open. A window that was closed stays
   * closed: time that falls into it is not counted a second time.
   */
  cover(fromMs: number, toMs: number, flags: number): void {
    const length = this.lengthSeconds();
    if (length === undefined) return;
    const last = windowStartOf(Math.floor(toMs / 1000), length);
    const first = windowStartOf(Math.floor(fromMs / 1000), length);
    for (let start = first; start <= last; start += length) {
      this.#open(
        start,
        start + length,
        start === last && this.#first ? flags | FLAG.firstAfterStart : flags,
      );
    }
    this.#first = false;
  }

  #open(start: number, end: number, flags: number): void {
    const { changes } = this.#db
      .prepare("UPDATE windows SET flags = flags | ? WHERE start_s = ? AND end_s = ?")
      .run(flags, start, end);
    if (changes > 0) return;
    this.#db
      .prepare(
        `INSERT INTO windows (start_s, end_s, flags, state)
         SELECT @start, @end, @flags, 'open'
         WHERE NOT EXISTS (SELECT 1 FROM windows WHERE start_s < @end AND end_s > @start)
           AND NOT EXISTS (SELECT 1 FROM attestations WHERE window_start_s < @end AND window_end_s > @start)`,
      )
      .run({ start, end, flags });
  }

  /** Marks the window of an instant: samples of it were shed. */
  shed(placedMs: number): void {
    this.cover(placedMs, placedMs, FLAG.shed);
  }

  /** Adds flags to every open window: the clock stepped. */
  flagOpen(flags: number): void {
    this.#db.prepare("UPDATE windows SET flags = flags | ? WHERE state = 'open'").run(flags);
  }

  /** Windows that are not signed yet, in order of time. */
  pending(limit = 1000): PendingWindow[] {
    return this.#db
      .prepare<
        [number],
        {
          start_s: number;
          end_s: number;
          flags: number;
          state: "open" | "stated";
          statement: Buffer | null;
        }
      >(
        "SELECT start_s, end_s, flags, state, statement FROM windows WHERE state IN ('open', 'stated') ORDER BY start_s LIMIT ?",
      )
      .all(limit)
      .map(({ start_s, end_s, ...rest }) => ({ start: start_s, end: end_s, ...rest }));
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
