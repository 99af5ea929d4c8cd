import { secp256k1 } from "@noble/curves/secp256k1.js";
import { fromHex, type Hex, isHex, toHex } from "../../proto/hex.ts";
import { keccakBytes } from "../../proto/keccak.ts";

/** Signs digests with one key. The key's bytes stay inside. */
export interface Signer {
  readonly address: Hex;
  /** 65 bytes r‖s‖v of a 32-byte digest: deterministic (RFC 6979), low s, v 27 or 28. */
  sign(digest: Hex): Hex;
}

/** A signer for 32 bytes of private key, or undefined when they are no key of the curve. Copies the bytes. */
export function signerFor(privateKey: Uint8Array): Signer | undefined {
  if (!secp256k1.utils.isValidSecretKey(privateKey)) return undefined;
  const key = Uint8Array.from(privateKey);
  const address = addressOf(secp256k1.getPublicKey(key, false));
  return {
    address,
    sign: (digest) => {
      const signature = secp256k1.sign(fromHex(digest, 32), key, {
        prehash: false,
        lowS: true,
        format: "recovered",
      });
      // noble puts the recovery id first, Ethereum puts it last and counts it from 27.
      const out = new Uint8Array(65);
      out.set(signature.subarray(1), 0);
      out[64] = 27 + (signature[0] as number);
      return toHex(out);
    },
  };
}

/**
 * Address of the key that made a signature over a digest; undefined when it is none: wrong length, v other than 27 or 28,
 * s in the upper half (whose twin would be a second signature of the same words), or no point of the curve.
 */
export function recoverSigner(digest: Hex, signature: Hex): Hex | undefined {
  if (!isHex(digest, 32) || !isHex(signature, 65)) return undefined;
  const bytes = fromHex(signature, 65);
  const recovery = (bytes[64] as number) - 27;
  if (recovery !== 0 && recovery !== 1) return undefined;
  try {
    const parsed = secp256k1.Signature.fromBytes(bytes.subarray(0, 64), "compact").addRecoveryBit(
      recovery,
    );
    if (parsed.hasHighS()) return undefined;
    return addressOf(parsed.recoverPublicKey(fromHex(digest, 32)).toBytes(false));
  } catch (error) {
    // noble throws plain errors for r or s out of range and for an r that is no x coordinate.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function addressOf(publicKey: Uint8Array): Hex {
  return toHex(keccakBytes(publicKey.subarray(1)).subarray(12));
}
