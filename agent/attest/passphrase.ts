import { join } from "node:path";
import { RigError } from "../core/errors.ts";
import { lineOf, OTHERS, readPrivateFile } from "../core/private-file.ts";

/** Name of the systemd credential that holds the passphrase. */
const CREDENTIAL = "key-passphrase";
const MAX_BYTES = 4096;
// systemd lets the unit's user in by an access control list, whose mask shows as the group's bits.
const WORLD = 0o007;

/** Where a passphrase may come from. */
export interface PassphraseSources {
  readonly passphraseFile?: string;
  /** `$CREDENTIALS_DIRECTORY`, which systemd sets. */
  readonly credentialsDirectory?: string;
}

/** Reads the key's passphrase. Throws `key-passphrase` when there is none, `key-exposed` when others may read it. */
export function readPassphrase(sources: PassphraseSources): string {
  const { passphraseFile, credentialsDirectory } = sources;
  if (passphraseFile !== undefined) return read(passphraseFile, OTHERS);
  if (credentialsDirectory !== undefined)
    return read(join(credentialsDirectory, CREDENTIAL), WORLD);
  throw new RigError(
    "key-passphrase",
    `No passphrase for the key: set key.passphrase_file, or give the systemd credential ${CREDENTIAL}`,
  );
}

function read(file: string, forbidden: number): string {
  const content = readPrivateFile(file, MAX_BYTES, forbidden);
  if ("bytes" in content) {
    const passphrase = lineOf(content.bytes);
    if (passphrase !== "") return passphrase;
    throw new RigError("key-passphrase", `The passphrase file ${file} is empty`, { file });
  }
  if (content.why === "exposed") {
    const message = `Others may read or change the passphrase file ${file}: ${content.detail}`;
    throw new RigError("key-exposed", message, { file });
  }
  throw new RigError(
    "key-passphrase",
    `The passphrase file ${file} cannot be read: ${content.detail}`,
    { file },
  );
}
