import type { Hex } from "../../proto/hex.ts";
import { ALL_RIG_COLUMNS, type RigRow } from "../fleet/row.ts";
import type { Ledger } from "../ledger/open.ts";

/** How a rig is, in one word. */
export function rigState({ revoked_at, frozen_at, online }: RigRow): string {
  if (revoked_at !== null) return "revoked";
  if (frozen_at !== null) return "frozen";
  if (online === null) return "not heard";
  return online === 1 ? "online" : "offline";
}

/** Rigs by address, after one of them. */
export function rigsAfter(db: Ledger, after: string, limit: number): RigRow[] {
  return db
    .prepare<[string, number], RigRow>(
      `SELECT ${ALL_RIG_COLUMNS} FROM rigs WHERE rig > ? ORDER BY rig LIMIT ?`,
    )
    .all(after, limit);
}

/** An attestation with what was said of it when its epoch closed. */
export interface SeenAttestation {
  readonly era: number;
  readonly sequence: number;
  readonly digest: Hex;
  readonly windowStart: number;
  readonly receivedAt: number;
  /** Null while its epoch is open. */
  readonly counted: boolean | null;
  readonly verdicts: readonly string[];
}

interface SeenRow {
  era: number;
  sequence: number;
  digest: Hex;
  window_start: number;
  received_at: number;
  counted: 0 | 1 | null;
  verdicts: string | null;
}

/** A rig's newest attestations by sequence. */
export function recentAttestations(db: Ledger, rig: Hex, limit: number): SeenAttestation[] {
  const rows = db
    .prepare(
      `SELECT a.era, a.sequence, a.digest, a.window_start, a.received_at, j.counted, j.verdicts
       FROM attestations a LEFT JOIN judgements j USING (rig, era, sequence)
       WHERE a.rig = ? ORDER BY a.sequence DESC, a.era DESC LIMIT ?`,
    )
    .all(rig, limit) as SeenRow[];
  return rows.map((row) => ({
    era: row.era,
    sequence: row.sequence,
    digest: row.digest,
    windowStart: row.window_start,
    receivedAt: row.received_at,
    counted: row.counted === null ? null : row.counted === 1,
    verdicts: row.verdicts ? row.verdicts.split(",") : [],
  }));
}

/** A refusal of one attestation, however often it came. */
export interface SeenRefusal {
  readonly era: number;
  readonly sequence: number | null;
  readonly digest: Hex;
  readonly code: string;
  readonly firstAt: number;
  readonly times: number;
}

/** A rig's newest refusals. */
export function recentRefusals(db: Ledger, rig: Hex, limit: number): SeenRefusal[] {
  return db
    .prepare(
      `SELECT era, sequence, digest, code, first_at AS firstAt, times FROM refusals
       WHERE rig = ? ORDER BY first_at DESC LIMIT ?`,
    )
    .all(rig, limit) as SeenRefusal[];
}
