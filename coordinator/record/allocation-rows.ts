import type { Hex } from "../../proto/hex.ts";
import type { Allocation } from "../../proto/messages.ts";
import type { Signed } from "../../proto/wire.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Token } from "./token.ts";

/** An allocation as it was signed, with its digest. */
export interface KeptAllocation extends Allocation {
  readonly digest: Hex;
  readonly signature: Hex;
}

interface Row {
  digest: Hex;
  owner: Hex;
  rig: Hex;
  device: string;
  algorithm: string;
  collection: Hex;
  token_id: string;
  numerator: string;
  denominator: string;
  from_time: number;
  to_time: number;
  promised_hashrate: string;
  signature: Hex;
}

function fromRow(row: Row): KeptAllocation {
  return {
    digest: row.digest,
    owner: row.owner,
    rig: row.rig,
    device: row.device,
    algorithm: row.algorithm,
    collection: row.collection,
    tokenId: BigInt(row.token_id),
    numerator: BigInt(row.numerator),
    denominator: BigInt(row.denominator),
    fromTime: BigInt(row.from_time),
    toTime: BigInt(row.to_time),
    promisedHashrate: BigInt(row.promised_hashrate),
    signature: row.signature,
  };
}

/** Keeps a signed allocation. Throws where its digest is there already. */
export function insertAllocation(
  db: Ledger,
  digest: Hex,
  { message: a, signature }: Signed<Allocation>,
  now: number,
): void {
  db.prepare("INSERT INTO allocations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run(
    digest,
    a.owner,
    a.rig,
    a.device,
    a.algorithm,
    a.collection,
    String(a.tokenId),
    String(a.numerator),
    String(a.denominator),
    Number(a.fromTime),
    Number(a.toTime),
    String(a.promisedHashrate),
    signature,
    now,
  );
}

/** The allocation of a digest, if it was taken. */
export function readAllocation(db: Ledger, digest: Hex): KeptAllocation | undefined {
  const row = db.prepare("SELECT * FROM allocations WHERE digest = ?").get(digest);
  return row === undefined ? undefined : fromRow(row as Row);
}

/** Allocations of a rig that end after an instant (Unix seconds), by start. */
export function rigAllocations(db: Ledger, rig: Hex, after: bigint): KeptAllocation[] {
  const rows = db
    .prepare("SELECT * FROM allocations WHERE rig = ? AND to_time > ? ORDER BY from_time, digest")
    .all(rig, after) as Row[];
  return rows.map(fromRow);
}

/** Allocations of a token, by start. */
export function tokenAllocations(db: Ledger, { collection, tokenId }: Token): KeptAllocation[] {
  const rows = db
    .prepare(
      "SELECT * FROM allocations WHERE collection = ? AND token_id = ? ORDER BY from_time, digest",
    )
    .all(collection, String(tokenId)) as Row[];
  return rows.map(fromRow);
}

/** Tokens that were ever given something, in order, after one of them. */
export function listTokens(db: Ledger, limit: number, after?: Token): Token[] {
  // Decimal text in order of number: shorter first.
  const rows = db
    .prepare(
      `SELECT DISTINCT collection, token_id FROM allocations
       WHERE (collection, length(token_id), token_id) > (?, ?, ?)
       ORDER BY collection, length(token_id), token_id LIMIT ?`,
    )
    .all(
      after?.collection ?? "",
      after === undefined ? 0 : String(after.tokenId).length,
      after === undefined ? "" : String(after.tokenId),
      limit,
    ) as { collection: Hex; token_id: string }[];
  return rows.map((row) => ({ collection: row.collection, tokenId: BigInt(row.token_id) }));
}

/** How many allocations begin before an instant (Unix seconds). They are never taken back, so another number is another set. */
export function countAllocations(db: Ledger, before: bigint): number {
  return db
    .prepare<[bigint], number>("SELECT count(*) FROM allocations WHERE from_time < ?")
    .pluck()
    .get(before) as number;
}
