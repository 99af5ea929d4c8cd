import type { Hex } from "../../proto/hex.ts";
import type { Refusal } from "../../proto/messages.ts";
import { freezeRig } from "../fleet/rigs.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Arrived, Shelf, Standing } from "./attestation.ts";

/** What the ledger keeps of a receipt beside what the attestation says itself. */
export interface StoredReceipt {
  readonly received_at: number;
  readonly receipt_beacon: Hex;
  readonly receipt_signature: Hex;
}

/** A rig's row as accepting needs it. */
export type RigStanding = Standing & { readonly head_sequence: number | null };

/** How many refusals are kept for a rig: enough to see what happens, too few to fill a disk with. */
const MAX_REFUSALS = 1000;

const numberIfSafe = (value: bigint): number | null =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;

/** Everything that intake reads and writes of attestations, as prepared statements. */
export function openShelf(db: Ledger) {
  const standing = db.prepare<[Hex], RigStanding>(
    "SELECT key, revoked_at, frozen_at, era, head_sequence FROM rigs WHERE rig = ?",
  );
  const place = db.prepare<[Hex, number, number], StoredReceipt & { digest: Hex }>(
    `SELECT digest, received_at, receipt_beacon, receipt_signature
       FROM attestations WHERE rig = ? AND era = ? AND sequence = ?`,
  );
  const window = db
    .prepare<[Hex, number, number], Hex>(
      "SELECT digest FROM attestations WHERE rig = ? AND era = ? AND window_start = ?",
    )
    .pluck();
  const limit = db
    .prepare<[Hex, number], number>(
      "SELECT last_sequence FROM era_limits WHERE rig = ? AND era = ?",
    )
    .pluck();
  const insert = db.prepare(
    `INSERT INTO attestations (rig, era, sequence, digest, previous, window_start, window_end, flags,
       body, received_at, receipt_beacon, receipt_signature)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const moveHead = db.prepare(
    "UPDATE rigs SET head_sequence = ?, head_digest = ?, last_seen_at = ? WHERE rig = ?",
  );
  const touch = db.prepare("UPDATE rigs SET last_seen_at = ? WHERE rig = ?");
  const again = db.prepare(
    "UPDATE refusals SET times = times + 1 WHERE rig = ? AND digest = ? AND code = ?",
  );
  const countRefusals = db
    .prepare<[Hex], number>("SELECT COUNT(*) FROM refusals WHERE rig = ?")
    .pluck();
  const dropOldest = db.prepare(
    `DELETE FROM refusals WHERE (rig, digest, code) IN
       (SELECT rig, digest, code FROM refusals WHERE rig = ? ORDER BY first_at, digest LIMIT 1)`,
  );
  const firstRefusal = db.prepare(
    "INSERT INTO refusals (rig, era, sequence, digest, code, first_at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const otherHalf = db.prepare(
    `INSERT INTO equivocations (rig, kind, kept_digest, other_digest, other_body, at)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );

  return {
    standingOf: (rig: Hex): RigStanding | undefined => standing.get(rig),

    of: (rig: Hex): Shelf => ({
      digestAt: (era, sequence) => place.get(rig, era, sequence)?.digest,
      digestOfWindow: (era, windowStart) => window.get(rig, era, windowStart),
      limitOf: (era) => limit.get(rig, era),
    }),

    receiptAt(rig: Hex, era: number, sequence: number): StoredReceipt {
      const stored = place.get(rig, era, sequence);
      if (stored === undefined) throw new Error("the receipt to repeat is not in the ledger");
      return stored;
    },

    /** Stores an attestation with its receipt and moves the rig's head if it is the highest. */
    store({ attestation: a, digest, body }: Arrived, receipt: StoredReceipt, head: number | null) {
      const sequence = Number(a.sequence);
      const { received_at, receipt_beacon, receipt_signature } = receipt;
      insert.run(
        a.rig,
        a.era,
        sequence,
        digest,
        a.previous,
        Number(a.windowStart),
        Number(a.windowEnd),
        a.flags,
        body,
        received_at,
        receipt_beacon,
        receipt_signature,
      );
      if (head === null || sequence > head) moveHead.run(sequence, digest, received_at, a.rig);
      else touch.run(received_at, a.rig);
    },

    seen(rig: Hex, at: number): void {
      touch.run(at, rig);
    },

    refused({ rig, era, sequence, digest, code }: Refusal, at: number): void {
      if (again.run(rig, digest, code).changes > 0) return;
      if ((countRefusals.get(rig) ?? 0) >= MAX_REFUSALS) dropOldest.run(rig);
      firstRefusal.run(rig, era, numberIfSafe(sequence), digest, code, at);
    },

    /** Keeps the second half of an equivocation as it came and freezes the rig. */
    keepEquivocation(
      { attestation: { rig, era, sequence, windowStart }, digest, body }: Arrived,
      clash: "sequence" | "window",
      kept: Hex,
      at: number,
    ): void {
      otherHalf.run(rig, clash, kept, digest, body, at);
      const which =
        clash === "sequence" ? `sequence ${sequence}` : `the window from ${windowStart}`;
      freezeRig(db, rig, `two attestations for ${which} of era ${era}`, at);
    },
  };
}
