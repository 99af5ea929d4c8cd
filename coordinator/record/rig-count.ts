import type { Hex } from "../../proto/hex.ts";
import type { Ledger } from "../ledger/open.ts";
import { rigAllocations } from "./allocation-rows.ts";
import type { Count } from "./count.ts";
import { type ListedDevice, listedDevices } from "./device-rows.ts";
import type { Epoch } from "./expect.ts";
import {
  createRowReader,
  failedVerdicts,
  knownOf,
  pendingPlaces,
  type Verdicts,
  verdictsOf,
} from "./ledger-rows.ts";
import { createPace, type Steps } from "./steps.ts";
import { createLook, type Judgement, judge, type LedgerRow, type LookedAt } from "./verdicts.ts";

/** A rig that could not be added up. */
export interface FailedRig {
  readonly rig: Hex;
  readonly cause: unknown;
}

/** What an epoch keeps of one rig beside what it adds to records. */
export interface AddedRig {
  readonly judged: readonly Verdicts[];
  readonly listed: readonly ListedDevice[];
  readonly failed?: FailedRig;
}

/** Device rows that are looked at before others get their turn. */
const ROWS_A_STEP = 1000;

/** Judges what is pending of a rig, one attestation in memory at a time. */
function* judgeRig(db: Ledger, rig: Hex, epoch: Epoch): Steps<Judgement[]> {
  const rules = { windowSeconds: epoch.windowSeconds, epochStart: epoch.start };
  const read = createRowReader(db, rig);
  const look = createLook(rules);
  const isStepFull = createPace(ROWS_A_STEP);
  const seen: LookedAt[] = [];
  for (const place of pendingPlaces(db, rig, epoch.end)) {
    const row = read(place);
    seen.push(look(row));
    if (isStepFull(row.attestation.devices.length + 1)) yield;
  }
  return yield* judge(seen, knownOf(db, rig), rules);
}

function* countedRows(db: Ledger, rig: Hex, judgements: readonly Judgement[]): Iterable<LedgerRow> {
  const read = createRowReader(db, rig);
  for (const { row, counted } of judgements) {
    if (counted) yield read({ era: row.era, sequence: Number(row.sequence) });
  }
}

function* addRig(db: Ledger, rig: Hex, epoch: Epoch, count: Count): Steps<AddedRig> {
  const judgements = yield* judgeRig(db, rig, epoch);
  const rows = countedRows(db, rig, judgements);
  const from = judgements.reduce(
    (min, { row: { windowStart: at } }) => (at < min ? at : min),
    epoch.start,
  );
  const devices = yield* count.addRig(rig, rows, rigAllocations(db, rig, from));
  return { judged: judgements.map(verdictsOf), listed: listedDevices(rig, devices) };
}

/** True for a fault of the ledger itself: it passes, and what it touched must be tried again rather than written off. */
function isOfLedger(thrown: unknown): boolean {
  return String((thrown as { code?: unknown } | null)?.code).startsWith("SQLITE_");
}

/**
 * Adds a rig to an epoch. Where that fails for what the rig sent, its windows count nothing and say so, and its tokens
 * are still owed what they could expect: one rig must never keep an epoch open. Throws where the ledger itself fails.
 */
export function* addRigSafely(db: Ledger, rig: Hex, epoch: Epoch, count: Count): Steps<AddedRig> {
  try {
    return yield* addRig(db, rig, epoch, count);
  } catch (cause) {
    if (isOfLedger(cause)) throw cause;
    yield* expectOnly(db, rig, epoch, count);
    return { judged: failedVerdicts(db, rig, epoch.end), listed: [], failed: { rig, cause } };
  }
}

function* expectOnly(db: Ledger, rig: Hex, epoch: Epoch, count: Count): Steps<void> {
  try {
    yield* count.addRig(rig, [], rigAllocations(db, rig, epoch.start));
  } catch (thrown) {
    // The first failure is the one that is told; this one is of the same rig.
    if (isOfLedger(thrown)) throw thrown;
  }
}
