import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fromHex, type Hex, toHex } from "../../proto/hex.ts";
import { CoordinatorError } from "../errors.ts";
import { CURVE } from "../verify/curve.ts";
import { createSigner, type Signer } from "../verify/signature.ts";

/** Who a coordinator is: what it signs with, and what only it knows. */
export interface Identity {
  readonly signer: Signer;
  /** What device ids are made with; public to its rigs. */
  readonly salt: Hex;
  readonly beaconSecret: Hex;
  /** Opens the HTTP routes that are not public. */
  readonly operatorToken: string;
}

/** Where an identity lies in a state directory. */
const IDENTITY_FILE = "identity.json";
/** Where the operator token lies, by itself so that a script can read it. */
const OPERATOR_TOKEN_FILE = "operator-token";

const NAMES = ["key", "salt", "beacon_secret"] as const;
type Secrets = Readonly<Record<(typeof NAMES)[number], Hex>>;

function newKey(): Uint8Array {
  for (;;) {
    const bytes = randomBytes(32);
    if (CURVE.isKey(bytes)) return bytes;
  }
}

function writePrivate(file: string, text: string): void {
  const fd = openSync(file, "w", 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Writes a file that is there as a whole or not at all. False where one is there already; it stays as it is. */
function makePrivate(file: string, text: string): boolean {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    writePrivate(draft, text);
    // A link never replaces: of two that run at once, one makes the file and the other is told.
    linkSync(draft, file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Makes an identity in a state directory, files readable by their owner alone. The identity comes last: what ended before
 * it is repeated. Throws a CoordinatorError `identity-exists` rather than touch one that is there.
 */
export function makeIdentity(directory: string): Identity {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const file = join(directory, IDENTITY_FILE);
  const exists = (): CoordinatorError =>
    new CoordinatorError("identity-exists", `${file} is there already; it stays as it is`);
  if (existsSync(file)) throw exists();
  const tokenFile = join(directory, OPERATOR_TOKEN_FILE);
  makePrivate(tokenFile, `${randomBytes(24).toString("base64url")}\n`);
  // One that was there before is kept, if it can be used: an identity beside a token that cannot be read is none.
  readToken(directory);
  const secrets: Secrets = {
    key: toHex(newKey()),
    salt: toHex(randomBytes(32)),
    beacon_secret: toHex(randomBytes(32)),
  };
  if (!makePrivate(file, `${JSON.stringify({ version: 1, ...secrets }, null, 2)}\n`))
    throw exists();
  return openIdentity(directory);
}

function readPrivate(file: string, directory: string): string {
  try {
    const { mode } = statSync(file);
    if ((mode & 0o077) === 0) return readFileSync(file, "utf8");
    throw new CoordinatorError(
      "identity-exposed",
      `${file} has mode ${(mode & 0o777).toString(8)}: others may read it; chmod 600 it`,
    );
  } catch (cause) {
    if (cause instanceof CoordinatorError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") {
      throw new CoordinatorError(
        "identity-missing",
        `there is no ${file}; \`rig-coordinator init --state ${directory}\` makes an identity`,
        { cause },
      );
    }
    throw new CoordinatorError("identity-invalid", `cannot read ${file}`, { cause });
  }
}

function secretsOf(text: string, file: string): Secrets {
  try {
    const read = JSON.parse(text) as Record<string, unknown>;
    if (read["version"] !== 1) throw new RangeError("it is not of version 1");
    for (const name of NAMES) fromHex(String(read[name]), 32);
    return read as Secrets;
  } catch {
    // The cause is left out: what JSON.parse says of a file quotes it, and this one is secret.
    throw new CoordinatorError("identity-invalid", `${file} is no identity of this program`);
  }
}

function readToken(directory: string): string {
  const file = join(directory, OPERATOR_TOKEN_FILE);
  const token = readPrivate(file, directory).trim();
  if (token.length >= 16) return token;
  throw new CoordinatorError("identity-invalid", `${file} holds no token of 16 characters`);
}

/** Reads the identity of a state directory. Throws a CoordinatorError that names what is wrong; never makes one. */
export function openIdentity(directory: string): Identity {
  const file = join(directory, IDENTITY_FILE);
  const secrets = secretsOf(readPrivate(file, directory), file);
  return {
    signer: createSigner(fromHex(secrets.key, 32)),
    salt: secrets.salt,
    beaconSecret: secrets.beacon_secret,
    operatorToken: readToken(directory),
  };
}
