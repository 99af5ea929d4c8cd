import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import fc from "fast-check";
import t from "tap";
import { toHex, ZERO_32 } from "../../../proto/hex.ts";
import { leafOfRecord, leafOfSample } from "../../../proto/leaves.ts";
import { compileLeaf, MerkleTree, rootOfProof } from "../../../proto/merkle.ts";
import { MESSAGE_TYPES, type PerformanceRecord } from "../../../proto/messages.ts";
import { Random } from "../../support/random.ts";

t.test("root and proofs equal those of OpenZeppelin's StandardMerkleTree", async (t) => {
  const types = ["string", "uint64", "bytes32", "bytes32"];
  const leaf = compileLeaf(types);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (size, seed) => {
      const random = new Random(seed);
      const values = Array.from({ length: size }, (_, i) => [
        "é".repeat(random.below(40)) + i,
        random.bits(64),
        random.hex(32),
        random.hex(32),
      ]);
      const theirs = StandardMerkleTree.of(values, types);
      const leaves = values.map(leaf);
      const ours = new MerkleTree(leaves);
      if (ours.root !== theirs.root) return false;
      return values.every((value, i) => {
        const proof = ours.proof(leaves[i] as Uint8Array);
        return (
          JSON.stringify(proof) === JSON.stringify(theirs.getProof(value)) &&
          rootOfProof(leaves[i] as Uint8Array, proof ?? []) === theirs.root
        );
      });
    }),
    { numRuns: 100 },
  );
  t.pass("100 trees are equal");
});

t.test("a tree of no leaves has the zero root and proves nothing", async (t) => {
  const tree = new MerkleTree([]);
  t.equal(tree.root, ZERO_32);
  t.equal(tree.proof(new Uint8Array(32)), undefined);
});

t.test("a changed leaf does not lead to the root", async (t) => {
  const leaves = [1, 2, 3].map((n) => leafOfSample(`gpu:${n}`, n, ZERO_32, ZERO_32));
  const tree = new MerkleTree(leaves);
  const proof = tree.proof(leaves[1] as Uint8Array) ?? [];
  t.equal(rootOfProof(leaves[1] as Uint8Array, proof), tree.root);
  t.not(rootOfProof(leafOfSample("gpu:2", 3, ZERO_32, ZERO_32), proof), tree.root);
});

t.test(
  "a record's leaf is the standard leaf over its fields, negative corrections included",
  async (t) => {
    const random = new Random(4);
    const record: PerformanceRecord = {
      epochStart: 60n,
      epochEnd: 120n,
      collection: random.hex(20),
      tokenId: random.bits(256),
      algorithm: "sha256d",
      hashes: random.bits(200),
      correction: -12345n,
      promisedHashes: random.bits(100),
      observedSeconds: 60n,
      expectedSeconds: 60n,
      energyJoules: 5n,
      grade: 1,
      windowsCounted: 6,
      windowsExpected: 6,
      windowsRoot: random.hex(32),
      cumulativeHashes: random.bits(220),
    };
    const types = MESSAGE_TYPES.Record.map(([type]) => type as string);
    const values = MESSAGE_TYPES.Record.map(([, name]) => record[name]);
    t.equal(toHex(leafOfRecord(record)), StandardMerkleTree.of([values], types).root);
  },
);
