import type { Hex } from "../../proto/hex.ts";
import type { PerformanceRecord } from "../../proto/messages.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Before } from "./count.ts";
import { memoryOf } from "./device-rows.ts";
import type { Token } from "./token.ts";

/** A record with its leaf under the epoch's root. */
export interface KeptRecord extends PerformanceRecord {
  readonly leaf: Hex;
}

interface Row {
  epoch_start: number;
  collection: Hex;
  token_id: string;
  algorithm: string;
  epoch_end: number;
  hashes: string;
  correction: string;
  promised_hashes: string;
  observed_seconds: number;
  expected_seconds: number;
  energy_joules: string;
  grade: number;
  windows_counted: number;
  windows_expected: number;
  windows_root: Hex;
  cumulative_hashes: string;
  leaf: Hex;
}

function fromRow(row: Row): KeptRecord {
  return {
    epochStart: BigInt(row.epoch_start),
    epochEnd: BigInt(row.epoch_end),
    collection: row.collection,
    tokenId: BigInt(row.token_id),
    algorithm: row.algorithm,
    hashes: BigInt(row.hashes),
    correction: BigInt(row.correction),
    promisedHashes: BigInt(row.promised_hashes),
    observedSeconds: BigInt(row.observed_seconds),
    expectedSeconds: BigInt(row.expected_seconds),
    energyJoules: BigInt(row.energy_joules),
    grade: row.grade,
    windowsCounted: row.windows_counted,
    windowsExpected: row.windows_expected,
    windowsRoot: row.windows_root,
    cumulativeHashes: BigInt(row.cumulative_hashes),
    leaf: row.leaf,
  };
}

/** Keeps a record with its leaf. */
export function insertRecord(db: Ledger, record: PerformanceRecord, leaf: Hex): void {
  db.prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
    record.epochStart,
    record.collection,
    String(record.tokenId),
    record.algorithm,
    record.epochEnd,
    String(record.hashes),
    String(record.correction),
    String(record.promisedHashes),
    record.observedSeconds,
    record.expectedSeconds,
    String(record.energyJoules),
    record.grade,
    record.windowsCounted,
    record.windowsExpected,
    record.windowsRoot,
    String(record.cumulativeHashes),
    leaf,
  );
}

/** What the ledger said before an epoch that starts then. */
export function beforeEpoch(db: Ledger, epochStart: bigint): Before {
  const cumulative = db.prepare(
    `SELECT cumulative_hashes FROM records
     WHERE collection = ? AND token_id = ? AND algorithm = ? AND epoch_start < ?
     ORDER BY epoch_start DESC LIMIT 1`,
  );
  return {
    cumulativeHashes({ collection, tokenId }, algorithm) {
      const row = cumulative.get(collection, String(tokenId), algorithm, epochStart);
      return BigInt((row as { cumulative_hashes: string } | undefined)?.cumulative_hashes ?? 0);
    },
    memoryOf: (rig) => memoryOf(db, rig),
  };
}

/** Leaves of all records of an epoch, in no order. */
export function leavesOf(db: Ledger, epochStart: bigint): Hex[] {
  const rows = db.prepare("SELECT leaf FROM records WHERE epoch_start = ?").all(epochStart);
  return (rows as { leaf: Hex }[]).map(({ leaf }) => leaf);
}

/** A token's records of one epoch, by algorithm. */
export function recordsIn(db: Ledger, token: Token, epochStart: bigint): KeptRecord[] {
  const rows = db
    .prepare(
      `SELECT * FROM records WHERE collection = ? AND token_id = ? AND epoch_start = ?
       ORDER BY algorithm`,
    )
    .all(token.collection, String(token.tokenId), epochStart) as Row[];
  return rows.map(fromRow);
}

/** A token's newest epoch with a record, Unix seconds. */
export function newestEpochOf(db: Ledger, token: Token): bigint | undefined {
  const row = db
    .prepare("SELECT max(epoch_start) AS start FROM records WHERE collection = ? AND token_id = ?")
    .get(token.collection, String(token.tokenId)) as { start: number | null };
  return row.start === null ? undefined : BigInt(row.start);
}

/** A token's records, newest epoch first, of epochs before one (all when left out); whole epochs, at most `limit` of them. */
export function recordsOf(db: Ledger, token: Token, limit: number, before?: bigint): KeptRecord[] {
  const rows = db
    .prepare(
      `SELECT * FROM records WHERE collection = @collection AND token_id = @tokenId
       AND epoch_start IN (SELECT DISTINCT epoch_start FROM records
         WHERE collection = @collection AND token_id = @tokenId AND epoch_start < @before
         ORDER BY epoch_start DESC LIMIT @limit)
       ORDER BY epoch_start DESC, algorithm`,
    )
    .all({
      collection: token.collection,
      tokenId: String(token.tokenId),
      before: before ?? BigInt(Number.MAX_SAFE_INTEGER),
      limit,
    }) as Row[];
  return rows.map(fromRow);
}

/** The newest records of every algorithm that a token ever had one of: what its lifetime sums are read from. */
export function newestPerAlgorithm(db: Ledger, token: Token): KeptRecord[] {
  const rows = db
    .prepare(
      `SELECT * FROM records r WHERE collection = ? AND token_id = ?
       AND epoch_start = (SELECT max(epoch_start) FROM records
         WHERE collection = r.collection AND token_id = r.token_id AND algorithm = r.algorithm)
       ORDER BY algorithm`,
    )
    .all(token.collection, String(token.tokenId)) as Row[];
  return rows.map(fromRow);
}
