import { createCipheriv, pbkdf2Sync } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { encryptKeystoreJsonSync, verifyTypedData, Wallet } from "ethers";
import t, { type Test } from "tap";
import { openKey, readKeyAddress } from "../../../../agent/attest/keystore.ts";
import type { RigError } from "../../../../agent/core/errors.ts";
import { ATTESTATION_TYPES, digestOf } from "../../../../proto/attestation.ts";
import { type Hex, ZERO_32 } from "../../../../proto/hex.ts";
import { keccak } from "../../../../proto/keccak.ts";
import { sealFor } from "../../../../proto/typed-data.ts";

const LIGHT = { scrypt: { N: 1024, r: 8, p: 1 } };
const wallet = new Wallet(`0x${"2b".repeat(32)}`);
const { address, privateKey } = wallet;

type Json = Record<string, unknown>;
const keystore = (passphrase = "right"): Json =>
  JSON.parse(encryptKeystoreJsonSync({ address, privateKey }, passphrase, LIGHT)) as Json;

function write(t: Test, content: unknown, mode = 0o600): string {
  const file = join(t.testdir(), "key.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return file;
}

/** The fault of opening a keystore. */
async function faultOf(file: string, passphrase = "right"): Promise<RigError> {
  try {
    await openKey(file, passphrase);
  } catch (error) {
    return error as RigError;
  }
  throw new Error("it opened");
}

t.test("a keystore made by ethers opens, and signs what ethers would sign", async (t) => {
  const signer = await openKey(write(t, keystore()), "right");
  t.equal(signer.address, address.toLowerCase());
  const attestation = {
    rig: signer.address,
    key: signer.address,
    coordinator: `0x${"c0".repeat(20)}` as Hex,
    era: 1_800_000_000,
    sequence: 7n,
    previous: ZERO_32,
    windowStart: 1_800_000_000n,
    windowEnd: 1_800_000_600n,
    flags: 2,
    beacon: ZERO_32,
    samplesRoot: ZERO_32,
    evidenceRoot: ZERO_32,
    devices: [],
  };
  const domain = { name: "Rig Attestation", version: "1", chainId: 137n };
  const types = Object.fromEntries(
    Object.entries(ATTESTATION_TYPES).map(([struct, fields]) => [
      struct,
      fields.map(([type, name]) => ({ type, name })),
    ]),
  );
  const signature = signer.sign(digestOf(sealFor(137n), attestation));
  t.equal(signature, await wallet.signTypedData(domain, types, attestation));
  t.equal(verifyTypedData(domain, types, attestation, signature), address);
});

t.test("a passphrase beyond ASCII opens however its accents are coded", async (t) => {
  const file = write(t, keystore("cle\u0301 ③"));
  t.equal((await openKey(file, "cl\u00e9 ③")).address, address.toLowerCase());
});

t.test("a keystore with pbkdf2, capitals and no address opens too", async (t) => {
  const [salt, iv] = [Buffer.alloc(32, 5), Buffer.alloc(16, 6)];
  const derived = pbkdf2Sync("right", salt, 1000, 32, "sha256");
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([
    cipher.update(Buffer.from(privateKey.slice(2), "hex")),
    cipher.final(),
  ]);
  const mac = keccak(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2);
  const kdfparams = { c: 1000, prf: "hmac-sha256", dklen: 32, salt: salt.toString("hex") };
  const file = write(t, {
    version: 3,
    Crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: iv.toString("hex") },
      ciphertext: ciphertext.toString("hex"),
      kdf: "pbkdf2",
      kdfparams,
      mac,
    },
  });
  t.equal(readKeyAddress(file), undefined);
  t.equal((await openKey(file, "right")).address, address.toLowerCase());
  t.equal((await faultOf(file, "wrong")).code, "key-passphrase");
});

t.test("a wrong passphrase is a fault that repeats neither it nor the key", async (t) => {
  const fault = await faultOf(write(t, keystore()), "hunter2");
  t.equal(fault.code, "key-passphrase");
  t.notMatch(inspect(fault, { depth: 9 }), "hunter2");
});

t.test("a key that is not there is a fault of its own", async (t) => {
  t.equal((await faultOf(join(t.testdir(), "none.json"))).code, "key-missing");
});

t.test("a key that others may read is not opened, with the right passphrase either", async (t) => {
  for (const mode of [0o640, 0o604, 0o620, 0o644]) {
    t.equal((await faultOf(write(t, keystore(), mode))).code, "key-exposed", mode.toString(8));
  }
});

t.test("a file that asks for the machine's memory or time is refused at once", async (t) => {
  const change = (kdfparams: object): Json => {
    const made = keystore() as { Crypto: { kdfparams: object } } & Json;
    made.Crypto.kdfparams = { ...made.Crypto.kdfparams, ...kdfparams };
    return made;
  };
  const hostile = [
    { n: 2 ** 30 },
    { n: 2 ** 19 },
    { n: 2 ** 17, r: 1024 },
    { n: 2 ** 18, p: 64 },
    { n: 1000 },
    { n: 1 },
    { n: -1024 },
    { n: 1.5 },
    { n: "1024" },
    { r: 0 },
    { p: 1e9 },
    { dklen: 2 ** 31 },
    { salt: "zz" },
    { salt: "ab".repeat(1000) },
  ];
  const started = performance.now();
  for (const params of hostile) {
    t.equal((await faultOf(write(t, change(params)))).code, "key-invalid", JSON.stringify(params));
  }
  t.ok(performance.now() - started < 5000, "none of them was derived");
});

t.test("what is no keystore says so, without repeating what it is", async (t) => {
  const mine = keystore() as { Crypto: Json } & Json;
  const bad: unknown[] = [
    "",
    "hunter2",
    "null",
    "[]",
    '{"version":3}',
    { ...mine, version: 1 },
    { ...mine, Crypto: { ...mine.Crypto, cipher: "aes-256-gcm" } },
    { ...mine, Crypto: { ...mine.Crypto, kdf: "argon2" } },
    { ...mine, Crypto: { ...mine.Crypto, mac: "00" } },
    { ...mine, Crypto: { ...mine.Crypto, ciphertext: "00" } },
    "x".repeat(100_000),
  ];
  for (const content of bad) {
    const fault = await faultOf(write(t, content));
    t.equal(fault.code, "key-invalid", fault.message);
    t.notMatch(inspect(fault, { depth: 9 }), "hunter2");
  }
});

t.test("a changed byte of the ciphertext or mac does not open", async (t) => {
  const mine = keystore() as { Crypto: Record<string, string> } & Json;
  for (const field of ["ciphertext", "mac"]) {
    const text = mine.Crypto[field] as string;
    const changed = `${text.startsWith("0") ? "1" : "0"}${text.slice(1)}`;
    const file = write(t, { ...mine, Crypto: { ...mine.Crypto, [field]: changed } });
    t.equal((await faultOf(file)).code, "key-passphrase", field);
  }
});

t.test("a keystore that names another address than its key's is refused", async (t) => {
  t.equal(
    (await faultOf(write(t, { ...keystore(), address: "11".repeat(20) }))).code,
    "key-invalid",
  );
});
