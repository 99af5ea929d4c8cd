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
/** What firmware writes where it has no serial. */
const NOT_AN_IDENTITY = /^(0*|f*|none|unknown|na|null|default.*|tobefilled.*|123456789.*|x+)$/;

/** Facts of an identity that tell devices apart, best first. Blank and factory-default ones do not. */
export function tokensOf(identity: Identity): Token[] {
  return (["serial", "uuid", "mac"] as const).flatMap((kind) => {
    const value = plain(identity[kind] ?? "");
    return NOT_AN_IDENTITY.test(value) ? [] : [{ kind, value }];
  });
}

/** A device's id: its kind and 32 hex digits of keccak256(salt ‖ token). No serial number can be read from it. */
export function deviceIdOf(kind: DeviceKind, salt: Hex, token: Token): string {
  return `${kind}:${keccak(Buffer.concat([fromHex(salt), Buffer.from(token.value, "utf8")])).slice(2, 34)}`;
}
