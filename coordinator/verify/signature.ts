import { fromHex, type Hex, isHex, toHex } from "../../proto/hex.ts";
import { keccakBytes } from "../../proto/keccak.ts";
import { CURVE, type Curve } from "./curve.ts";

/** Half the order of secp256k1: a greater s is the same signature written another way, and refused. */
const HALF_ORDER = fromHex("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/** The Ethereum address of an uncompressed public key of 65 bytes. */
function addressOf(publicKey: Uint8Array): Hex {
  return toHex(keccakBytes(publicKey.subarray(1)).subarray(12));
}

/**
 * The address whose key signed a digest; undefined for anything that is no signature of ours: not 65 bytes, v other
 * than 27 or 28, a high s, or a point that is not on the curve.
 */
export function signerOf(digest: Hex, signature: Hex, curve: Curve = CURVE): Hex | undefined {
  if (!isHex(signature, 65) || !isHex(digest, 32)) return undefined;
  const bytes = fromHex(signature);
  const v = bytes[64];
  if (v !== 27 && v !== 28) return undefined;
  if (Buffer.compare(bytes.subarray(32, 64), HALF_ORDER) > 0) return undefined;
  const key = curve.recover(bytes.subarray(0, 64), v - 27, fromHex(digest));
  return key === undefined ? undefined : addressOf(key);
}

/** Somebody who signs: the address, and 65 bytes of signature (r, s, v) over a digest. */
export interface Signer {
  readonly address: Hex;
  sign(digest: Hex): Hex;
}

/** A signer over 32 bytes of private key. Throws a RangeError when they are not a key. */
export function createSigner(key: Uint8Array, curve: Curve = CURVE): Signer {
  if (!curve.isKey(key)) throw new RangeError("not a private key");
  const held = Uint8Array.from(key);
  return {
    address: addressOf(curve.publicKey(held)),
    sign(digest) {
      const { signature, recovery } = curve.sign(fromHex(digest, 32), held);
      return toHex(Buffer.concat([signature, Uint8Array.of(27 + recovery)]));
    },
  };
}
