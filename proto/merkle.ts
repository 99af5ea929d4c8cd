import { fromHex, type Hex, toHex, ZERO_32 } from "./hex.ts";
import { keccakBytes } from "./keccak.ts";
import { atomicWriter } from "./typed-data.ts";

/**
 * Compiles the standard leaf of OpenZeppelin's merkle-tree for a tuple of types:
 * keccak256(keccak256(abi.encode(values))), as a Solidity `MerkleProof` expects it. Atomic types and `string`.
 */
export function compileLeaf(types: readonly string[]): (values: readonly unknown[]) => Uint8Array {
  const writers = types.map((type) => (type === "string" ? undefined : atomicWriter(type)));
  const writeOffset = atomicWriter("uint64");
  return (values) => {
    const tails = values.map((value, i) =>
      writers[i] === undefined ? Buffer.from(String(value), "utf8") : undefined,
    );
    const size = tails.reduce(
      (sum, tail) => sum + (tail ? 32 + Math.ceil(tail.length / 32) * 32 : 0),
      types.length * 32,
    );
    const out = Buffer.alloc(size);
    let tailAt = types.length * 32;
    writers.forEach((write, i) => {
      const tail = tails[i];
      if (write !== undefined) write(values[i], out, i * 32);
      else if (tail !== undefined) {
        writeOffset(tailAt, out, i * 32);
        writeOffset(tail.length, out, tailAt);
        out.set(tail, tailAt + 32);
        tailAt += 32 + Math.ceil(tail.length / 32) * 32;
      }
    });
    return keccakBytes(keccakBytes(out));
  };
}

const pair = Buffer.alloc(64);
function nodeOf(a: Uint8Array, b: Uint8Array): Uint8Array {
  const ordered = Buffer.compare(a, b) <= 0;
  pair.set(ordered ? a : b, 0);
  pair.set(ordered ? b : a, 32);
  return keccakBytes(pair);
}

/** A Merkle tree laid out as OpenZeppelin's StandardMerkleTree: leaves sorted by hash, pairs hashed in order. */
export class MerkleTree {
  readonly #nodes: Uint8Array[];
  readonly #places: Map<Hex, number>;

  /** Builds over leaf hashes of 32 bytes in any order. No leaves give the zero root. */
  constructor(leaves: readonly Uint8Array[]) {
    const sorted = [...leaves].sort(Buffer.compare);
    const size = Math.max(0, 2 * sorted.length - 1);
    this.#nodes = new Array<Uint8Array>(size);
    this.#places = new Map();
    sorted.forEach((leaf, i) => {
      this.#nodes[size - 1 - i] = leaf;
      this.#places.set(toHex(leaf), size - 1 - i);
    });
    for (let i = size - 1 - sorted.length; i >= 0; i -= 1) {
      this.#nodes[i] = nodeOf(this.#at(2 * i + 1), this.#at(2 * i + 2));
    }
  }

  #at(i: number): Uint8Array {
    return this.#nodes[i] as Uint8Array;
  }

  get root(): Hex {
    return this.#nodes.length === 0 ? ZERO_32 : toHex(this.#at(0));
  }

  /** Siblings from a leaf up to the root; undefined for a leaf that is not in the tree. */
  proof(leaf: Uint8Array): Hex[] | undefined {
    let i = this.#places.get(toHex(leaf));
    if (i === undefined) return undefined;
    const siblings: Hex[] = [];
    while (i > 0) {
      siblings.push(toHex(this.#at(i % 2 === 0 ? i - 1 : i + 1)));
      i = Math.floor((i - 1) / 2);
    }
    return siblings;
  }
}

/** The root that a leaf and its proof lead to. Throws a RangeError on a sibling that is not 32 bytes. */
export function rootOfProof(leaf: Uint8Array, proof: readonly Hex[]): Hex {
  return toHex(proof.reduce((node, sibling) => nodeOf(node, fromHex(sibling, 32)), leaf));
}
