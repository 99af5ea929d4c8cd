import { DOUBT, FLAG } from "../../proto/attestation.ts";
import { fromHex } from "../../proto/hex.ts";
import { RigError } from "../core/errors.ts";
import type { Clock, Log, Meter } from "../core/ports.ts";
import type { Sample } from "../core/sample.ts";
import type { Db } from "./open.ts";
import type { KeptReply } from "./replies.ts";
import { Shapes } from "./shapes.ts";
import type { Windows } from "./windows.ts";

/** A sample with its place in time and its leaf under the samples root. */
export interface PlacedSample {
  readonly sample: Sample;
  /** Unix ms on the time that windows are cut by; undefined while that is not known. */
  readonly placedMs: number | undefined;
  /** `FLAG` bits for the windows that it falls into. */
  readonly flags: number;
  readonly leaf: Uint8Array;
  /** The replies that are kept with it. */
  readonly reply?: KeptReply | undefined;
}

/** An ask that was not answered: its window exists all the same. */
export interface Touch {
  readonly placedMs: number | undefined;
  readonly flags: number;
}

/** A stored sample as a window is folded from it. */
export interface StoredSample {
  readonly deviceId: string;
  readonly source: string;
  readonly role: Sample["role"];
  readonly atMs: number;
  readonly placedMs: number;
  readonly spanMs: number;
  readonly readings: Sample["readings"];
  readonly problems: Sample["problems"];
  readonly increments: Sample["increments"];
  readonly doubts: number;
  readonly leaf: Uint8Array;
}

interface Row {
  device_id: string;
  source: string;
  role: Sample["role"];
  at_ms: number;
  placed_ms: number;
  span_ms: number;
  body: string;
  shape: number | null;
  doubts: number;
  leaf: Buffer;
}

/** Readings and problems that wait for their transaction at most; beyond it the oldest samples are shed and their windows say so. */
const MAX_BUFFERED = 200_000;
const MAX_TOUCHES = 20_000;
/** After a failure the disk is left alone for so long: each attempt writes all that waits. */
const RETRY_MS = 10_000;

export interface SampleStoreOptions {
  readonly db: Db;
  readonly windows: Windows;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** How often what came is written, in ms. */
  readonly batchMs: number;
}

/** Of a kept reply, a reading's worth for so many bytes. */
const BYTES_A_READING = 200;
const weightOf = ({ sample, reply }: PlacedSample): number =>
  1 +
  sample.readings.length +
  sample.problems.length +
  Math.ceil((reply?.body.length ?? 0) / BYTES_A_READING);
/** The replies themselves are kept apart; without this they would wait in memory with every sample. */
const withoutReplies = (entry: PlacedSample): PlacedSample => ({
  ...entry,
  sample: { ...entry.sample, replies: {} },
});

/** Samples on their way to SQLite: many in one transaction every few seconds, all of them kept while the disk is not. */
export class SampleStore {
  readonly #options: SampleStoreOptions;
  readonly #shapes: Shapes;
  #buffer: PlacedSample[] = [];
  #touches: Touch[] = [];
  #cancel: (() => void) | undefined;
  #weight = 0;
  #failing = false;
  #retryAtMs = 0;
  #shed = 0;

  constructor(options: SampleStoreOptions) {
    this.#options = options;
    this.#shapes = new Shapes(options.db);
  }

