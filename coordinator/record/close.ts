import { type Hex, toHex } from "../../proto/hex.ts";
import { leafOfRecord } from "../../proto/leaves.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import type { PerformanceRecord } from "../../proto/messages.ts";
import type { Ledger } from "../ledger/open.ts";
import { countAllocations } from "./allocation-rows.ts";
import { createCount } from "./count.ts";
import { type ListedDevice, rememberDevices } from "./device-rows.ts";
import type { Epoch } from "./expect.ts";
import {
  type ClosedEpoch,
  insertEpoch,
  keepVerdicts,
  lastEpoch,
  pendingRigs,
  readEpoch,
  type Verdicts,
} from "./ledger-rows.ts";
import { beforeEpoch, insertRecord } from "./record-rows.ts";
import { addRigSafely, type FailedRig } from "./rig-count.ts";
import { finish, type Steps } from "./steps.ts";

/** How time is cut for records, in seconds. */
export interface RecordRules {
  readonly windowSeconds: number;
  readonly epochSeconds: number;
  /** How long after its end an epoch stays open. */
  readonly graceSeconds: number;
}

function allocatedRigs(db: Ledger, { start, end }: Epoch): Hex[] {
  const rows = db
    .prepare("SELECT DISTINCT rig FROM allocations WHERE to_time > ? AND from_time < ?")
    .all(start, end);
  return (rows as { rig: Hex }[]).map(({ rig }) => rig);
}

/** An epoch that is added up and not yet kept. */
export interface EpochDraft {
  readonly epoch: Epoch;
  readonly judged: readonly Verdicts[];
  readonly listed: readonly ListedDevice[];
  readonly records: readonly PerformanceRecord[];
  /** Rigs of which nothing could be added up, and why. */
  readonly failed: readonly FailedRig[];
  /** How many allocations there were that the epoch rests on. */
  readonly allocations: number;
}

/**
 * Adds an epoch up, reading only; yields every few rows so that a caller can let others work in between. What comes
 * meanwhile is not in it, and is late. A rig that cannot be added up does not hold the others up.
 */
export function* draftEpoch(db: Ledger, epoch: Epoch): Steps<EpochDraft> {
  const allocations = countAllocations(db, epoch.end);
  const count = createCount(epoch, beforeEpoch(db, epoch.start));
  const judged: Verdicts[] = [];
  const listed: ListedDevice[] = [];
  const failed: FailedRig[] = [];
  const rigs = new Set([...pendingRigs(db, epoch.end), ...allocatedRigs(db, epoch)]);
  for (const rig of [...rigs].sort()) {
    const added = yield* addRigSafely(db, rig, epoch, count);
    for (const one of added.judged) judged.push(one);
    for (const one of added.listed) listed.push(one);
    if (added.failed !== undefined) failed.push(added.failed);
    yield;
  }
  const records: PerformanceRecord[] = [];
  for (const record of count.records()) {
    records.push(record);
    yield;
  }
  return { epoch, judged, listed, records, failed, allocations };
}

/**
 * Keeps a draft in one transaction: all of the epoch or nothing. An epoch that is closed stays as it is. Undefined, and
 * nothing is kept, where an allocation was taken since the draft began: it has to be drafted again.
 */
export function keepEpoch(db: Ledger, draft: EpochDraft, now: number): ClosedEpoch | undefined {
  const { epoch, judged, listed, records, allocations } = draft;
  const leaves = records.map(leafOfRecord);
  const root = new MerkleTree(leaves).root;
  const keep = db.transaction((): ClosedEpoch | undefined => {
    const there = readEpoch(db, epoch.start);
    if (there !== undefined) return there;
    if (countAllocations(db, epoch.end) !== allocations) return undefined;
    const closed = { ...epoch, root, closedAt: now };
    insertEpoch(db, closed);
    keepVerdicts(db, judged, epoch.start);
    rememberDevices(db, listed, epoch.start);
    records.forEach((record, i) => {
      insertRecord(db, record, toHex(leaves[i] as Uint8Array));
    });
    return closed;
  });
  return keep.immediate();
}

/** Closes an epoch in one go. */
export function closeEpoch(db: Ledger, epoch: Epoch, now: number): ClosedEpoch {
  for (;;) {
    const closed = keepEpoch(db, finish(draftEpoch(db, epoch)), now);
    if (closed !== undefined) return closed;
  }
}

interface Starts {
  window: number | null;
  late: number | null;
  allocated: number | null;
}

function earliestWork(db: Ledger, after: bigint): bigint | undefined {
  const { window, late, allocated } = db
    .prepare(
      `SELECT
        (SELECT min(window_start) FROM pending WHERE window_start >= @after) AS window,
        (SELECT min(max(received_at, @after)) FROM pending WHERE window_start < @after) AS late,
        (SELECT min(max(from_time, @after)) FROM allocations WHERE to_time > @after) AS allocated`,
    )
    .get({ after }) as Starts;
  const starts = [window, late, allocated].filter((start) => start !== null);
  return starts.length === 0 ? undefined : BigInt(Math.min(...starts));
}

/**
 * The oldest epoch that is not closed and has anything to say: attestations, or an allocation that lasts in it. Late
 * attestations belong to the epoch in which they came. Undefined when there is none.
 */
export function nextEpoch(
  db: Ledger,
  { windowSeconds, epochSeconds }: RecordRules,
): Epoch | undefined {
  const cursor = lastEpoch(db)?.end ?? 0n;
  const work = earliestWork(db, cursor);
  if (work === undefined) return undefined;
  const length = BigInt(epochSeconds);
  const start = (work / length) * length;
  return { start, end: start + length, windowSeconds };
}

/** The next epoch, if it is due to be closed at an instant (Unix seconds). */
export function dueEpoch(db: Ledger, rules: RecordRules, now: number): Epoch | undefined {
  const epoch = nextEpoch(db, rules);
  return epoch !== undefined && Number(epoch.end) + rules.graceSeconds <= now ? epoch : undefined;
}
