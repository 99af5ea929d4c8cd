import type { Hex } from "./hex.ts";
import { compileLeaf } from "./merkle.ts";
import { MESSAGE_TYPES, type PerformanceRecord } from "./messages.ts";

const sampleLeaf = compileLeaf(["string", "uint64", "bytes32", "bytes32"]);

/** One ask under `samplesRoot`: the device, when (Unix ms), keccak256 of its readings in canonical JSON, and of the raw reply (zero if not kept). */
export function leafOfSample(
  deviceId: string,
  atMs: number,
  readings: Hex,
  rawReply: Hex,
): Uint8Array {
  return sampleLeaf([deviceId, atMs, readings, rawReply]);
}

const rowLeaf = compileLeaf(["bytes32", "bytes32", "uint256", "uint256"]);

/** One counted row under a record's `windowsRoot`: attestation digest, `hashDeviceRow` as hex, and the token's fraction. */
export function leafOfCountedRow(
  digest: Hex,
  rowHash: Hex,
  numerator: bigint,
  denominator: bigint,
): Uint8Array {
  return rowLeaf([digest, rowHash, numerator, denominator]);
}

const recordLeaf = compileLeaf(MESSAGE_TYPES.Record.map(([type]) => type));

/** One record under an epoch's root: its fields in signing order, as a standard leaf. */
export function leafOfRecord(record: PerformanceRecord): Uint8Array {
  return recordLeaf(MESSAGE_TYPES.Record.map(([, name]) => record[name]));
}
