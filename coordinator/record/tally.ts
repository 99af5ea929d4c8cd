import { type DeviceRow, KNOWN } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import { leafOfCountedRow } from "../../proto/leaves.ts";
import type { Credit } from "./credits.ts";
import { createLeafShelf, type LeafShelf } from "./leaf-shelf.ts";
import type { Token } from "./token.ts";

/** What adds up in an epoch for one token and algorithm. */
export interface Tally {
  readonly token: Token;
  readonly algorithm: string;
  hashes: bigint;
  correction: bigint;
  promisedHashes: bigint;
  energyJoules: bigint;
  observedMilliseconds: bigint;
  windowsCounted: number;
  windowsExpected: number;
  readonly evidence: Evidence;
  readonly leaves: LeafShelf;
}

/** What speaks for the hashes of an epoch: the device's own share counters. */
export interface Evidence {
  /** False once a counted row did not say what its shares were. */
  complete: boolean;
  hashes: bigint;
  work: bigint;
  shares: bigint;
}

/** A tally of nothing. */
export function emptyTally(token: Token, algorithm: string): Tally {
  return {
    token,
    algorithm,
    hashes: 0n,
    correction: 0n,
    promisedHashes: 0n,
    energyJoules: 0n,
    observedMilliseconds: 0n,
    windowsCounted: 0,
    windowsExpected: 0,
    evidence: { complete: true, hashes: 0n, work: 0n, shares: 0n },
    leaves: createLeafShelf(),
  };
}

function addEvidence(evidence: Evidence, row: DeviceRow): void {
  const needed = KNOWN.work | KNOWN.accepted;
  if ((row.known & needed) !== needed) evidence.complete = false;
  evidence.hashes += row.hashes;
  evidence.work += row.shareWork;
  evidence.shares += row.sharesAccepted;
}

/** Adds a credit of an attestation to its tally. Of a late one only the hashes count, as a correction. */
export function addCredit(tally: Tally, digest: Hex, credit: Credit, late: boolean): void {
  const { row, rowHash, fraction, hashes, energyJoules } = credit;
  tally.leaves.put(leafOfCountedRow(digest, rowHash, fraction.numerator, fraction.denominator));
  if (late) {
    tally.correction += hashes;
    return;
  }
  tally.hashes += hashes;
  tally.energyJoules += energyJoules;
  if ((row.known & KNOWN.hashes) === 0) return;
  tally.windowsCounted += 1;
  tally.observedMilliseconds += BigInt(row.observedMilliseconds);
  addEvidence(tally.evidence, row);
}

const MAX_UINT32 = 0xffff_ffff;

/** Whether two tallies have room in one record. */
export function hasRoomFor(tally: Tally, more: Tally): boolean {
  return (
    tally.windowsExpected + more.windowsExpected <= MAX_UINT32 &&
    tally.windowsCounted + more.windowsCounted <= MAX_UINT32
  );
}

/** Adds a tally to another one of the same token and algorithm. */
export function addTally(tally: Tally, more: Tally): void {
  tally.hashes += more.hashes;
  tally.correction += more.correction;
  tally.promisedHashes += more.promisedHashes;
  tally.energyJoules += more.energyJoules;
  tally.observedMilliseconds += more.observedMilliseconds;
  tally.windowsCounted += more.windowsCounted;
  tally.windowsExpected += more.windowsExpected;
  tally.evidence.complete &&= more.evidence.complete;
  tally.evidence.hashes += more.evidence.hashes;
  tally.evidence.work += more.evidence.work;
  tally.evidence.shares += more.evidence.shares;
  tally.leaves.putAll(more.leaves);
}

/** What each grade means, for people. */
export const GRADES: readonly string[] = [
  "asserted by the rig",
  "consistent with the device's own share counters",
  "agrees with the pool's own figures",
];

// Below this number of shares the permitted deviation, 4 / √shares, is the whole: the comparison could not fail.
const FEWEST_SHARES = 16n;

/**
 * 1 where the work of the accepted shares is known for every counted row and agrees with the hashes within 12 % or four
 * standard errors of that many shares, whichever is more; else 0. In integers.
 */
export function gradeOf({ complete, hashes, work, shares }: Evidence): number {
  if (!complete || shares <= FEWEST_SHARES || hashes === 0n) return 0;
  const off = work > hashes ? work - hashes : hashes - work;
  const agrees = off * 100n <= hashes * 12n || off * off * shares <= 16n * hashes * hashes;
  return agrees ? 1 : 0;
}
