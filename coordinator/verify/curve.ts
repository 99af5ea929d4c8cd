import { createRequire } from "node:module";
import { secp256k1 as noble } from "@noble/curves/secp256k1.js";

/** What is needed of the curve. Bytes in, bytes out; undefined or false where the input is not of the curve. */
export interface Curve {
  readonly backend: "native" | "noble";
  /** The uncompressed public key (65 bytes) that signed a 32-byte digest. */
  recover(signature: Uint8Array, recovery: number, digest: Uint8Array): Uint8Array | undefined;
  /** A deterministic signature (RFC 6979) with a low s: 64 bytes and the recovery id. */
  sign(digest: Uint8Array, key: Uint8Array): { signature: Uint8Array; recovery: number };
  publicKey(key: Uint8Array): Uint8Array;
  isKey(key: Uint8Array): boolean;
}

type Bindings = typeof import("secp256k1");

function nativeCurve(bindings: Bindings): Curve {
  // One buffer for all answers: whoever asks hashes the key before asking again.
  const room = new Uint8Array(65);
  return {
    backend: "native",
    recover(signature, recovery, digest) {
      try {
        return bindings.ecdsaRecover(signature, recovery, digest, false, room);
      } catch {
        // The bindings throw one plain Error for every signature that no key can have made.
        return undefined;
      }
    },
    sign(digest, key) {
      const { signature, recid } = bindings.ecdsaSign(digest, key);
      return { signature, recovery: recid };
    },
    publicKey: (key) => bindings.publicKeyCreate(key, false),
    isKey: (key) => key.length === 32 && bindings.privateKeyVerify(key),
  };
}

/** The curve in JavaScript: some fifty times slower, for machines on which the native part does not load. */
export const nobleCurve: Curve = {
  backend: "noble",
  recover(signature, recovery, digest) {
    try {
      return noble.Signature.fromBytes(signature, "compact")
        .addRecoveryBit(recovery)
        .recoverPublicKey(digest)
        .toBytes(false);
    } catch {
      // noble throws one plain Error for every signature that no key can have made.
      return undefined;
    }
  },
  sign(digest, key) {
    const bytes = noble.sign(digest, key, { prehash: false, lowS: true, format: "recovered" });
    return { signature: bytes.subarray(1), recovery: bytes[0] ?? 0 };
  },
  publicKey: (key) => noble.getPublicKey(key, false),
  isKey: (key) => noble.utils.isValidSecretKey(key),
};

/**
 * The native curve, or noble's together with the reason why the native one did not load. `bindings.js` is asked for by
 * name: the package's own entry turns to `elliptic` without a word when its native part is missing.
 */
export function loadCurve(
  load: () => unknown = () => createRequire(import.meta.url)("secp256k1/bindings.js"),
): { readonly curve: Curve; readonly fault?: Error } {
  try {
    return { curve: nativeCurve(load() as Bindings) };
  } catch (cause) {
    return { curve: nobleCurve, fault: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}

const loaded = loadCurve();

/** The curve that this process uses. */
export const CURVE: Curve = loaded.curve;

/** Why the native curve did not load; undefined when it did. Whoever starts the process says it loudly. */
export const CURVE_FAULT: Error | undefined = loaded.fault;
