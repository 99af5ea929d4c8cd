import { createHmac } from "node:crypto";
import { fromHex, type Hex } from "../../proto/hex.ts";
import { keccak } from "../../proto/keccak.ts";
import type { Clock } from "../ports.ts";

/** The beacon of the minute that an instant (Unix seconds) lies in: keccak256 of an HMAC-SHA256 of the minute's number. */
export function beaconAt(secret: Uint8Array, seconds: number): Hex {
  const minute = Buffer.alloc(8);
  minute.writeBigUInt64BE(BigInt(Math.floor(seconds / 60)));
  return keccak(createHmac("sha256", secret).update(minute).digest());
}

/** The beacon of now. Nobody without the secret knows it before its minute. */
export function createBeacon(secret: Hex, clock: Clock): () => Hex {
  const bytes = fromHex(secret, 32);
  let known: { minute: number; beacon: Hex } | undefined;
  return () => {
    const seconds = clock();
    const minute = Math.floor(seconds / 60);
    if (known?.minute !== minute) known = { minute, beacon: beaconAt(bytes, seconds) };
    return known.beacon;
  };
}
