import { fromHex, type Hex } from "../../proto/hex.ts";
import { MerkleTree } from "../../proto/merkle.ts";
import type { Ledger } from "../ledger/open.ts";
import { type KeptRecord, leavesOf } from "./record-rows.ts";

/** Where a record stands under its epoch's root. */
interface Proof {
  readonly root: Hex;
  readonly proof: readonly Hex[];
}

/** Proves records. */
export interface Proofs {
  /** Throws a RangeError for a record that is not in the ledger. */
  proofOf(record: KeptRecord): Proof;
}

const KEPT_TREES = 4;

/** Proofs over a ledger. Closed epochs do not change, so the last few trees are kept. */
export function createProofs(db: Ledger): Proofs {
  const trees = new Map<bigint, MerkleTree>();
  const treeOf = (epochStart: bigint): MerkleTree => {
    const tree =
      trees.get(epochStart) ??
      new MerkleTree(leavesOf(db, epochStart).map((leaf) => fromHex(leaf, 32)));
    trees.delete(epochStart);
    trees.set(epochStart, tree);
    for (const oldest of trees.keys()) {
      if (trees.size <= KEPT_TREES) break;
      trees.delete(oldest);
    }
    return tree;
  };
  return {
    proofOf(record) {
      const tree = treeOf(record.epochStart);
      const proof = tree.proof(fromHex(record.leaf, 32));
      if (proof === undefined) throw new RangeError("the record is in no closed epoch");
      return { root: tree.root, proof };
    },
  };
}
