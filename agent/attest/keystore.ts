import { createDecipheriv, pbkdf2, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Hex } from "../../proto/hex.ts";
import { keccakBytes } from "../../proto/keccak.ts";
import { RigError } from "../core/errors.ts";
import { readPrivateFile } from "../core/private-file.ts";
import { type Keystore, parseKeystore } from "./keystore-file.ts";
import { type Signer, signerFor } from "./signer.ts";

const MAX_KEYSTORE_BYTES = 64 << 10;
const deriveScrypt = promisify<string | Uint8Array, Uint8Array, number, object, Buffer>(scrypt);
const derivePbkdf2 = promisify(pbkdf2);

/**
 * Opens an Ethereum keystore (version 3). Throws `key-missing`, `key-unreadable`, `key-exposed`, `key-invalid` or `key-passphrase`; no
 * message ever holds the passphrase or a part of the key.
 */
export async function openKey(file: string, passphrase: string): Promise<Signer> {
  const keystore = readKeystore(file);
  // ethers normalises a passphrase before use, geth takes its bytes as they are.
  for (const spelling of new Set([passphrase.normalize("NFKC"), passphrase])) {
    const privateKey = await decrypt(keystore, spelling);
    if (privateKey !== undefined) return toSigner(file, keystore, privateKey);
  }
  throw new RigError("key-passphrase", `The passphrase does not open ${file}`, { file });
}

/** The address that a keystore names, without opening it; undefined when it names none. Throws as `openKey`. */
export function readKeyAddress(file: string): Hex | undefined {
  return readKeystore(file).address;
}

function readKeystore(file: string): Keystore {
  const read = readPrivateFile(file, MAX_KEYSTORE_BYTES);
  if ("bytes" in read) return parseKeystore(file, read.bytes);
  const facts = { file };
  switch (read.why) {
    case "missing":
      throw new RigError("key-missing", `There is no key at ${file}`, facts);
    case "exposed":
      throw new RigError(
        "key-exposed",
        `Others may read or change the key ${file}: ${read.detail}`,
        facts,
      );
    case "unreadable":
      throw new RigError("key-unreadable", `The key ${file} cannot be read: ${read.detail}`, facts);
    case "too-large":
    case "not-a-file":
      throw new RigError("key-invalid", `${file} is no keystore: ${read.detail}`, facts);
  }
}

function toSigner(file: string, keystore: Keystore, privateKey: Uint8Array): Signer {
  const signer = signerFor(privateKey);
  privateKey.fill(0);
  if (signer === undefined) {
    throw new RigError("key-invalid", `${file} holds bytes that are no key`, { file });
  }
  if (keystore.address !== undefined && keystore.address !== signer.address) {
    const message = `${file} says that it is ${keystore.address} and holds the key of ${signer.address}`;
    throw new RigError("key-invalid", message, { file });
  }
  return signer;
}

/** The private key, or undefined when the passphrase is not the right one. */
async function decrypt(keystore: Keystore, passphrase: string): Promise<Uint8Array | undefined> {
  const derived = await derive(keystore, Buffer.from(passphrase, "utf8"));
  try {
    const mac = keccakBytes(Buffer.concat([derived.subarray(16, 32), keystore.ciphertext]));
    if (!timingSafeEqual(mac, keystore.mac)) return undefined;
    const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), keystore.iv);
    return Buffer.concat([decipher.update(keystore.ciphertext), decipher.final()]);
  } finally {
    derived.fill(0);
  }
}

function derive({ kdf }: Keystore, passphrase: Uint8Array): Promise<Buffer> {
  if (kdf.name === "pbkdf2") return derivePbkdf2(passphrase, kdf.salt, kdf.c, 32, "sha256");
  // The default limit of 32 MiB is below what every wallet uses; twice the need leaves room for p and the parts between.
  const maxmem = 2 * 128 * kdf.n * kdf.r + 128 * kdf.r * kdf.p + (1 << 20);
  return deriveScrypt(passphrase, kdf.salt, 32, { N: kdf.n, r: kdf.r, p: kdf.p, maxmem });
}
