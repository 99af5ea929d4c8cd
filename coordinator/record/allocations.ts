import { isAlgorithm, isDeviceId } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import { type Allocation, messageDigest } from "../../proto/messages.ts";
import { METRICS } from "../../proto/metrics.ts";
import type { Seal } from "../../proto/typed-data.ts";
import type { Signed } from "../../proto/wire.ts";
import type { Ledger } from "../ledger/open.ts";
import { insertAllocation, readAllocation, rigAllocations } from "./allocation-rows.ts";
import type { RecordRules } from "./close.ts";
import { commonDenominator } from "./fraction.ts";
import { lastEpoch } from "./ledger-rows.ts";
import { shortageOf, shortageText } from "./room.ts";
import { tokenKey } from "./token.ts";

/** Why an allocation is not taken. */
type AllocationRefusal =
  | "malformed"
  | "off-grid"
  | "closed-epoch"
  | "unknown-rig"
  | "not-the-owner"
  | "above-one";

export type AllocationAnswer =
  | { readonly accepted: true; readonly digest: Hex }
  | { readonly accepted: false; readonly code: AllocationRefusal; readonly why: string };

/** What it takes to judge an allocation that nobody has signed yet. */
interface Bench {
  readonly db: Ledger;
  readonly rules: RecordRules;
  /** Unix seconds. */
  readonly now: number;
}

/** What it takes to judge an allocation. */
export interface AllocationDesk extends Bench {
  readonly seal: Seal;
  /** Who signed a digest; undefined for what is no signature. */
  readonly signerOf: (digest: Hex, signature: Hex) => Hex | undefined;
}

/** Why an allocation cannot be taken. */
export type AllocationFault = { readonly code: AllocationRefusal; readonly why: string };

const UINT64 = 1n << 64n;
/** The last second of the year 9999: what a calendar can write. Unix seconds. */
export const LAST_INSTANT = 253_402_300_799n;
// A million of the strongest rigs that are believable: enough for any promise, and far from where sums overflow.
const MOST_PROMISED = BigInt(METRICS.hashrate.range[1]) * 1_000_000n;

function shapeFault(a: Allocation): string | undefined {
  if (a.numerator <= 0n) return "the fraction must be more than 0";
  if (a.numerator > a.denominator) return "the fraction must not be more than 1";
  if (a.denominator >= UINT64) return "the denominator is beyond 64 bits";
  if (a.fromTime < 0n || a.toTime > LAST_INSTANT) return "the range is out of the calendar";
  if (a.fromTime >= a.toTime) return "the range must end after it begins";
  if (a.tokenId < 0n || a.tokenId >= 1n << 256n) return "the token id is no uint256";
  if (a.promisedHashrate < 0n || a.promisedHashrate > MOST_PROMISED)
    return "the promised hashrate is beyond anything believable";
  if (a.device !== "" && !isDeviceId(a.device)) return "the device id has the wrong shape";
  if (!isAlgorithm(a.algorithm)) return "the algorithm has the wrong shape";
  return undefined;
}

/** Start of the oldest epoch that is not closed, or not yet due to be, at an instant. Unix seconds. */
function openEpochStart({ epochSeconds, graceSeconds }: RecordRules, now: number): number {
  return Math.floor((now - graceSeconds) / epochSeconds) * epochSeconds;
}

function timeFault(a: Allocation, { db, rules, now }: Bench): AllocationFault | undefined {
  const length = BigInt(rules.windowSeconds);
  if (a.fromTime % length !== 0n || a.toTime % length !== 0n) {
    return {
      code: "off-grid",
      why: `the range must begin and end on a multiple of ${length} s (UTC)`,
    };
  }
  const open = Math.max(openEpochStart(rules, now), Number(lastEpoch(db)?.end ?? 0));
  if (a.fromTime >= BigInt(open)) return undefined;
  const since = new Date(open * 1000).toISOString();
  return {
    code: "closed-epoch",
    why: `epochs before ${since} are closed and are never rewritten: the range must not begin earlier`,
  };
}

function ownerFault({ db }: Bench, { rig, owner }: Allocation): AllocationFault | undefined {
  const row = rowOf(db, rig);
  if (row === undefined) return { code: "unknown-rig", why: `there is no rig ${rig}` };
  if (owner === row.owner) return undefined;
  return {
    code: "not-the-owner",
    why: `the rig's owner is ${row.owner}; this is in the name of ${owner}`,
  };
}

function signatureFault(
  { signerOf }: AllocationDesk,
  digest: Hex,
  { message: { owner }, signature }: Signed<Allocation>,
): AllocationFault | undefined {
  const signer = signerOf(digest, signature);
  if (signer === owner) return undefined;
  return {
    code: "not-the-owner",
    why: `the rig's owner ${owner} must sign it; ${signer ?? "nobody"} did`,
  };
}

const rowOf = (db: Ledger, rig: Hex): { readonly owner: Hex } | undefined =>
  db.prepare<[Hex], { owner: Hex }>("SELECT owner FROM rigs WHERE rig = ?").get(rig);

function roomFault(desk: Bench, wanted: Allocation): AllocationFault | undefined {
  const present = rigAllocations(desk.db, wanted.rig, wanted.fromTime);
  const own = present.filter((a) => tokenKey(a) === tokenKey(wanted));
  // A token's stake is one fraction: it must stay one that a record can hold.
  if (commonDenominator([...own, wanted]) >= UINT64) {
    return {
      code: "malformed",
      why: "the token's fractions of this rig have no common denominator",
    };
  }
  const shortage = shortageOf(wanted, present);
  return shortage && { code: "above-one", why: shortageText(wanted, shortage) };
}

/** Why an allocation cannot be taken whoever signs it; undefined where nothing is against it now. Throws only where the ledger fails. */
export function allocationFault(bench: Bench, allocation: Allocation): AllocationFault | undefined {
  const shape = shapeFault(allocation);
  if (shape !== undefined) return { code: "malformed", why: shape };
  return (
    ownerFault(bench, allocation) ?? timeFault(allocation, bench) ?? roomFault(bench, allocation)
  );
}

/**
 * Takes an allocation that the rig's owner signed, or says why not. The same one again is accepted again.
 * Section 8 of docs/attestation.md. Throws only where the ledger fails.
 */
export function addAllocation(desk: AllocationDesk, signed: Signed<Allocation>): AllocationAnswer {
  const allocation = signed.message;
  const shape = shapeFault(allocation);
  if (shape !== undefined) return { accepted: false, code: "malformed", why: shape };
  const digest = messageDigest(desk.seal, "Allocation", allocation);
  const take = desk.db.transaction((): AllocationAnswer => {
    const stranger = ownerFault(desk, allocation) ?? signatureFault(desk, digest, signed);
    if (stranger !== undefined) return { accepted: false, ...stranger };
    if (readAllocation(desk.db, digest) !== undefined) return { accepted: true, digest };
    const fault = allocationFault(desk, allocation);
    if (fault !== undefined) return { accepted: false, ...fault };
    insertAllocation(desk.db, digest, signed, desk.now);
    return { accepted: true, digest };
  });
  return take.immediate();
}
