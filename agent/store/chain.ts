import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import type { EraHead } from "../../proto/messages.ts";
import { RigError } from "../core/errors.ts";
import { Meta } from "./meta.ts";
import { type Db, durably } from "./open.ts";

/** The tip of a chain: the last sequence and its digest. */
export interface Head {
  readonly sequence: bigint;
  readonly digest: Hex;
}

/** A place in the chain that is about to be taken. */
export interface Reservation {
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  /** SignedAttestation with a zero signature. */
  readonly body: Uint8Array;
}

/** One signed attestation that the coordinator has not answered. */
export interface OutboxEntry {
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  readonly body: Uint8Array;
}

/** How far the outbox is emptied. Instants are Unix seconds. */
export interface Delivery {
  readonly outbox: number;
  readonly refused: number;
  /** End of the oldest window without an answer. */
  readonly oldestUnansweredS?: number;
  readonly lastReceipt?: {
    readonly era: number;
    readonly sequence: bigint;
    readonly receivedAtS: number;
  };
}

interface Row {
  era: number;
  sequence: number;
  digest: Hex;
  body: Buffer;
}
const entryOf = (row: Row): OutboxEntry => ({ ...row, sequence: BigInt(row.sequence) });

/** True when an attestation overlaps a window, or may have before it was deleted. Attested windows never overlap each other. */
export function windowTaken(
  db: Db,
  meta: Meta,
  start: bigint | number,
  end: bigint | number,
): boolean {
  if (start < BigInt(meta.get("purged_through") ?? "0")) return true;
  const before = db
    .prepare<[bigint | number], { window_end_s: number }>(
      "SELECT window_end_s FROM attestations WHERE window_start_s < ? ORDER BY window_start_s DESC LIMIT 1",
    )
    .get(end);
  return before !== undefined && before.window_end_s > start;
}

/** The rig's own chain of attestations, and the outbox, which is the part of it that has no answer yet. */
export class Chain {
  readonly #db: Db;
  readonly #meta: Meta;

  constructor(db: Db) {
    this.#db = db;
    this.#meta = new Meta(db);
  }

  /** The local tip; undefined before the first attestation. */
  head(): Head | undefined {
    const digest = this.#meta.get("head_digest");
    const sequence = this.#meta.get("head_sequence");
    return digest === undefined || sequence === undefined
      ? undefined
      : { sequence: BigInt(sequence), digest: digest as Hex };
  }

  /** True when this store has never signed anything: new, or lost. */
  isEmpty(): boolean {
    return this.head() === undefined;
  }

  /** True for a digest that this chain holds or went on from; the zero digest belongs to every chain. */
  holds(digest: Hex): boolean {
    if (digest === ZERO_32 || digest === this.#meta.get("adopted_digest")) return true;
    return (
      this.#db.prepare("SELECT 1 FROM attestations WHERE digest = ?").get(digest) !== undefined
    );
  }

  /** Per era the last sequence signed, in order of era, the newest 64 eras. */
  signedByEra(): EraHead[] {
    return this.#db
      .prepare<[], { era: number; sequence: number }>(
        "SELECT era, max(sequence) AS sequence FROM attestations GROUP BY era ORDER BY era DESC LIMIT 64",
      )
      .all()
      .reverse()
      .map(({ era, sequence }) => ({ era, sequence: BigInt(sequence) }));
  }

  /** The newest era in which anything was signed; 0 if nothing was. */
  newestSignedEra(): number {
    return (
      this.#db
        .prepare<[], { era: number }>("SELECT coalesce(max(era), 0) AS era FROM attestations")
        .get()?.era ?? 0
    );
  }

  /** Goes on from the coordinator's head after a loss, or when a person said so. */
  adopt(head: Head): void {
    durably(this.#db, () => {
      this.#meta.set("head_sequence", head.sequence.toString());
      this.#meta.set("head_digest", head.digest);
      this.#meta.set("adopted_digest", head.digest);
      this.#meta.set("after_loss", "1");
      this.#meta.set("take_over", undefined);
    });
  }

