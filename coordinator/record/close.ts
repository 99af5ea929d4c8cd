import { type Hex, toHex } from "../../proto/hex.ts";
import { leafOfRecord } from "../../proto/leaves.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import type { PerformanceRecord } from "../../proto/messages.ts";
import type { Ledger } from "../ledger/open.ts";
import { rigAllocations } from "./allocation-rows.ts";
import { createCount } from "./count.ts";
import { devicesIn, type ListedDevice, rememberDevices } from "./device-rows.ts";
import type { Epoch } from "./expect.ts";
import {
  type ClosedEpoch,
  insertEpoch,
  keepVerdicts,
  knownOf,
  lastEpoch,
  pendingRigs,
  pendingRows,
  readEpoch,
  type Verdicts,
  verdictsOf,
} from "./ledger-rows.ts";
import { beforeEpoch, insertRecord } from "./record-rows.ts";
import { judge, type LedgerRow } from "./verdicts.ts";

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

const earliest = (rows: readonly LedgerRow[], start: bigint): bigint =>
  rows.reduce((min, { attestation: { windowStart: at } }) => (at < min ? at : min), start);

/** An epoch that is added up and not yet kept. */
export interface EpochDraft {
  readonly epoch: Epoch;
  readonly judged: readonly Verdicts[];
  readonly listed: readonly ListedDevice[];
  readonly records: readonly PerformanceRecord[];
}

/**
 * Adds an epoch up, reading only; yields after each rig and record so that a caller can let others work in between. What comes
 * meanwhile is not in it, and is late.
 */
export function* draftEpoch(db: Ledger, epoch: Epoch): Generator<void, EpochDraft> {
  const count = createCount(epoch, beforeEpoch(db, epoch.start));
  const rules = { windowSeconds: epoch.windowSeconds, epochStart: epoch.start };
  const judged: Verdicts[] = [];
  const listed: ListedDevice[] = [];
  const rigs = new Set([...pendingRigs(db, epoch.end), ...allocatedRigs(db, epoch)]);
  for (const rig of [...rigs].sort()) {
    const rows = pendingRows(db, rig, epoch.end);
    const judgements = judge(rows, knownOf(db, rig), rules);
    count.addRig(rig, judgements, rigAllocations(db, rig, earliest(rows, epoch.start)));
    for (const judgement of judgements) judged.push(verdictsOf(judgement));
    const onTime = judgements.filter((j) => j.counted && !j.verdicts.includes("late"));
    listed.push(
      ...devicesIn(
        rig,
        onTime.map(({ row }) => row),
      ),
    );
    yield;
  }
  const records: PerformanceRecord[] = [];
  for (const record of count.records()) {
    records.push(record);
    yield;
  }
  return { epoch, judged, listed, records };
}

/** Keeps a draft in one transaction: all of the epoch or nothing. An epoch that is closed stays as it is. */
export function keepEpoch(db: Ledger, draft: EpochDraft, now: number): ClosedEpoch {
  const { epoch, judged, listed, records } = draft;
  const leaves = records.map(leafOfRecord);
  const root = new MerkleTree(leaves).root;
  const keep = db.transaction((): ClosedEpoch => {
    const there = readEpoch(db, epoch.start);
    if (there !== undefined) return there;
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
  const steps = draftEpoch(db, epoch);
  for (;;) {
    const step = steps.next();
    if (step.done) return keepEpoch(db, step.value, now);
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
  // After a change of the epoch's length the first one begins where the last one ended.
  return { start: start < cursor ? cursor : start, end: start + length, windowSeconds };
}

/** The next epoch, if it is due to be closed at an instant (Unix seconds). */
export function dueEpoch(db: Ledger, rules: RecordRules, now: number): Epoch | undefined {
  const epoch = nextEpoch(db, rules);
  return epoch !== undefined && Number(epoch.end) + rules.graceSeconds <= now ? epoch : undefined;
}
