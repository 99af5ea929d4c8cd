import { z } from "zod";
import { isAlgorithm, isDeviceId, WINDOW_SECONDS } from "../../../proto/attestation.ts";

const WORD = /^(0|-?[1-9]\d{0,77})$/;

/** A decimal integer within a range; anything longer than 256 bits could be is not even read. */
const integer = (min: bigint, max: bigint) =>
  z
    .string()
    .regex(WORD, "must be a decimal integer as text")
    .transform((text) => BigInt(text))
    .refine((value) => value >= min && value <= max, "does not fit its type");

const uint = (bits: bigint) => integer(0n, (1n << bits) - 1n);
const int = (bits: bigint) => integer(-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n);
const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`), `must be ${bytes} bytes of lower-case 0x hex`);
const address = hex(20);
const bytes32 = hex(32);
// v is 27 or 28: a signature that can be written in two ways would be two documents.
const signature = z
  .string()
  .regex(/^0x[0-9a-f]{128}(1b|1c)$/, "must be 65 bytes (r, s, v) of 0x hex");
const deviceId = z.string().refine(isDeviceId, "must be a device id");
const algorithm = z.string().refine(isAlgorithm, "must be an algorithm's name");
const windowSeconds = z
  .string()
  .refine((text) => WINDOW_SECONDS.some((length) => String(length) === text), "is no window length")
  .transform((text) => BigInt(text));

const device = z.strictObject({
  id: deviceId,
  algorithm,
  known: uint(32n),
  hashes: uint(256n),
  observedMilliseconds: uint(32n),
  samples: uint(32n),
  energyJoules: uint(64n),
  powerSource: uint(8n),
  maxTemperatureMilliCelsius: int(32n),
  sharesAccepted: uint(64n),
  sharesRejected: uint(64n),
  shareWork: uint(256n),
  doubts: uint(32n),
});

const statement = z.strictObject({
  rig: address,
  key: address,
  coordinator: address,
  era: uint(32n),
  sequence: uint(64n),
  previous: bytes32,
  windowStart: uint(64n),
  windowEnd: uint(64n),
  flags: uint(32n),
  beacon: bytes32,
  samplesRoot: bytes32,
  evidenceRoot: bytes32,
  devices: z.array(device),
});

const receipt = z.strictObject({
  rig: address,
  era: uint(32n),
  sequence: uint(64n),
  digest: bytes32,
  receivedAt: uint(64n),
  beacon: bytes32,
  signature,
});

const attestation = z.strictObject({
  statement,
  digest: bytes32,
  signature,
  receipt: receipt.nullable(),
});

const allocation = z.strictObject({
  owner: address,
  rig: address,
  device: z.union([z.literal(""), deviceId]),
  algorithm,
  collection: address,
  tokenId: uint(256n),
  numerator: integer(1n, (1n << 64n) - 1n),
  denominator: integer(1n, (1n << 64n) - 1n),
  fromTime: uint(64n),
  toTime: uint(64n),
  promisedHashrate: uint(256n),
  signature,
});

const record = z.strictObject({
  epochStart: uint(64n),
  epochEnd: uint(64n),
  collection: address,
  tokenId: uint(256n),
  algorithm,
  hashes: uint(256n),
  correction: int(256n),
  promisedHashes: uint(256n),
  observedSeconds: uint(64n),
  expectedSeconds: uint(64n),
  energyJoules: uint(64n),
  grade: uint(8n),
  windowsCounted: uint(32n),
  windowsExpected: uint(32n),
  windowsRoot: bytes32,
  cumulativeHashes: uint(256n),
});

const row = z.strictObject({
  digest: bytes32,
  device: deviceId,
  algorithm,
  numerator: uint(256n),
  denominator: integer(1n, (1n << 256n) - 1n),
});

const bundle = z.strictObject({
  version: z.literal(1),
  domain: z.strictObject({
    name: z.literal("Rig Attestation"),
    version: z.literal("1"),
    chainId: uint(256n),
  }),
  windowSeconds,
  rig: address.nullable(),
  coordinator: address,
  rotations: z.array(z.unknown()).max(0, "this version cannot check a rotated key"),
  attestations: z.array(attestation),
  allocations: z.array(allocation),
  records: z.array(
    z.strictObject({
      record,
      leaf: bytes32,
      root: bytes32,
      proof: z.array(bytes32).max(64),
      rows: z.array(row),
    }),
  ),
});

/** Section 9 of docs/attestation.md, read: integers as bigints. */
export type Bundle = z.output<typeof bundle>;
export type Attested = z.output<typeof attestation>;
export type DeviceRow = z.output<typeof device>;
export type Allocation = z.output<typeof allocation>;
export type RecordPart = Bundle["records"][number];
export type PerformanceRecord = z.output<typeof record>;
export type CountedRow = z.output<typeof row>;

/** A bundle, or what is wrong with its shape: the first few faults with their paths. */
export type ReadBundle = { readonly bundle: Bundle } | { readonly faults: readonly string[] };

const MOST_FAULTS = 5;

/** Reads a bundle from plain JSON. Fields that it does not know are faults: what is not checked must not look checked. */
export function readBundle(document: unknown): ReadBundle {
  const { success, data: read, error } = bundle.safeParse(document);
  if (success) return { bundle: read };
  return {
    faults: error.issues
      .slice(0, MOST_FAULTS)
      .map(({ path, message }) => `${path.map(String).join(".") || "(bundle)"}: ${message}`),
  };
}
