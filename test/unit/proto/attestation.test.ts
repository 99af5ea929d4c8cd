import { TypedDataEncoder, verifyTypedData, Wallet } from "ethers";
import t from "tap";
import {
  ATTESTATION_TYPES,
  type Attestation,
  type DeviceRow,
  digestOf,
  hashDeviceRow,
  KNOWN,
  shapeFault,
  windowStartOf,
} from "../../../proto/attestation.ts";
import { toHex } from "../../../proto/hex.ts";
import { DOMAIN, sealFor } from "../../../proto/typed-data.ts";
import { Random, randomAttestation } from "../../support/random.ts";

const ETHERS_TYPES = Object.fromEntries(
  Object.entries(ATTESTATION_TYPES).map(([name, fields]) => [
    name,
    fields.map(([type, field]) => ({ name: field, type })),
  ]),
);

t.test("the digest equals that of ethers on 1,000 random attestations", async (t) => {
  const random = new Random(20260101);
  for (let i = 0; i < 1000; i += 1) {
    const chainId = random.bits(32);
    const attestation = randomAttestation(random);
    const expected = TypedDataEncoder.hash({ ...DOMAIN, chainId }, ETHERS_TYPES, attestation);
    if (digestOf(sealFor(chainId), attestation) !== expected)
      t.fail(`case ${i} differs`, { chainId, attestation });
  }
  t.pass("1,000 are equal");
});

t.test("ethers recovers the key that signed our digest", async (t) => {
  const random = new Random(7);
  const wallet = new Wallet(random.hex(32));
  for (let i = 0; i < 50; i += 1) {
    const attestation = randomAttestation(random, 12);
    const signature = wallet.signingKey.sign(digestOf(sealFor(1n), attestation)).serialized;
    t.equal(
      verifyTypedData({ ...DOMAIN, chainId: 1n }, ETHERS_TYPES, attestation, signature),
      wallet.address,
      `case ${i}`,
    );
  }
});

t.test("a device row hashes as ethers hashes the struct", async (t) => {
  const random = new Random(11);
  for (let i = 0; i < 100; i += 1) {
    for (const row of randomAttestation(random).devices) {
      t.equal(
        toHex(hashDeviceRow(row)),
        TypedDataEncoder.hashStruct("Device", { Device: ETHERS_TYPES["Device"] ?? [] }, row),
      );
    }
  }
});

t.test("a value that does not fit its type is an error, never a wrapped number", async (t) => {
  const attestation = randomAttestation(new Random(3));
  const digest = (change: Partial<Attestation>): string =>
    digestOf(sealFor(1n), { ...attestation, ...change });
  t.throws(() => digest({ era: 2 ** 32 }), RangeError);
  t.throws(() => digest({ sequence: -1n }), RangeError);
  t.throws(() => digest({ rig: "0x12" }), RangeError);
  t.throws(() => digest({ previous: `0x${"zz".repeat(32)}` }), RangeError);
});

t.test("the shape of an honest attestation has no fault", async (t) => {
  const random = new Random(5);
  for (let i = 0; i < 200; i += 1) t.equal(shapeFault(randomAttestation(random)), undefined);
});

t.test("each wrong shape is named", async (t) => {
  const row: DeviceRow = {
    id: `gpu:${"a".repeat(32)}`,
    algorithm: "kawpow",
    known: KNOWN.hashes | KNOWN.energy,
    hashes: 1n,
    observedMilliseconds: 1,
    samples: 1,
    energyJoules: 1n,
    powerSource: 1,
    maxTemperatureMilliCelsius: 0,
    sharesAccepted: 0n,
    sharesRejected: 0n,
    shareWork: 0n,
    doubts: 0,
  };
  const base = { ...randomAttestation(new Random(1)), devices: [row] };
  const fault = (change: Partial<Attestation>): string | undefined =>
    shapeFault({ ...base, ...change });
  const rows = (...changes: Partial<DeviceRow>[]): string | undefined =>
    fault({ devices: changes.map((change) => ({ ...row, ...change })) });
  t.equal(rows({}), undefined);
  t.match(fault({ windowEnd: base.windowStart }), /ends before/);
  t.match(fault({ sequence: 1n << 60n }), /2\^53/);
  t.match(rows({ id: "gpu:xyz" }), /device id/);
  t.match(rows({ algorithm: "Sha 256" }), /algorithm/);
  t.match(rows({ known: 64 | row.known }), /known bit/);
  t.match(rows({ powerSource: 4 }), /power source/);
  t.match(rows({ known: KNOWN.energy }), /not 0/);
  t.match(rows({ known: KNOWN.hashes }), /not 0/);
  t.match(rows({ maxTemperatureMilliCelsius: 5 }), /not 0/);
  t.match(rows({ sharesAccepted: 5n }), /not 0/);
  t.match(rows({ sharesRejected: 5n }), /not 0/);
  t.match(rows({ shareWork: 5n }), /not 0/);
  t.match(rows({}, {}), /sorted/);
  t.match(rows({ algorithm: "b" }, { algorithm: "a" }), /sorted/);
  t.match(rows({ algorithm: "a" }, { algorithm: "b" }), /second row/);
  t.match(fault({ devices: Array.from({ length: 4097 }, () => row) }), /too many/);
});

t.test("windows lie on a fixed grid", async (t) => {
  t.equal(windowStartOf(1_700_000_599, 600), 1_700_000_400);
  t.equal(windowStartOf(1_700_000_400, 600), 1_700_000_400);
});