  /**
   * The guard's transaction (section 4.5 of the protocol): reads the tip, refuses a window that overlaps one with a
   * digest, takes the next place, moves the tip. It is on the disk when this returns; only then may anybody sign.
   * Throws `attest-window-signed`.
   */
  reserve(
    window: { readonly start: bigint; readonly end: bigint },
    build: (tip: Head | undefined, afterLoss: boolean) => Reservation,
  ): Reservation {
    return durably(this.#db, () => {
      if (windowTaken(this.#db, this.#meta, window.start, window.end)) {
        throw new RigError("attest-window-signed", "an attestation overlaps this window", {
          ...window,
        });
      }
      const place = build(this.head(), this.#meta.get("after_loss") === "1");
      this.#db
        .prepare(
          "INSERT INTO attestations (era, sequence, digest, window_start_s, window_end_s, body) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .run(place.era, place.sequence, place.digest, window.start, window.end, place.body);
      this.#db
        .prepare("UPDATE windows SET state = 'signed', statement = NULL WHERE start_s = ?")
        .run(window.start);
      this.#meta.set("head_sequence", place.sequence.toString());
      this.#meta.set("head_digest", place.digest);
      this.#meta.set("after_loss", undefined);
      return place;
    });
  }

  /** Keeps the signature of a reserved place; from here on it is in the outbox. */
  attachSignature(digest: Hex, signature: Hex, body: Uint8Array): void {
    this.#db
      .prepare("UPDATE attestations SET signature = ?, body = ? WHERE digest = ?")
      .run(signature, body, digest);
  }

  /** Places that were taken and not signed: a crash came between. */
  unsigned(): OutboxEntry[] {
    return this.#db
      .prepare<[], Row>(
        "SELECT era, sequence, digest, body FROM attestations WHERE signature IS NULL ORDER BY era, sequence",
      )
      .all()
      .map(entryOf);
  }

  /** Up to `limit` entries of the outbox after a place, in order. */
  unanswered(
    after: { readonly era: number; readonly sequence: bigint } | undefined,
    limit: number,
  ): OutboxEntry[] {
    return this.#db
      .prepare<[number, bigint, number], Row>(
        `SELECT era, sequence, digest, body FROM attestations
         WHERE receipted_at IS NULL AND refusal IS NULL AND signature IS NOT NULL AND (era, sequence) > (?, ?)
         ORDER BY era, sequence LIMIT ?`,
      )
      .all(after?.era ?? -1, after?.sequence ?? -1n, limit)
      .map(entryOf);
  }

  /** Keeps a receipt; the attestation leaves the outbox. False when it is no attestation of this chain. */
  receipted(digest: Hex, receivedAtSeconds: bigint, answer: Uint8Array): boolean {
    const { changes } = this.#db
      .prepare(
        "UPDATE attestations SET receipted_at = ?, refusal = NULL, answer = ? WHERE digest = ?",
      )
      .run(receivedAtSeconds, answer, digest);
    return changes > 0;
  }

  /** Keeps a refusal; the attestation stays here and is not sent again until a welcome asks for it. */
  refused(digest: Hex, code: string, answer: Uint8Array): boolean {
    const { changes } = this.#db
      .prepare(
        "UPDATE attestations SET refusal = ?, answer = ? WHERE digest = ? AND receipted_at IS NULL",
      )
      .run(code, answer, digest);
    return changes > 0;
  }

  /**
   * Puts back into the outbox what the coordinator says it does not have: all above its head and the sequences missing
   * below. It was restored from a backup if we hold receipts for any of these. Answers how many were put back.
   */
  reopen(head: Head | undefined, missing: readonly bigint[]): number {
    const above = this.#db
      .prepare(
        "UPDATE attestations SET receipted_at = NULL, refusal = NULL WHERE sequence > ? AND (receipted_at IS NOT NULL OR refusal IS NOT NULL)",
      )
      .run(head?.sequence ?? -1n).changes;
    const one = this.#db.prepare(
      "UPDATE attestations SET receipted_at = NULL, refusal = NULL WHERE sequence = ? AND (receipted_at IS NOT NULL OR refusal IS NOT NULL)",
    );
    const oldest = this.#db
      .prepare<[], { sequence: number | null }>(
        "SELECT min(sequence) AS sequence FROM attestations",
      )
      .get()?.sequence;
    // What was lost before this store began can never be sent: a coordinator may name it at every welcome.
    const here = missing.filter((sequence) => oldest != null && sequence >= BigInt(oldest));
    return this.#db.transaction(() =>
      here.reduce((sum, sequence) => sum + one.run(sequence).changes, above),
    )();
  }

  /** What the status shows of delivery. */
  delivery(): Delivery {
    const row = this.#db
      .prepare<[], { outbox: number; oldest: number | null }>(
        "SELECT count(*) AS outbox, min(window_end_s) AS oldest FROM attestations WHERE receipted_at IS NULL AND refusal IS NULL",
      )
      .get();
    const refused = this.#db
      .prepare<[], { refused: number }>("SELECT count(refusal) AS refused FROM attestations")
      .get();
    const last = this.#db
      .prepare<[], { era: number; sequence: number; receipted_at: number }>(
        `SELECT era, sequence, receipted_at FROM attestations WHERE receipted_at IS NOT NULL
         ORDER BY era DESC, sequence DESC LIMIT 1`,
      )
      .get();
    return {
      outbox: row?.outbox ?? 0,
      refused: refused?.refused ?? 0,
      ...(row?.oldest == null ? {} : { oldestUnansweredS: row.oldest }),
      ...(last === undefined
        ? {}
        : {
            lastReceipt: {
              era: last.era,
              sequence: BigInt(last.sequence),
              receivedAtS: last.receipted_at,
            },
          }),
    };
  }
}
