import type { Hex } from "../../proto/hex.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import type { Allocation, PerformanceRecord } from "../../proto/messages.ts";
import { creditsOf } from "./credits.ts";
import { type Epoch, type Expectation, expectationsOf, type Memory } from "./expect.ts";
import { createStakes } from "./shares.ts";
import { addCredit, emptyTally, gradeOf, type Tally } from "./tally.ts";
import { compareTokens, type Token, tokenKey } from "./token.ts";
import type { Judgement } from "./verdicts.ts";

/** What the ledger said before an epoch. */
export interface Before {
  /** Hashes of all epochs before, corrections included; 0n where there is none. */
  cumulativeHashes(token: Token, algorithm: string): bigint;
  /** What it remembers of a rig's devices. */
  memoryOf(rig: Hex): Memory;
}

/** Adds up one epoch, rig by rig. */
export interface Count {
  /** Adds what was judged of a rig, under all of its allocations that reach these windows or the epoch. */
  addRig(rig: Hex, judgements: readonly Judgement[], allocations: readonly Allocation[]): void;
  /** The records, one at a time, by token and algorithm. */
  records(): Iterable<PerformanceRecord>;
}

/** Starts a count. */
export function createCount(epoch: Epoch, before: Before): Count {
  const tallies = new Map<string, Tally>();

  const tallyOf = (token: Token, algorithm: string): Tally => {
    const key = `${tokenKey(token)}:${algorithm}`;
    const tally = tallies.get(key) ?? emptyTally(token, algorithm);
    tallies.set(key, tally);
    return tally;
  };

  return {
    addRig(rig, judgements, allocations) {
      const counted = judgements.filter((judgement) => judgement.counted);
      const isLate = ({ row }: Judgement): boolean => row.attestation.windowStart < epoch.start;
      const stakesOf = createStakes(allocations);
      for (const judgement of counted) {
        for (const credit of creditsOf(judgement.row, stakesOf)) {
          const tally = tallyOf(credit.token, credit.row.algorithm);
          addCredit(tally, judgement.row.digest, credit, isLate(judgement));
        }
      }
      const onTime = counted.filter((judgement) => !isLate(judgement)).map(({ row }) => row);
      const memory = before.memoryOf(rig);
      for (const expectation of expectationsOf(allocations, onTime, memory, epoch)) {
        addExpectation(expectation, tallyOf);
      }
    },
    *records() {
      for (const tally of [...tallies.values()].sort(byToken)) yield recordOf(tally, epoch, before);
    },
  };
}

function addExpectation(
  { token, windows, promisedHashes }: Expectation,
  tallyOf: (token: Token, algorithm: string) => Tally,
): void {
  for (const [algorithm, expected] of windows)
    tallyOf(token, algorithm).windowsExpected += expected;
  for (const [algorithm, hashes] of promisedHashes) {
    tallyOf(token, algorithm).promisedHashes += hashes;
  }
}

function byToken(a: Tally, b: Tally): number {
  return compareTokens(a.token, b.token) || (a.algorithm < b.algorithm ? -1 : 1);
}

function recordOf(tally: Tally, epoch: Epoch, before: Before): PerformanceRecord {
  const { token, algorithm, hashes, correction } = tally;
  return {
    epochStart: epoch.start,
    epochEnd: epoch.end,
    collection: token.collection,
    tokenId: token.tokenId,
    algorithm,
    hashes,
    correction,
    promisedHashes: tally.promisedHashes,
    observedSeconds: tally.observedMilliseconds / 1000n,
    expectedSeconds: BigInt(tally.windowsExpected) * BigInt(epoch.windowSeconds),
    energyJoules: tally.energyJoules,
    grade: gradeOf(tally.evidence),
    windowsCounted: tally.windowsCounted,
    windowsExpected: tally.windowsExpected,
    windowsRoot: new MerkleTree(tally.leaves.all()).root,
    cumulativeHashes: before.cumulativeHashes(token, algorithm) + hashes + correction,
  };
}