  async start(): Promise<void> {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#retryAtMs = 0;
    if (this.#options.db.open) this.flush();
  }

  /** What the status shows: how many wait in memory, how many were shed, whether writing fails. */
  state(): { buffered: number; shed: number; failing: boolean } {
    return { buffered: this.#buffer.length, shed: this.#shed, failing: this.#failing };
  }

  append(entry: PlacedSample): void {
    this.#buffer.push(withoutReplies(entry));
    this.#weight += weightOf(entry);
    while (this.#weight > MAX_BUFFERED && this.#buffer.length > 1) {
      const [oldest] = this.#buffer.splice(0, 1) as [PlacedSample];
      this.#weight -= weightOf(oldest);
      this.#shed += 1;
      this.#options.meter.count("rig_samples_shed_total");
      // In memory only: what is shed is shed because the disk does not take it.
      this.touch({ placedMs: oldest.placedMs, flags: oldest.flags | FLAG.shed });
    }
  }

  touch(entry: Touch): void {
    const last = this.#touches.at(-1);
    if (last?.placedMs === entry.placedMs && last?.flags === entry.flags) return;
    this.#touches.push(entry);
    if (this.#touches.length > MAX_TOUCHES) this.#touches.splice(0, 1);
  }

  /** Writes what waits in one transaction. On failure everything stays in memory, and it is said once. */
  flush(): boolean {
    if (this.#buffer.length === 0 && this.#touches.length === 0) return true;
    if (this.#options.clock.monotonicMs() < this.#retryAtMs) return false;
    try {
      this.#write();
      this.#options.windows.committed();
    } catch (cause) {
      const full = /SQLITE_FULL/.test(String((cause as { code?: string }).code));
      const error = new RigError(
        full ? "store-full" : "store-failed",
        (cause as Error).message,
        {},
        { cause },
      );
      if (!this.#failing)
        this.#options.log.error("samples cannot be written and wait in memory", {}, error);
      this.#options.meter.count("rig_errors_total", { code: error.code });
      this.#failing = true;
      this.#retryAtMs = this.#options.clock.monotonicMs() + RETRY_MS;
      return false;
    }
    if (this.#failing) this.#options.log.info("samples are written again");
    this.#failing = false;
    this.#buffer = [];
    this.#touches = [];
    this.#weight = 0;
    return true;
  }

  #write(): void {
    const { db } = this.#options;
    this.#shapes.forget();
    const cover = this.#coverOnce();
    const insert = db.prepare(
      `INSERT INTO samples (device_id, source, role, at_ms, placed_ms, monotonic_ms, boot_id, span_ms, body, unproven, leaf, doubts, reply, shape)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const keep = db.prepare("INSERT OR IGNORE INTO replies (hash, body) VALUES (?, ?)");
    db.transaction(() => {
      for (const { sample, placedMs, flags, leaf, reply } of this.#buffer) {
        const { shape, body } = this.#shapes.encode(sample);
        insert.run(
          sample.deviceId,
          sample.source,
          sample.role,
          Math.round(sample.atMs),
          placedMs === undefined ? null : Math.round(placedMs),
          Math.round(sample.monotonicMs),
          sample.bootId,
          Math.round(sample.spanMs),
          body,
          (sample.doubts & DOUBT.unproven) === 0 ? 0 : 1,
          leaf,
          sample.doubts,
          reply === undefined ? null : fromHex(reply.hash),
          shape,
        );
        if (reply !== undefined) keep.run(fromHex(reply.hash), reply.body);
        if (placedMs !== undefined) cover(placedMs - sample.spanMs, placedMs, flags);
      }
      for (const { placedMs, flags } of this.#touches) {
        if (placedMs !== undefined) cover(placedMs, placedMs, flags);
      }
    })();
  }

  /** Opens the windows of a span, each pair of windows once a transaction: a thousand samples fall into the same two. */
  #coverOnce(): (fromMs: number, toMs: number, flags: number) => void {
    const { windows } = this.#options;
    const lengthMs = (windows.lengthSeconds() ?? 0) * 1000;
    const done = new Set<string>();
    return (fromMs, toMs, flags) => {
      const key = `${Math.floor(fromMs / lengthMs)} ${Math.floor(toMs / lengthMs)} ${flags}`;
      if (lengthMs === 0 || done.has(key)) return;
      done.add(key);
      windows.cover(fromMs, toMs, flags);
    };
  }

  /** Gives samples of this boot that waited for the time their place: `placed = monotonic + offset`. */
  placeWaiting(bootId: string, offsetMs: number, flags: number): number {
    const { db, windows } = this.#options;
    this.flush();
    const placed = db.transaction(() => {
      const waiting = db
        .prepare<[string], { id: number; monotonic_ms: number; span_ms: number }>(
          "SELECT id, monotonic_ms, span_ms FROM samples WHERE placed_ms IS NULL AND boot_id = ?",
        )
        .all(bootId);
      const place = db.prepare("UPDATE samples SET placed_ms = ? WHERE id = ?");
      for (const { id, monotonic_ms, span_ms } of waiting) {
        const placedMs = Math.round(monotonic_ms + offsetMs);
        place.run(placedMs, id);
        windows.cover(placedMs - span_ms, placedMs, flags);
      }
      return waiting.length;
    })();
    windows.committed();
    return placed;
  }

  /** Cuts time into windows of another length from here on, and what no window covers yet as well. */
  setWindowLength(seconds: number): void {
    if (this.#options.windows.lengthSeconds() === seconds) return;
    // Written first: under the new length the newest samples would open a window that hides the older ones.
    this.flush();
    this.#options.windows.setLength(seconds);
    this.#coverRest();
  }

  /** Opens windows over every placed sample after the last window: what was sampled before the length was known. */
  #coverRest(): void {
    const { db, windows } = this.#options;
    const from =
      db.prepare<[], { at: number | null }>("SELECT max(end_s) AS at FROM windows").get()?.at ?? 0;
    const rows = db
      .prepare<[number], { placed_ms: number; span_ms: number }>(
        "SELECT placed_ms, span_ms FROM samples WHERE placed_ms >= ?",
      )
      .all(from * 1000);
    db.transaction(() => {
      for (const { placed_ms, span_ms } of rows) windows.cover(placed_ms - span_ms, placed_ms, 0);
    })();
  }

  /** Devices with a sample whose instant or span lies in `[startMs, endMs)`. */
  devicesBetween(startMs: number, endMs: number, longestSpanMs: number): string[] {
    return this.#options.db
      .prepare<[number, number, number], string>(
        `SELECT DISTINCT device_id FROM samples
         WHERE placed_ms >= ? AND placed_ms < ? AND placed_ms - span_ms < ? ORDER BY device_id`,
      )
      .pluck()
      .all(startMs, endMs + longestSpanMs, endMs);
  }

  /** Samples of a device whose instant or span lies in `[startMs, endMs)`, oldest first. */
  between(deviceId: string, startMs: number, endMs: number, longestSpanMs: number): StoredSample[] {
    return this.#options.db
      .prepare<[string, number, number, number], Row>(
        `SELECT device_id, source, role, at_ms, placed_ms, span_ms, body, shape, doubts, leaf FROM samples
         WHERE device_id = ? AND placed_ms >= ? AND placed_ms < ? AND placed_ms - span_ms < ?
         ORDER BY placed_ms, id`,
      )
      .all(deviceId, startMs, endMs + longestSpanMs, endMs)
      .map((row) => ({
        deviceId: row.device_id,
        source: row.source,
        role: row.role,
        atMs: row.at_ms,
        placedMs: row.placed_ms,
        spanMs: row.span_ms,
        ...this.#bodyOf(row),
        doubts: row.doubts,
        leaf: row.leaf,
      }));
  }

  #bodyOf({ shape, body }: Row): Pick<Sample, "readings" | "problems" | "increments"> {
    return shape === null
      ? (JSON.parse(body) as Pick<Sample, "readings" | "problems" | "increments">)
      : this.#shapes.decode(shape, body);
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(this.#options.batchMs, () => {
      this.flush();
      if (this.#cancel !== undefined) this.#schedule();
    });
  }
}
