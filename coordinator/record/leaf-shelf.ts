const LEAF_BYTES = 32;

/** Leaf hashes side by side: an epoch has millions of them, and an object for each would take seven times the room. */
export interface LeafShelf {
  put(leaf: Uint8Array): void;
  /** Each leaf in the order in which it was put; views that hold until the next `put`. */
  all(): Uint8Array[];
}

/** An empty shelf. */
export function createLeafShelf(): LeafShelf {
  let room = Buffer.alloc(LEAF_BYTES * 16);
  let used = 0;
  return {
    put(leaf) {
      if (used === room.length) room = Buffer.concat([room, Buffer.alloc(room.length)]);
      room.set(leaf, used);
      used += LEAF_BYTES;
    },
    all: () =>
      Array.from({ length: used / LEAF_BYTES }, (_, i) =>
        room.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES),
      ),
  };
}
