import canonicalize from "canonicalize";
import type { Hex } from "../../proto/hex.ts";
import { keccak } from "../../proto/keccak.ts";
import { leafOfSample } from "../../proto/leaves.ts";
import type { Sample } from "../core/sample.ts";

/**
 * The leaf of a sample under its window's samples root: readings in canonical JSON (RFC 8785), and the hash of the
 * replies that they were read from, zero where these are not kept. Section 3 of docs/attestation.md.
 */
export function leafOf({ deviceId, atMs, readings }: Sample, rawReply: Hex): Uint8Array {
  return leafOfSample(deviceId, atMs, keccak(canonicalize(readings) ?? "[]"), rawReply);
}
