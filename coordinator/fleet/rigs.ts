import type { Hex } from "../../proto/hex.ts";
import { CoordinatorError } from "../errors.ts";
import type { Ledger } from "../ledger/open.ts";
import { ALL_RIG_COLUMNS, type RigRow } from "./row.ts";

/** A rig that is to be known: its address is its first key. */
export interface NewRig {
  readonly rig: Hex;
  readonly owner: Hex;
  readonly name: string;
  /** Of `hashPassword`. */
  readonly loginHash: string;
  /** Unix seconds. */
  readonly addedAt: number;
}

/** Makes a rig known. Throws a CoordinatorError `rig-exists`. */
export function addRig(db: Ledger, { rig, owner, name, loginHash, addedAt }: NewRig): void {
  const { changes } = db
    .prepare(
      "INSERT INTO rigs (rig, key, owner, name, added_at, login_hash) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .run(rig, rig, owner, name, addedAt, loginHash);
  if (changes === 0) throw new CoordinatorError("rig-exists", `the rig ${rig} is there already`);
}

/** A rig, or undefined when there is none of this address. */
export function getRig(db: Ledger, rig: Hex): RigRow | undefined {
  return db.prepare<[Hex], RigRow>(`SELECT ${ALL_RIG_COLUMNS} FROM rigs WHERE rig = ?`).get(rig);
}

/** All rigs, in the order in which they were added. */
export function listRigs(db: Ledger): RigRow[] {
  return db.prepare<[], RigRow>(`SELECT ${ALL_RIG_COLUMNS} FROM rigs ORDER BY added_at, rig`).all();
}

/** What is stored of a rig's broker password; undefined when there is no such rig. */
export function loginHashOf(db: Ledger, rig: Hex): string | undefined {
  return db.prepare<[Hex], string>("SELECT login_hash FROM rigs WHERE rig = ?").pluck().get(rig);
}

/** Stops believing a rig until a person has looked. A rig that is frozen stays frozen for its first reason. */
export function freezeRig(db: Ledger, rig: Hex, why: string, at: number): void {
  db.prepare(
    "UPDATE rigs SET frozen_at = ?, frozen_why = ? WHERE rig = ? AND frozen_at IS NULL",
  ).run(at, why, rig);
}

/** Believes a frozen rig again. Throws a CoordinatorError `rig-unknown` or `rig-not-frozen`. */
export function unfreezeRig(db: Ledger, rig: Hex): void {
  const row = getRig(db, rig);
  if (row === undefined) throw new CoordinatorError("rig-unknown", `there is no rig ${rig}`);
  const { changes } = db
    .prepare(
      "UPDATE rigs SET frozen_at = NULL, frozen_why = NULL WHERE rig = ? AND frozen_at IS NOT NULL",
    )
    .run(rig);
  if (changes === 0) throw new CoordinatorError("rig-not-frozen", `the rig ${rig} is not frozen`);
}
