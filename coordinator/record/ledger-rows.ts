import type { Hex } from "../../proto/hex.ts";
import { decodeAttestation } from "../../proto/wire.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Epoch } from "./expect.ts";
import { createPace, type Steps } from "./steps.ts";
import type { Judgement, Known, LedgerRow, Verdict } from "./verdicts.ts";

/** A ledger row with what receipts its arrival. */
export interface ReceiptedRow extends LedgerRow {
  readonly receiptBeacon: Hex;
  readonly receiptSignature: Hex;
}

interface Row {
  digest: Hex;
  body: Uint8Array;
  received_at: number;
  receipt_beacon: Hex;
  receipt_signature: Hex;
}

const COLUMNS = "a.digest, a.body, a.received_at, a.receipt_beacon, a.receipt_signature";

function fromRow(row: Row): ReceiptedRow {
  return {
    ...decodeAttestation(row.body),
    digest: row.digest,
    receivedAt: row.received_at,
    receiptBeacon: row.receipt_beacon,
    receiptSignature: row.receipt_signature,
  };
}

/** Device rows that are read before others get their turn. */
const ROWS_A_STEP = 1000;

/** Rigs of which something is to be judged by an epoch that ends then. */
export function pendingRigs(db: Ledger, epochEnd: bigint): Hex[] {
  const rows = db.prepare("SELECT DISTINCT rig FROM pending WHERE window_start < ?").all(epochEnd);
  return (rows as { rig: Hex }[]).map(({ rig }) => rig);
}

/** Where an attestation of a rig is in the ledger. */
export interface Place {
  readonly era: number;
  readonly sequence: number;
}

/** Where that is which is to be judged of a rig by an epoch that ends then, in order of receipt. */
export function pendingPlaces(db: Ledger, rig: Hex, epochEnd: bigint): Place[] {
  return db
    .prepare<[Hex, bigint], Place>(
      `SELECT era, sequence FROM pending WHERE rig = ? AND window_start < ?
       ORDER BY received_at, era, sequence`,
    )
    .all(rig, epochEnd);
}

/** Makes what reads one attestation of a rig at a time. Throws where it is not there. */
export function createRowReader(db: Ledger, rig: Hex): (place: Place) => ReceiptedRow {
  const read = db.prepare<[Hex, number, number], Row>(
    `SELECT ${COLUMNS} FROM attestations a WHERE a.rig = ? AND a.era = ? AND a.sequence = ?`,
  );
  return ({ era, sequence }) => {
    const row = read.get(rig, era, sequence);
    if (row === undefined) throw new RangeError(`attestation ${sequence} of era ${era} is missing`);
    return fromRow(row);
  };
}

/** The rest of a rig's ledger, as far as judging needs it. */
export function knownOf(db: Ledger, rig: Hex): Known {
  const digests = db.prepare("SELECT digest FROM attestations WHERE rig = ? AND sequence = ?");
  const counted = db.prepare(
    "SELECT 1 FROM judgements WHERE rig = ? AND window_start = ? AND counted = 1",
  );
  return {
    digestsAt: (sequence) => (digests.all(rig, sequence) as { digest: Hex }[]).map((r) => r.digest),
    isCounted: (windowStart) => counted.get(rig, windowStart) !== undefined,
  };
}

/** A judgement without the attestation that it is about: what is kept of it. */
export interface Verdicts {
  readonly rig: Hex;
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  readonly windowStart: bigint;
  readonly counted: boolean;
  readonly verdicts: readonly Verdict[];
}

/** What is kept of a judgement. */
export function verdictsOf({ row, verdicts, counted }: Judgement): Verdicts {
  const { rig, era, sequence, digest, windowStart } = row;
  return { rig, era, sequence, digest, windowStart, counted, verdicts };
}

/** What is kept of a rig that cannot be added up: all that is pending of it, without looking into it. */
export function failedVerdicts(db: Ledger, rig: Hex, epochEnd: bigint): Verdicts[] {
  const rows = db
    .prepare<[Hex, bigint], Place & { digest: Hex; window_start: number }>(
      `SELECT era, sequence, a.digest, window_start
       FROM pending JOIN attestations a USING (rig, era, sequence, window_start)
       WHERE rig = ? AND window_start < ?`,
    )
    .all(rig, epochEnd);
  return rows.map(({ era, sequence, digest, window_start }) => ({
    ...{ rig, era, digest, counted: false, verdicts: ["failed"] },
    sequence: BigInt(sequence),
    windowStart: BigInt(window_start),
  }));
}

