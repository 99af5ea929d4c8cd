import fc from "fast-check";
import t from "tap";
import { MAX_DEVICE_ROWS } from "../../../proto/attestation.ts";
import { ZERO_32 } from "../../../proto/hex.ts";
import type { Hello, Welcome } from "../../../proto/messages.ts";
import { countDeviceRows } from "../../../proto/row-count.ts";
import {
  decodeAnswer,
  decodeAttestation,
  decodeHello,
  decodeWelcome,
  encodeAnswer,
  encodeAttestation,
  encodeHello,
  encodeWelcome,
  type SignedAnswer,
  WireError,
} from "../../../proto/wire.ts";
import { Random, randomAttestation } from "../../support/random.ts";

const random = new Random(42);
const signature = random.hex(65);
const hello: Hello = {
  rig: random.hex(20),
  key: random.hex(20),
  coordinator: random.hex(20),
  instance: random.hex(32),
  era: 3,
  newestEra: 4,
  base: random.hex(32),
  signed: [{ era: 1, sequence: 2n }],
  challenge: random.hex(32),
};
const welcome: Welcome = {
  rig: hello.rig,
  challenge: hello.challenge,
  era: 5,
  newestEra: 5,
  headSequence: 9n,
  headDigest: ZERO_32,
  missing: [1n, 7n],
  windowSeconds: 600,
  settingsVersion: 0n,
  time: 1_700_000_000n,
  beacon: random.hex(32),
};
const receipt: SignedAnswer = {
  kind: "receipt",
  message: {
    rig: hello.rig,
    era: 1,
    sequence: 2n,
    digest: random.hex(32),
    receivedAt: 3n,
    beacon: random.hex(32),
  },
  signature,
};
const refusal: SignedAnswer = {
  kind: "refusal",
  message: { rig: hello.rig, era: 1, sequence: 2n, digest: random.hex(32), code: "frozen" },
  signature,
};

const emptyRow = {
  ...{ id: "", algorithm: "", known: 0, hashes: 0n, observedMilliseconds: 0, samples: 0 },
  ...{ energyJoules: 0n, powerSource: 0, maxTemperatureMilliCelsius: 0, doubts: 0 },
  ...{ sharesAccepted: 0n, sharesRejected: 0n, shareWork: 0n },
};

t.test("every message comes out as it went in", async (t) => {
  for (let i = 0; i < 200; i += 1) {
    const signed = { attestation: randomAttestation(random), signature };
    t.strictSame(decodeAttestation(encodeAttestation(signed)), signed);
  }
  t.strictSame(decodeHello(encodeHello({ message: hello, signature })), {
    message: hello,
    signature,
  });
  t.strictSame(decodeWelcome(encodeWelcome({ message: welcome, signature })), {
    message: welcome,
    signature,
  });
  for (const answer of [receipt, refusal]) t.strictSame(decodeAnswer(encodeAnswer(answer)), answer);
});

t.test("any bytes are a message or a WireError", async (t) => {
  const whole = encodeAttestation({ attestation: randomAttestation(random, 3), signature });
  const mangled = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(whole.length).map((cut) => whole.slice(0, cut)),
    fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = Uint8Array.from(whole);
      copy[at] = byte;
      return copy;
    }),
  );
  fc.assert(
    fc.property(mangled, (bytes) => {
      for (const decode of [decodeAttestation, decodeHello, decodeWelcome, decodeAnswer]) {
        try {
          decode(bytes);
        } catch (thrown) {
          if (!(thrown instanceof WireError)) throw thrown;
        }
      }
    }),
    { numRuns: 2000 },
  );
  t.pass("none threw anything else");
});

t.test("a message over 1 MiB is too large, whatever it says", async (t) => {
  t.throws(() => decodeAttestation(new Uint8Array((1 << 20) + 1)), { code: "too-large" });
});

t.test("a refusal with a code that nobody knows is malformed", async (t) => {
  const bytes = Buffer.from(encodeAnswer(refusal));
  bytes.write("frozzn", bytes.indexOf("frozen"));
  t.throws(() => decodeAnswer(bytes), { code: "malformed" });
});

t.test(
  "the same words in other bytes are malformed: a signature covers words, a ledger keeps bytes",
  async (t) => {
    const whole = encodeAttestation({ attestation: randomAttestation(random, 2), signature });
    const unknownField = Buffer.from([0xfa, 0x07, 0x01, 0x2a]);
    t.throws(() => decodeAttestation(Buffer.concat([whole, unknownField])), { code: "malformed" });
    const otherWireType = Uint8Array.from(whole);
    otherWireType[0] = 0x0b;
    t.throws(() => decodeAttestation(otherWireType), { code: "malformed" });
    t.strictSame(encodeAttestation(decodeAttestation(whole)), whole);
  },
);

t.test("rows by the hundred thousand are refused before anything is made of them", async (t) => {
  const devices = new Array(520_000).fill(emptyRow);
  const attestation = { ...randomAttestation(random, 1), devices };
  const bytes = encodeAttestation({ attestation, signature });
  t.ok(bytes.length < 1 << 20, "the message is small enough to be read");
  t.equal(countDeviceRows(bytes, Number.MAX_SAFE_INTEGER), 520_000);
  const before = process.memoryUsage().heapUsed;
  const begun = performance.now();
  t.throws(() => decodeAttestation(bytes), { code: "malformed", message: /4096 device rows/ });
  t.ok(performance.now() - begun < 100, "at once");
  t.ok(process.memoryUsage().heapUsed - before < 20e6, "without a row being made");
});

t.test("as many rows as there may be are read, and one more is not", async (t) => {
  const rows = (count: number) =>
    encodeAttestation({
      attestation: { ...randomAttestation(random, 1), devices: new Array(count).fill(emptyRow) },
      signature,
    });
  t.equal(decodeAttestation(rows(MAX_DEVICE_ROWS)).attestation.devices.length, MAX_DEVICE_ROWS);
  t.throws(() => decodeAttestation(rows(MAX_DEVICE_ROWS + 1)), { code: "malformed" });
});
