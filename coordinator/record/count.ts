import type { Hex } from "../../proto/hex.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import type { Allocation, PerformanceRecord } from "../../proto/messages.ts";
import { type Activity, createActivityBook } from "./activity.ts";
import { creditsOf } from "./credits.ts";
import { type Epoch, type Expectation, expectationsOf, type Memory } from "./expect.ts";
import { createStakes } from "./shares.ts";
import { createPace, type Steps } from "./steps.ts";
import { createTallies, type Tallies } from "./tallies.ts";
import { addCredit, gradeOf, type Tally } from "./tally.ts";
import type { Token } from "./token.ts";
import type { LedgerRow } from "./verdicts.ts";

/** What the ledger said before an epoch. */
export interface Before {
  /** Hashes of all epochs before, corrections included; 0n where there is none. */
  cumulativeHashes(token: Token, algorithm: string): bigint;
  /** What it remembers of a rig's devices. */
  memoryOf(rig: Hex): Memory;
}

/** Adds up one epoch, rig by rig. */
export interface Count {
  /**
   * Adds the rows of a rig that count, read as they are needed, under all of its allocations that reach these windows or
   * the epoch. Answers what its devices did on time. Throws, and has added nothing of the rig, where that cannot be done.
   */
  addRig(
    rig: Hex,
    counted: Iterable<LedgerRow>,
    allocations: readonly Allocation[],
  ): Steps<ReadonlyMap<string, Activity>>;
  /** The records, one at a time, by token and algorithm. */
  records(): Iterable<PerformanceRecord>;
}

/** Device rows that are credited before others get their turn. */
const ROWS_A_STEP = 400;

/** Starts a count. */
export function createCount(epoch: Epoch, before: Before): Count {
  const tallies = createTallies();
  return {
    *addRig(rig, counted, allocations) {
      const own = createTallies();
      const book = createActivityBook();
      const stakesOf = createStakes(allocations);
      const isStepFull = createPace(ROWS_A_STEP);
      for (const row of counted) {
        const { attestation, digest } = row;
        const late = attestation.windowStart < epoch.start;
        for (const credit of creditsOf(row, stakesOf)) {
          addCredit(own.of(credit.token, credit.row.algorithm), digest, credit, late);
        }
        if (!late) book.add(attestation);
        if (isStepFull(attestation.devices.length + 1)) yield;
      }
      const memory = before.memoryOf(rig);
      for (const expectation of yield* expectationsOf(allocations, book.devices, memory, epoch)) {
        addExpectation(expectation, own);
      }
      tallies.add(own);
      return book.devices;
    },
    *records() {
      for (const tally of tallies.sorted()) yield recordOf(tally, epoch, before);
    },
  };
}

function addExpectation({ token, windows, promisedHashes }: Expectation, tallies: Tallies): void {
  for (const [algorithm, expected] of windows) {
    tallies.of(token, algorithm).windowsExpected += expected;
  }
  for (const [algorithm, hashes] of promisedHashes) {
    tallies.of(token, algorithm).promisedHashes += hashes;
  }
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
