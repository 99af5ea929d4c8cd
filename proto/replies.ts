/** Verbatim replies of a device, by the name of the ask that each answers. */
export type Replies = Readonly<Record<string, Uint8Array>>;

/**
 * Replies as one run of bytes, the bytes that a leaf's `rawReply` is the keccak256 of: for each ask in order of its name
 * (UTF-8), the name and the reply, each after its length in four bytes, big end first. Section 3 of docs/attestation.md.
 */
export function packReplies(replies: Replies): Uint8Array {
  const parts = Object.entries(replies)
    .map(([ask, reply]) => [Buffer.from(ask, "utf8"), reply] as const)
    .sort(([a], [b]) => Buffer.compare(a, b))
    .flatMap(([ask, reply]) => [lengthOf(ask), ask, lengthOf(reply), reply]);
  return Buffer.concat(parts);
}

function lengthOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}

/** What `packReplies` packed; undefined where the bytes are not such a run. */
export function unpackReplies(packed: Uint8Array): Replies | undefined {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const found: [string, Uint8Array][] = [];
  let at = 0;
  const next = (): Buffer | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    const part = bytes.subarray(at + 4, end);
    at = end;
    return part;
  };
  while (at < bytes.length) {
    const [ask, reply] = [next(), next()];
    if (ask === undefined || reply === undefined) return undefined;
    found.push([ask.toString("utf8"), reply]);
  }
  return Object.fromEntries(found);
}
