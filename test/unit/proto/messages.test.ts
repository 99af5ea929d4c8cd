import { TypedDataEncoder } from "ethers";
import t from "tap";
import { type Hello, MESSAGE_TYPES, messageDigest, type Welcome } from "../../../proto/messages.ts";
import { DOMAIN, encodeType, sealFor } from "../../../proto/typed-data.ts";
import { Random } from "../../support/random.ts";

const fieldsOf = (name: keyof typeof MESSAGE_TYPES): { name: string; type: string }[] =>
  MESSAGE_TYPES[name].map(([type, field]) => ({ name: field, type }));

t.test("every message digests as ethers digests it", async (t) => {
  const random = new Random(99);
  for (let i = 0; i < 100; i += 1) {
    const chainId = random.bits(40);
    const domain = { ...DOMAIN, chainId };
    const seal = sealFor(chainId);
    const hello: Hello = {
      rig: random.hex(20),
      key: random.hex(20),
      coordinator: random.hex(20),
      instance: random.hex(32),
      era: random.below(2 ** 32),
      newestEra: random.below(2 ** 32),
      base: random.hex(32),
      signed: Array.from({ length: random.below(4) }, () => ({
        era: random.below(2 ** 32),
        sequence: random.bits(64),
      })),
      challenge: random.hex(32),
    };
    t.equal(
      messageDigest(seal, "Hello", hello),
      TypedDataEncoder.hash(
        domain,
        { Hello: fieldsOf("Hello"), EraHead: fieldsOf("EraHead") },
        hello,
      ),
    );
    const welcome: Welcome = {
      rig: hello.rig,
      challenge: hello.challenge,
      era: hello.era,
      newestEra: hello.newestEra,
      headSequence: random.bits(64),
      headDigest: random.hex(32),
      missing: Array.from({ length: random.below(40) }, () => random.bits(64)),
      windowSeconds: 600,
      settingsVersion: random.bits(64),
      time: random.bits(64),
      beacon: random.hex(32),
    };
    t.equal(
      messageDigest(seal, "Welcome", welcome),
      TypedDataEncoder.hash(domain, { Welcome: fieldsOf("Welcome") }, welcome),
    );
    const receipt = {
      rig: hello.rig,
      era: 7,
      sequence: random.bits(64),
      digest: random.hex(32),
      receivedAt: random.bits(64),
      beacon: random.hex(32),
    };
    t.equal(
      messageDigest(seal, "Receipt", receipt),
      TypedDataEncoder.hash(domain, { Receipt: fieldsOf("Receipt") }, receipt),
    );
    const refusal = {
      rig: hello.rig,
      era: 7,
      sequence: 1n,
      digest: random.hex(32),
      code: "superseded" as const,
    };
    t.equal(
      messageDigest(seal, "Refusal", refusal),
      TypedDataEncoder.hash(domain, { Refusal: fieldsOf("Refusal") }, refusal),
    );
    const allocation = {
      owner: random.hex(20),
      rig: random.hex(20),
      device: "",
      algorithm: "sha256d",
      collection: random.hex(20),
      tokenId: random.bits(256),
      numerator: 1n,
      denominator: 3n,
      fromTime: 600n,
      toTime: 1200n,
      promisedHashrate: random.bits(256),
    };
    t.equal(
      messageDigest(seal, "Allocation", allocation),
      TypedDataEncoder.hash(domain, { Allocation: fieldsOf("Allocation") }, allocation),
    );
  }
});

t.test("the encoded type lists referred structs after the primary one", async (t) => {
  t.equal(
    encodeType(
      {
        B: [
          ["C[]", "c"],
          ["A", "a"],
        ],
        A: [["uint8", "x"]],
        C: [["bool", "y"]],
      },
      "B",
    ),
    "B(C[] c,A a)A(uint8 x)C(bool y)",
  );
});
