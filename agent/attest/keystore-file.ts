import * as z from "zod";
import { fromHex, type Hex, toHex } from "../../proto/hex.ts";
import { RigError } from "../core/errors.ts";

interface Scrypt {
  readonly name: "scrypt";
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
}

interface Pbkdf2 {
  readonly name: "pbkdf2";
  readonly c: number;
  readonly salt: Uint8Array;
}

/** An Ethereum keystore, version 3, before it is opened. */
export interface Keystore {
  /** Absent in files that keep it to themselves. */
  readonly address: Hex | undefined;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly mac: Uint8Array;
  readonly kdf: Scrypt | Pbkdf2;
}

/** Memory that deriving a key may take: what geth's standard setting takes. A file that wants more is hostile. */
const MAX_SCRYPT_BYTES = 256 << 20;
const MAX_SCRYPT_WORK = 2 ** 23;
const MAX_PBKDF2_ROUNDS = 10_000_000;

const hex = (least: number, most = least): z.ZodType<Uint8Array, string> =>
  z
    .string()
    .regex(/^(0x)?([0-9a-fA-F]{2})+$/)
    .transform((text) => fromHex(`0x${text.replace(/^0x/, "").toLowerCase()}`))
    .refine((bytes) => bytes.length >= least && bytes.length <= most);

const scrypt = z
  .object({
    n: z
      .int()
      .min(2)
      .refine((n) => Number.isInteger(Math.log2(n))),
    r: z.int().min(1).max(1024),
    p: z.int().min(1).max(64),
    dklen: z.literal(32),
    salt: hex(0, 256),
  })
  .refine(({ n, r, p }) => 128 * n * r <= MAX_SCRYPT_BYTES && n * r * p <= MAX_SCRYPT_WORK, {
    message: "asks for more memory or time than any wallet does",
  });

const pbkdf2 = z.object({
  c: z.int().min(1).max(MAX_PBKDF2_ROUNDS),
  prf: z.literal("hmac-sha256"),
  dklen: z.literal(32),
  salt: hex(0, 256),
});

const cipher = {
  cipher: z.literal("aes-128-ctr"),
  cipherparams: z.object({ iv: hex(16) }),
  ciphertext: hex(32),
  mac: hex(32),
};

const KEYSTORE = z.object({
  version: z.literal(3),
  address: hex(20).optional(),
  crypto: z.discriminatedUnion("kdf", [
    z.object({ ...cipher, kdf: z.literal("scrypt"), kdfparams: scrypt }),
    z.object({ ...cipher, kdf: z.literal("pbkdf2"), kdfparams: pbkdf2 }),
  ]),
});

/** Reads a keystore's JSON. Throws `key-invalid` naming the field that is wrong, never its content. */
export function parseKeystore(file: string, bytes: Uint8Array): Keystore {
  const parsed = KEYSTORE.safeParse(lowerKeys(parseJson(file, bytes)), { reportInput: false });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") || "the file";
    const why =
      issue?.code === "custom" && issue.message !== "Invalid input"
        ? issue.message
        : "is not as it must be";
    throw new RigError("key-invalid", `${file} is no keystore of version 3: ${where} ${why}`, {
      file,
    });
  }
  const { address, crypto } = parsed.data;
  return {
    address: address && toHex(address),
    iv: crypto.cipherparams.iv,
    ciphertext: crypto.ciphertext,
    mac: crypto.mac,
    kdf:
      crypto.kdf === "scrypt"
        ? { name: "scrypt", ...crypto.kdfparams }
        : { name: "pbkdf2", ...crypto.kdfparams },
  };
}

function parseJson(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    // The parser's own message quotes the file: it is left out, and so is the cause.
    throw new RigError("key-invalid", `${file} is no keystore of version 3: it is no JSON`, {
      file,
    });
  }
}

/** Old wallets write `Crypto`, some write other fields in capitals. */
function lowerKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, held]) => [key.toLowerCase(), lowerKeys(held)]),
  );
}
