import type { Hex } from "../../proto/hex.ts";

/** A rig as the ledger keeps it, without its login. Instants in Unix seconds; null where there is nothing yet. */
export interface RigRow {
  readonly rig: Hex;
  /** The key that signs for it now. */
  readonly key: Hex;
  readonly owner: Hex;
  readonly name: string;
  readonly added_at: number;
  readonly revoked_at: number | null;
  readonly frozen_at: number | null;
  readonly frozen_why: string | null;
  /** The instance that holds the current era. */
  readonly instance: Hex | null;
  /** The newest era granted; 0 before any. */
  readonly era: number;
  readonly head_sequence: number | null;
  readonly head_digest: Hex | null;
  readonly last_seen_at: number | null;
  /** Null: not heard since the coordinator started. */
  readonly online: 0 | 1 | null;
  readonly whole_below: number;
  /** Of the agent, as it says. */
  readonly version: string | null;
}

/** The columns of a `RigRow`, for a SELECT. */
export const ALL_RIG_COLUMNS =
  "rig, key, owner, name, added_at, revoked_at, frozen_at, frozen_why, instance, era, head_sequence, head_digest, last_seen_at, online, whole_below, version";
