const LEAF_BYTES = 32;

/** Leaf hashes side by side: an epoch has millions of them, and an object for each would take seven times the room. */
export interface LeafShelf {
  put(leaf: Uint8Array): void;
  /** Puts all of another shelf's. */
  putAll(other: LeafShelf): void;
  /** Each leaf in the order in which it was put; views that hold until the next `put`. */
  all(): Uint8Array[];
  /** The same as one piece. */
  bytes(): Uint8Array;
}

/** An empty shelf. */
export function createLeafShelf(): LeafShelf {
  let room = Buffer.alloc(LEAF_BYTES * 16);
  let used = 0;
  const put = (bytes: Uint8Array): void => {
    const needed = used + bytes.length;
    if (needed > room.length) {
      const more = Buffer.alloc(Math.max(needed, room.length * 2));
      more.set(room.subarray(0, used));
      room = more;
    }
    room.set(bytes, used);
    used = needed;
  };
  return {
    put,
    putAll: (other) => put(other.bytes()),
    all: () =>
      Array.from({ length: used / LEAF_BYTES }, (_, i) =>
        room.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES),
      ),
    bytes: () => room.subarray(0, used),
  };
}
