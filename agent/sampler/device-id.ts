import { fromHex, type Hex } from "../../proto/hex.ts";
import { keccak } from "../../proto/keccak.ts";
import type { DeviceKind } from "../core/device.ts";
import type { Identity } from "../core/reading.ts";

/** A fact that tells one device from every other, and which fact it is. */
export interface Token {
  readonly kind: "serial" | "uuid" | "mac" | "machine" | "place";
  readonly value: string;
}

// One GPU is "GPU-8F…" to the driver, "8f…" to a miner program; one MAC has colons here and dashes there.
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^gpu-/, "")
    .replaceAll(/[^0-9a-z]/g, "");
/** What firmware writes where it has no serial: words, such as `no miner id now`, and one digit over and over. */
const NOT_AN_IDENTITY = /^(\D*|(.)\2*|no[a-z].*|default.*|tobefilled.*|123456789.*)$/;
/**
 * Addresses that are no device's own: of groups (lowest bit of the first byte), one byte over and over, without a number
 * behind the maker's, the one in Xilinx' examples, and those that Docker makes from a container's private IPv4 address.
 */
const NOT_A_MAC =
  /^(.[13579bdf].*|(..)\2*|.{6}000000|000a350000..|0242(0a|ac1|c0a8).*|123456789.*)$/;

function isIdentity({ kind, value }: Token): boolean {
  if (kind === "mac") return /^[0-9a-f]{12}$/.test(value) && !NOT_A_MAC.test(value);
  return !NOT_AN_IDENTITY.test(value);
}

/** Facts of an identity that tell devices apart, best first. Blank and factory-default ones do not. */
export function tokensOf(identity: Identity): Token[] {
  return (["serial", "uuid", "mac"] as const)
    .map((kind) => ({ kind, value: plain(identity[kind] ?? "") }))
    .filter(isIdentity);
}

/** A device's id: its kind and 32 hex digits of keccak256(salt ‖ token). No serial number can be read from it. */
export function deviceIdOf(kind: DeviceKind, salt: Hex, token: Token): string {
  return `${kind}:${keccak(Buffer.concat([fromHex(salt), Buffer.from(token.value, "utf8")])).slice(2, 34)}`;
}
