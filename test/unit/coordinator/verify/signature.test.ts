import { randomBytes } from "node:crypto";
import { Signature, Wallet } from "ethers";
import t from "tap";
import { CURVE, CURVE_FAULT, loadCurve, nobleCurve } from "../../../../coordinator/verify/curve.ts";
import { createSigner, signerOf } from "../../../../coordinator/verify/signature.ts";
import { type Hex, toHex } from "../../../../proto/hex.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const word = (value: bigint): string => value.toString(16).padStart(64, "0");

t.test("the curve in use is the native one", async (t) => {
  t.equal(CURVE.backend, "native");
  t.equal(CURVE_FAULT, undefined);
});

t.test("where the native part does not load noble is used, and the reason is known", async (t) => {
  const { curve, fault } = loadCurve(() => {
    throw new Error("no native build");
  });
  t.equal(curve, nobleCurve);
  t.equal(fault?.message, "no native build");
});

for (const curve of [CURVE, nobleCurve]) {
  t.test(`signatures are those of ethers (${curve.backend})`, async (t) => {
    for (let i = 0; i < 20; i += 1) {
      const wallet = Wallet.createRandom();
      const digest = toHex(randomBytes(32));
      const signer = createSigner(Buffer.from(wallet.privateKey.slice(2), "hex"), curve);
      t.equal(signer.address, wallet.address.toLowerCase(), "address");
      t.equal(signer.sign(digest), wallet.signingKey.sign(digest).serialized, "signature");
      t.equal(signerOf(digest, signer.sign(digest), curve), signer.address, "signer");
      t.not(signerOf(toHex(randomBytes(32)), signer.sign(digest), curve), signer.address, "other");
    }
  });

  t.test(`what is no signature of ours has no signer (${curve.backend})`, async (t) => {
    const digest = toHex(randomBytes(32));
    const sound = createSigner(randomBytes(32), curve).sign(digest);
    const { r, s, v } = Signature.from(sound);
    const body = (rs: string, last: string): Hex => `0x${rs}${last}`;
    const vs = sound.slice(130);
    const wrong: Record<string, string> = {
      "high s": body(r.slice(2) + word(ORDER - BigInt(s)), v === 27 ? "1c" : "1b"),
      "v of 0": body(sound.slice(2, 130), "00"),
      "v of 29": body(sound.slice(2, 130), "1d"),
      "r of 0": body(word(0n) + s.slice(2), vs),
      "s of 0": body(r.slice(2) + word(0n), vs),
      "r of the order": body(word(ORDER) + s.slice(2), vs),
      "r beyond the field": body("f".repeat(64) + s.slice(2), vs),
      "64 bytes": sound.slice(0, 130),
      "66 bytes": `${sound}00`,
      "no hex": "zz",
    };
    for (const [name, signature] of Object.entries(wrong)) {
      t.equal(signerOf(digest, signature as Hex, curve), undefined, name);
    }
    t.equal(signerOf("0x12", sound, curve), undefined, "a digest that is none");
    t.equal(signerOf(digest, body(r.slice(2) + word(ORDER >> 1n), vs), curve) === undefined, false);
  });

  t.test(`bytes that are no key make no signer (${curve.backend})`, async (t) => {
    const beyond = Buffer.from(word(ORDER), "hex");
    for (const key of [Buffer.alloc(32), beyond, Buffer.alloc(31, 1), Buffer.alloc(33, 1)]) {
      t.throws(() => createSigner(key, curve), RangeError);
    }
  });
}
