import { SigningKey, Wallet } from "ethers";
import fc from "fast-check";
import t from "tap";
import { recoverSigner, signerFor } from "../../../../agent/attest/signer.ts";
import { fromHex, type Hex, toHex } from "../../../../proto/hex.ts";

const HALF = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const wallet = new Wallet(`0x${"17".repeat(32)}`);
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

function signer() {
  const made = signerFor(fromHex(wallet.privateKey));
  if (made === undefined) throw new Error("no signer for a good key");
  return made;
}

t.test("a signature is byte for byte the one that ethers makes", async (t) => {
  const ours = signer();
  const theirs = new SigningKey(wallet.privateKey);
  t.equal(ours.address, wallet.address.toLowerCase());
  fc.assert(
    fc.property(bytes32, (digest) => ours.sign(toHex(digest)) === theirs.sign(digest).serialized),
    { numRuns: 100 },
  );
});

t.test("the signer of a signature is found again, and a changed one is not believed", async () => {
  const ours = signer();
  fc.assert(
    fc.property(
      bytes32,
      fc.nat({ max: 64 }),
      fc.integer({ min: 1, max: 255 }),
      (digest, at, by) => {
        const signature = fromHex(ours.sign(toHex(digest)), 65);
        if (recoverSigner(toHex(digest), toHex(signature)) !== ours.address) return false;
        signature[at] = (signature[at] as number) ^ by;
        return recoverSigner(toHex(digest), toHex(signature)) !== ours.address;
      },
    ),
    { numRuns: 100 },
  );
});

t.test("the twin of a signature with s in the upper half is refused", async (t) => {
  const digest: Hex = `0x${"42".repeat(32)}`;
  const signature = signer().sign(digest);
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  t.ok(s <= HALF);
  const v = signature.endsWith("1b") ? "1c" : "1b";
  const twin: Hex = `0x${signature.slice(2, 66)}${(ORDER - s).toString(16).padStart(64, "0")}${v}`;
  t.equal(recoverSigner(digest, twin), undefined);
});

t.test("what is no signature has no signer", async (t) => {
  const digest: Hex = `0x${"42".repeat(32)}`;
  const good = signer().sign(digest);
  const bad: Hex[] = [
    "0x",
    good.slice(0, -2) as Hex,
    `${good}00`,
    `${good.slice(0, -2)}00` as Hex,
    `${good.slice(0, -2)}1d` as Hex,
    `0x${"00".repeat(64)}1b`,
    `0x${"ff".repeat(64)}1b`,
    `0x${"00".repeat(32)}${"01".repeat(32)}1b`,
    good.toUpperCase() as Hex,
  ];
  for (const signature of bad) t.equal(recoverSigner(digest, signature), undefined, signature);
  t.equal(recoverSigner("0x42", good), undefined);
});

t.test("bytes that are no key of the curve make no signer", async (t) => {
  t.equal(signerFor(new Uint8Array(32)), undefined);
  t.equal(signerFor(new Uint8Array(32).fill(255)), undefined);
  t.equal(signerFor(new Uint8Array(31).fill(1)), undefined);
});

t.test("a signer keeps its own copy of the key", async (t) => {
  const key = fromHex(wallet.privateKey);
  const ours = signerFor(key);
  const digest: Hex = `0x${"42".repeat(32)}`;
  const before = ours?.sign(digest);
  key.fill(0);
  t.equal(ours?.sign(digest), before);
  t.throws(() => ours?.sign("0x1234"), RangeError);
});
