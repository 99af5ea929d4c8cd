import { type ScheduledTask, schedule } from "node-cron";
import { asRigError } from "../core/errors.ts";
import type { Clock, Log, Meter } from "../core/ports.ts";
import { Meta } from "./meta.ts";
import type { Db } from "./open.ts";

export interface RetentionOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly keepSamplesMs: number;
  readonly keepAttestationsMs: number;
  /** What the database may take on the disk, in bytes. */
  readonly budgetBytes: number;
}

/** Rows deleted in one transaction, so that a purge never stalls the samplers for long. */
const CHUNK = 2000;
/** How often the size is looked at. */
const SIZE_CHECK_MS = 60_000;
/** Looking for shapes without samples goes over all of these: at most so often. */
const SHAPES_MS = 3_600_000;
/** Samples give way at this part of the budget; what is left is for attestations, which never do. */
const SAMPLES_SHARE = 0.8;

/** Keeps the database within its age and its budget. Samples go first; an attestation goes only long after its receipt. */
export class Retention {
  readonly #options: RetentionOptions;
  #nightly: ScheduledTask | undefined;
  #cancel: (() => void) | undefined;
  #failing = false;
  #shapesAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { db, clock, budgetBytes } = this.#options;
    const pageSize = db.pragma("page_size", { simple: true }) as number;
    // A file at its page limit still takes deletes and goes on; a full disk under a WAL does not.
    db.pragma(`max_page_count = ${Math.ceil(budgetBytes / pageSize)}`);
    // Their boot is over and their time was never known: nothing can place them any more.
    this.#bounded(() => {
      db.prepare("DELETE FROM samples WHERE placed_ms IS NULL AND boot_id != ?").run(clock.bootId);
    });
    // By the calendar, so that it falls into the night; a clock step only moves it.
    this.#nightly = schedule("17 3 * * *", () => this.#bounded(() => this.purgeByAge()), {
      noOverlap: true,
      suppressMissedWarning: true,
    });
    this.#watchSize();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#nightly?.destroy();
    this.#nightly = undefined;
  }

  #watchSize(): void {
    this.#cancel = this.#options.clock.after(SIZE_CHECK_MS, () => {
      this.#bounded(() => this.purgeBySize());
      if (this.#cancel !== undefined) this.#watchSize();
    });
  }

  /** The boundary of this stage: a disk that takes no deletes today is tried again at the next turn. */
  #bounded(work: () => void): void {
    try {
      work();
      this.#failing = false;
    } catch (thrown) {
      const error = asRigError(thrown);
      this.#options.meter.count("rig_errors_total", { code: error.code });
      if (!this.#failing) this.#options.log.warn("old rows cannot be deleted now", {}, error);
      this.#failing = true;
    }
  }

  /** Bytes of the database that hold something, and what it may hold. */
  usage(): { usedBytes: number; budgetBytes: number } {
    const { db, budgetBytes } = this.#options;
    const pages =
      (db.pragma("page_count", { simple: true }) as number) -
      (db.pragma("freelist_count", { simple: true }) as number);
    return { usedBytes: pages * (db.pragma("page_size", { simple: true }) as number), budgetBytes };
  }

  /**
   * Deletes what is older than the settings say and no longer needed. Age is counted back from the newest receipt, the
   * coordinator's word: a wall clock that is a year ahead for a night must not forget which windows were attested.
   */
  purgeByAge(): void {
    const { db, keepSamplesMs, keepAttestationsMs, log } = this.#options;
    const newest = db
      .prepare<[], { at: number | null }>("SELECT max(receipted_at) AS at FROM attestations")
      .get()?.at;
    if (newest == null) return;
    // Samples of a window that still waits for its attestation or its receipt stay, however old they are.
    const samples = this.#delete(
      `DELETE FROM samples WHERE id IN (SELECT id FROM samples WHERE placed_ms < ?
         AND placed_ms < 1000 * (SELECT coalesce(min(start_s), 1e15) FROM windows WHERE state IN ('open', 'stated'))
         AND placed_ms < 1000 * (SELECT coalesce(min(window_start_s), 1e15) FROM attestations WHERE receipted_at IS NULL AND refusal IS NULL)
         LIMIT ${CHUNK})`,
      newest * 1000 - keepSamplesMs,
    );
    const attestations = this.#deleteAttestations(newest - keepAttestationsMs / 1000);
    const windows = this.#delete(
      `DELETE FROM windows WHERE start_s IN (SELECT start_s FROM windows WHERE state IN ('signed', 'left-out')
         AND end_s < ? AND end_s <= (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'purged_through') LIMIT ${CHUNK})`,
      newest - keepAttestationsMs / 1000,
    );
    this.#deleteShapes();
    log.info("old rows were deleted", { samples, attestations, windows });
  }

  /** Attestations with an answer whose window is over for so long, never the tip or the coordinator's head; and the floor that they leave behind. */
  #deleteAttestations(beforeS: number): number {
    const { db } = this.#options;
    const old = `FROM attestations WHERE window_end_s < ? AND (receipted_at IS NOT NULL OR refusal IS NOT NULL)
      AND digest NOT IN (SELECT value FROM meta WHERE key IN ('head_digest', 'base'))`;
    return db.transaction(() => {
      const floor = db
        .prepare<[number], { end: number | null }>(`SELECT max(window_end_s) AS end ${old}`)
        .get(beforeS)?.end;
      if (floor == null) return 0;
      const meta = new Meta(db);
      meta.set("purged_through", String(Math.max(floor, Number(meta.get("purged_through") ?? 0))));
      return db.prepare(`DELETE ${old}`).run(beforeS).changes;
    })();
  }

  /** Deletes the oldest samples of closed windows while the database is over the samples' share of its budget. */
  purgeBySize(): void {
    const { db, log } = this.#options;
    let deleted = 0;
    while (this.usage().usedBytes > this.usage().budgetBytes * SAMPLES_SHARE) {
      const { changes } = db
        .prepare(
          `DELETE FROM samples WHERE id IN (SELECT id FROM samples
             WHERE placed_ms IS NULL
                OR placed_ms < 1000 * (SELECT coalesce(min(start_s), 1e15) FROM windows WHERE state = 'open')
             ORDER BY id LIMIT ${CHUNK})`,
        )
        .run();
      if (changes === 0) break;
      deleted += changes;
    }
    const nowMs = this.#options.clock.monotonicMs();
    if (deleted > 0 && nowMs >= this.#shapesAtMs) {
      this.#shapesAtMs = nowMs + SHAPES_MS;
      this.#deleteShapes();
    }
    if (deleted > 0) log.warn("samples were deleted to stay within the disk budget", { deleted });
  }

  /** A device that was changed, or that lies, leaves shapes behind that no sample has any more. */
  #deleteShapes(): void {
    this.#options.db
      .prepare(
        "DELETE FROM shapes WHERE id NOT IN (SELECT shape FROM samples WHERE shape IS NOT NULL)",
      )
      .run();
  }

  #delete(sql: string, before: number): number {
    const statement = this.#options.db.prepare(sql);
    let total = 0;
    for (;;) {
      const { changes } = statement.run(before);
      total += changes;
      if (changes < CHUNK) return total;
    }
  }
}
