import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import type { Allocation } from "../../proto/messages.ts";
import { type PlainAttestation, type PlainRow, saysKnown } from "./bundle-shape.ts";
import type { KnownMachine } from "./served-replies.ts";
import { ROW_LEAF, rowHashByEthers } from "./typed-by-ethers.ts";

/** An allocation as the test made it. */
export type Given = Omit<Allocation, "owner" | "rig" | "collection">;

/** What a record is worked out from: nothing of it comes from the code that closes epochs. */
export interface RecordGround {
  readonly epochStart: bigint;
  readonly epochEnd: bigint;
  readonly windowSeconds: bigint;
  readonly collection: string;
  readonly machines: readonly KnownMachine[];
  /** Every allocation of the rig. */
  readonly allocations: readonly Given[];
  /** The rig's attestations whose windows lie in the epoch. */
  readonly attestations: readonly PlainAttestation[];
}

interface Counted {
  readonly digest: string;
  readonly row: PlainRow;
  readonly hashes: bigint;
  readonly energy: bigint;
  readonly part: Given;
}

const reaches = (a: Given, device: string, algorithm: string, start: bigint, end: bigint) =>
  (a.device === "" || a.device === device) &&
  (a.algorithm === "" || a.algorithm === algorithm) &&
  a.fromTime <= start &&
  end <= a.toTime;

/** Floored; where the parts are the whole, the lowest token id has the remainder. */
function owedOf(amount: bigint, parts: readonly Given[], tokenId: bigint): bigint {
  const floored = parts.map((a) => (amount * a.numerator) / a.denominator);
  const common = parts.reduce((product, { denominator }) => product * denominator, 1n);
  const sum = parts.reduce((total, a) => total + (a.numerator * common) / a.denominator, 0n);
  const own = floored[parts.findIndex((a) => a.tokenId === tokenId)] ?? 0n;
  const lowest = parts.every((a) => tokenId <= a.tokenId);
  return sum === common && lowest ? own + amount - floored.reduce((a, b) => a + b, 0n) : own;
}

function countedRows(ground: RecordGround, tokenId: bigint, algorithm: string): Counted[] {
  return ground.attestations.flatMap(({ digest, statement }) => {
    const [start, end] = [BigInt(statement.windowStart), BigInt(statement.windowEnd)];
    return statement.devices
      .filter((row) => row.algorithm === algorithm)
      .flatMap((row) => {
        const parts = ground.allocations.filter((a) => reaches(a, row.id, algorithm, start, end));
        const part = parts.find((a) => a.tokenId === tokenId);
        if (part === undefined) return [];
        return [
          {
            ...{ digest, row, part },
            hashes: owedOf(BigInt(row.hashes), parts, tokenId),
            energy: owedOf(BigInt(row.energyJoules), parts, tokenId),
          },
        ];
      });
  });
}

/** 1 where the work of more than 16 shares is known throughout and is within 12 % or 4 standard errors of the hashes. */
function gradeOf(rows: readonly PlainRow[]): number {
  if (!rows.every((row) => saysKnown(row, 3) && saysKnown(row, 5))) return 0;
  const sum = (field: "hashes" | "shareWork" | "sharesAccepted"): number =>
    rows.reduce((total, row) => total + Number(row[field]), 0);
  const [hashes, work, shares] = [sum("hashes"), sum("shareWork"), sum("sharesAccepted")];
  const most = Math.max(0.12, 4 / Math.sqrt(shares));
  return shares > 16 && hashes > 0 && Math.abs(work - hashes) <= most * hashes ? 1 : 0;
}

const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

/** A token's record of an epoch and algorithm, every field worked out; `cumulative` is that of all epochs before. */
export function expectedRecord(
  ground: RecordGround,
  tokenId: bigint,
  algorithm: string,
  cumulative: bigint,
): Record<string, string> {
  const { epochStart, epochEnd, windowSeconds, collection, machines, allocations } = ground;
  const counted = countedRows(ground, tokenId, algorithm);
  const known = counted.filter(({ row }) => saysKnown(row, 0));
  const own = allocations.find((a) => a.tokenId === tokenId);
  if (own === undefined) throw new Error(`token ${tokenId} has nothing`);
  const from = own.fromTime > epochStart ? own.fromTime : epochStart;
  const seconds = (own.toTime < epochEnd ? own.toTime : epochEnd) - from;
  // A named algorithm is expected of each device; without a name each is expected under what it mines.
  const mine = machines.filter(
    ({ id, algorithm: mined }) =>
      (own.device === "" || own.device === id) && (own.algorithm || mined) === algorithm,
  );
  const windows = BigInt(mine.length) * (seconds / windowSeconds);
  const hashes = total(counted.map((one) => one.hashes));
  const leaves = counted.map(({ digest, row, part: { numerator, denominator } }) => [
    ...[digest, rowHashByEthers(row), numerator, denominator],
  ]);
  const values = {
    ...{ epochStart, epochEnd, collection, tokenId, algorithm, hashes },
    correction: 0n,
    promisedHashes: own.promisedHashrate * seconds,
    observedSeconds: total(known.map(({ row }) => BigInt(row.observedMilliseconds))) / 1000n,
    expectedSeconds: windows * windowSeconds,
    energyJoules: total(counted.map(({ energy }) => energy)),
    grade: gradeOf(known.map(({ row }) => row)),
    windowsCounted: known.length,
    windowsExpected: windows,
    windowsRoot: StandardMerkleTree.of(leaves, ROW_LEAF).root,
    cumulativeHashes: cumulative + hashes,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}
