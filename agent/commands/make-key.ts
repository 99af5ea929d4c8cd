import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { encryptKeystoreJson, Wallet } from "ethers";
import type { Hex } from "../../proto/hex.ts";
import { openKey } from "../attest/keystore.ts";
import { readPassphrase } from "../attest/passphrase.ts";
import { RigError } from "../core/errors.ts";
import { writeNewFile } from "./new-file.ts";

/** A key that was just made. */
export interface MadeKey {
  readonly address: Hex;
  readonly file: string;
  readonly passphraseFile: string;
  /** False: the passphrase file was there and was used. */
  readonly passphraseMade: boolean;
}

/** Name of the passphrase file where none is given. */
export function passphraseFileOf(keyFile: string): string {
  return `${keyFile.replace(/\.json$/, "")}.passphrase`;
}

// A passphrase that a person made up needs a slow derivation; 256 random bits do not, and 16 MiB suits a small computer.
const SLOW = { N: 131_072, r: 8, p: 1 };
const LIGHT = { N: 16_384, r: 8, p: 1 };

/**
 * Makes a key and writes it as a keystore. The passphrase is that of the given file; where there is no such file, a
 * random one is written to it first, so that no key exists without its passphrase. Throws `key-exists`, and what reading
 * a passphrase throws.
 */
export async function makeKey(file: string, passphraseFile: string): Promise<MadeKey> {
  if (existsSync(file)) throw alreadyThere(file);
  const made = await writePassphrase(passphraseFile);
  const passphrase = readPassphrase({ passphraseFile });
  const { address, privateKey } = Wallet.createRandom();
  const text = await encryptKeystoreJson({ address, privateKey }, passphrase.normalize("NFKC"), {
    scrypt: made ? LIGHT : SLOW,
  });
  if (!(await written(file, `${text}\n`))) throw alreadyThere(file);
  // What cannot be opened again is worth nothing: better to know now.
  const signer = await openKey(file, passphrase);
  return { address: signer.address, file, passphraseFile, passphraseMade: made };
}

async function writePassphrase(file: string): Promise<boolean> {
  if (existsSync(file)) return false;
  return written(file, `${randomBytes(32).toString("base64url")}\n`);
}

async function written(file: string, text: string): Promise<boolean> {
  try {
    return await writeNewFile(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new RigError(
      "key-unwritable",
      `${file} cannot be written: ${code}`,
      { file },
      { cause: error },
    );
  }
}

function alreadyThere(file: string): RigError {
  return new RigError("key-exists", `There is a key at ${file} already`, {
    file,
  });
}
