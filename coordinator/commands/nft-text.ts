import type { Hex } from "../../proto/hex.ts";
import { algorithmText, amount, instant, percent } from "../http/format.ts";
import { listTokens } from "../record/allocation-rows.ts";
import { type Fields, recordFields } from "../record/bundle.ts";
import { createProofs } from "../record/proofs.ts";
import {
  type KeptRecord,
  newestEpochOf,
  newestPerAlgorithm,
  recordsIn,
} from "../record/record-rows.ts";
import { GRADES } from "../record/tally.ts";
import type { Token } from "../record/token.ts";
import type { LedgerView } from "./ledger-view.ts";

/** A record with its place under the epoch's root. */
export interface ProvenRecord {
  readonly record: Fields;
  readonly leaf: Hex;
  readonly root: Hex;
  readonly proof: readonly Hex[];
}

/** A token's records of an epoch (the newest when left out), proven; none where there are none. */
export function tokenDocument(view: LedgerView, token: Token, epoch?: bigint): ProvenRecord[] {
  const start = epoch ?? newestEpochOf(view.db, token);
  if (start === undefined) return [];
  const proofs = createProofs(view.db);
  return recordsIn(view.db, token, start).map((record) => ({
    record: recordFields(record),
    leaf: record.leaf,
    ...proofs.proofOf(record),
  }));
}

const wholeOf = (fields: Fields, name: string): bigint => BigInt(String(fields[name]));

function recordLines({ record, root }: ProvenRecord): string[] {
  const whole = (name: string): bigint => wholeOf(record, name);
  const promised = whole("promisedHashes");
  const grade = Number(record["grade"]);
  return [
    `${algorithmText(String(record["algorithm"]))}, ${instant(whole("epochStart"))} to ${instant(whole("epochEnd"))}`,
    `  delivered  ${amount(whole("hashes"), "H")} (${record["hashes"]} hashes)`,
    ...(whole("correction") === 0n ? [] : [`  correction ${amount(whole("correction"), "H")}`]),
    `  promised   ${promised === 0n ? "nothing" : `${amount(promised, "H")} (${percent(whole("hashes"), promised)})`}`,
    `  windows    ${record["windowsCounted"]} of ${record["windowsExpected"]} counted`,
    `  in total   ${amount(whole("cumulativeHashes"), "H")}`,
    `  grade      ${grade}: ${GRADES[grade] ?? "reserved"}`,
    `  root       ${root}`,
  ];
}

/** Records for people. */
export function recordText(token: Token, records: readonly ProvenRecord[]): string {
  const head = `Token #${token.tokenId} of ${token.collection}`;
  return `${[head, ...records.flatMap(recordLines)].join("\n")}\n`;
}

/** A token with its sums by algorithm. */
export interface ListedToken extends Token {
  readonly totals: readonly Pick<KeptRecord, "algorithm" | "cumulativeHashes" | "epochEnd">[];
}

/** Every token that was ever given something. */
export function listTokensWithRecords({ db }: LedgerView): ListedToken[] {
  return listTokens(db, Number.MAX_SAFE_INTEGER).map((token) => ({
    ...token,
    totals: newestPerAlgorithm(db, token).map(({ algorithm, cumulativeHashes, epochEnd }) => ({
      algorithm,
      cumulativeHashes,
      epochEnd,
    })),
  }));
}

/** The list for people. */
export function listText(tokens: readonly ListedToken[]): string {
  if (tokens.length === 0) return "No token has a share of a rig yet; `nft allocate` gives one.\n";
  return tokens
    .map(({ collection, tokenId, totals }) => {
      const sums = totals.map(
        ({ algorithm, cumulativeHashes }) =>
          `${amount(cumulativeHashes, "H")} ${algorithmText(algorithm)}`,
      );
      return `${collection}:${tokenId}  ${sums.join(", ") || "no record yet"}\n`;
    })
    .join("");
}