/** Keeps what an epoch judged and takes it off the pending list. */
export function keepVerdicts(db: Ledger, judged: readonly Verdicts[], epochStart: bigint): void {
  const keep = db.prepare("INSERT INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const done = db.prepare(
    "DELETE FROM pending WHERE window_start = ? AND rig = ? AND era = ? AND sequence = ?",
  );
  for (const { rig, era, sequence, digest, windowStart, counted, verdicts } of judged) {
    const said = verdicts.join();
    keep.run(rig, era, sequence, digest, windowStart, epochStart, counted ? 1 : 0, said);
    done.run(windowStart, rig, era, sequence);
  }
}

/** A judged row of the ledger. */
export interface JudgedRow extends Omit<Judgement, "row"> {
  readonly row: ReceiptedRow;
}

/** What an epoch judged of a rig, in order of the chain. */
export function* judgedRows(db: Ledger, rig: Hex, epochStart: bigint): Steps<JudgedRow[]> {
  const places = db
    .prepare<[bigint, Hex], Place & { counted: 0 | 1; verdicts: string }>(
      `SELECT era, sequence, counted, verdicts FROM judgements
       WHERE epoch_start = ? AND rig = ? ORDER BY sequence, era`,
    )
    .all(epochStart, rig);
  const read = createRowReader(db, rig);
  const isStepFull = createPace(ROWS_A_STEP);
  const rows: JudgedRow[] = [];
  for (const { counted, verdicts, ...place } of places) {
    const row = read(place);
    const said = verdicts === "" ? [] : (verdicts.split(",") as Verdict[]);
    rows.push({ row, counted: counted === 1, verdicts: said });
    if (isStepFull(row.attestation.devices.length + 1)) yield;
  }
  return rows;
}

/** A rig's attestations whose windows start in a range of Unix seconds, in order of the chain, at most `limit`. */
export function rowsBetween(
  db: Ledger,
  rig: Hex,
  from: bigint,
  to: bigint,
  limit: number,
): ReceiptedRow[] {
  const rows = db
    .prepare(
      `SELECT ${COLUMNS} FROM attestations a
       WHERE a.rig = ? AND a.window_start >= ? AND a.window_start < ?
       ORDER BY a.window_start, a.sequence, a.era LIMIT ?`,
    )
    .all(rig, from, to, limit) as Row[];
  return rows.map(fromRow);
}

/** An epoch that is closed. */
export interface ClosedEpoch extends Epoch {
  readonly root: Hex;
  /** Unix seconds. */
  readonly closedAt: number;
}

interface EpochRow {
  epoch_start: number;
  epoch_end: number;
  window_seconds: number;
  closed_at: number;
  root: Hex;
}

const fromEpochRow = (row: EpochRow): ClosedEpoch => ({
  start: BigInt(row.epoch_start),
  end: BigInt(row.epoch_end),
  windowSeconds: row.window_seconds,
  closedAt: row.closed_at,
  root: row.root,
});

/** The closed epoch that starts then, if it is closed. */
export function readEpoch(db: Ledger, start: bigint): ClosedEpoch | undefined {
  const row = db.prepare("SELECT * FROM epochs WHERE epoch_start = ?").get(start);
  return row === undefined ? undefined : fromEpochRow(row as EpochRow);
}

/** The newest closed epoch, if any. */
export function lastEpoch(db: Ledger): ClosedEpoch | undefined {
  const row = db.prepare("SELECT * FROM epochs ORDER BY epoch_start DESC LIMIT 1").get();
  return row === undefined ? undefined : fromEpochRow(row as EpochRow);
}

/** Keeps an epoch as closed. Throws where it is closed already. */
export function insertEpoch(db: Ledger, epoch: ClosedEpoch): void {
  db.prepare("INSERT INTO epochs VALUES (?, ?, ?, ?, ?)").run(
    epoch.start,
    epoch.end,
    epoch.windowSeconds,
    epoch.closedAt,
    epoch.root,
  );
}
