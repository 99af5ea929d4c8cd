import { BinaryReader } from "@bufbuild/protobuf/wire";

const ATTESTATION_IN_SIGNED = 1;
const LENGTH_DELIMITED = 2;
const DEVICES_IN_ATTESTATION = 13;

/**
 * How many device rows the bytes of a SignedAttestation hold, read without making an object of any: a row may be two
 * bytes long, so a message of 1 MiB may hold half a million. Stops counting above `most`. Throws where the bytes are no
 * protobuf.
 */
export function countDeviceRows(bytes: Uint8Array, most: number): number {
  const reader = new BinaryReader(bytes);
  let rows = 0;
  while (reader.pos < reader.len) {
    const [field, kind] = reader.tag();
    if (field !== ATTESTATION_IN_SIGNED || kind !== LENGTH_DELIMITED) {
      reader.skip(kind, field);
      continue;
    }
    // The attestation may come in several pieces, which a reader joins: what counts is their sum.
    const end = reader.uint32() + reader.pos;
    while (reader.pos < Math.min(end, reader.len) && rows <= most) {
      const [inner, innerKind] = reader.tag();
      if (inner === DEVICES_IN_ATTESTATION) rows += 1;
      reader.skip(innerKind, inner);
    }
    if (rows > most) return rows;
  }
  return rows;
}
