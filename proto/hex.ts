/** Bytes as lower-case hexadecimal with a leading 0x: how addresses, digests and roots are written everywhere of ours. */
export type Hex = `0x${string}`;

/** 20 zero bytes. */
export const ZERO_ADDRESS: Hex = `0x${"0".repeat(40)}`;
/** 32 zero bytes: "none" for digests, roots and beacons. */
export const ZERO_32: Hex = `0x${"0".repeat(64)}`;

/** Writes bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** Reads hex; throws a RangeError unless it holds exactly `length` bytes (any length when left out). */
export function fromHex(hex: string, length?: number): Uint8Array {
  const bytes = Buffer.from(hex.startsWith("0x") ? hex.slice(2) : hex, "hex");
  if (bytes.length * 2 + 2 !== hex.length || (length !== undefined && bytes.length !== length)) {
    throw new RangeError(
      `expected ${length ?? "whole"} bytes of 0x hex, got ${JSON.stringify(hex.slice(0, 80))}`,
    );
  }
  return bytes;
}

/** True for lower-case 0x hex of exactly `length` bytes. */
export function isHex(text: unknown, length: number): text is Hex {
  return typeof text === "string" && text.length === 2 + 2 * length && /^0x[0-9a-f]*$/.test(text);
}

/** Lower-cases an address written in any case (EIP-55 checksums are not checked here). Throws a RangeError on anything else. */
export function asAddress(text: string): Hex {
  const address = text.toLowerCase();
  if (!isHex(address, 20)) throw new RangeError(`not an address: ${JSON.stringify(text)}`);
  return address;
}

/** A uint256 as big-endian bytes without leading zeros, as it travels in protobuf; 0n is no bytes. */
export function toBigEndian(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0);
  const text = value.toString(16);
  return Buffer.from(text.length % 2 === 0 ? text : `0${text}`, "hex");
}

/** The inverse of `toBigEndian`. Throws a RangeError beyond 32 bytes or on a leading zero byte. */
export function fromBigEndian(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length > 32 || bytes[0] === 0) throw new RangeError("not a minimal uint256");
  return BigInt(toHex(bytes));
}
