import { fromBinary } from "@bufbuild/protobuf";
import Database from "better-sqlite3";
import { hexlify, recoverAddress, TypedDataEncoder, toBigInt } from "ethers";
import { AnswerSchema, SignedAttestationSchema } from "../../proto/gen/rig/v1/rig_pb.ts";

// A second reader of both databases: SQLite, the message format and ethers, nothing that computes a digest in the product.

const ZERO = `0x${"0".repeat(64)}`;
const fields = (text: string): { type: string; name: string }[] =>
  text.split(", ").map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { type, name };
  });
const DEVICE = fields(
  "string id, string algorithm, uint32 known, uint256 hashes, uint32 observedMilliseconds, uint32 samples, uint64 energyJoules, uint8 powerSource, int32 maxTemperatureMilliCelsius, uint64 sharesAccepted, uint64 sharesRejected, uint256 shareWork, uint32 doubts",
);
const ATTESTATION = {
  Attestation: fields(
    "address rig, address key, address coordinator, uint32 era, uint64 sequence, bytes32 previous, uint64 windowStart, uint64 windowEnd, uint32 flags, bytes32 beacon, bytes32 samplesRoot, bytes32 evidenceRoot, Device[] devices",
  ),
  Device: DEVICE,
};
const RECEIPT = {
  Receipt: fields(
    "address rig, uint32 era, uint64 sequence, bytes32 digest, uint64 receivedAt, bytes32 beacon",
  ),
};

/** What is pinned from outside. */
export interface Parties {
  readonly rig: string;
  readonly coordinator: string;
  readonly chainId: number;
}

/** An attestation as its bytes say it. */
interface ReadAttestation {
  readonly rig: string;
  readonly coordinator: string;
  readonly era: number;
  readonly sequence: number;
  readonly previous: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly flags: number;
  /** Samples folded, over all rows. */
  readonly samples: number;
  /** Recomputed. */
  readonly digest: string;
  /** Recovered from the signature. */
  readonly signer: string;
}

/** A row of the coordinator's ledger: its own columns, and what the bytes beside them say. */
interface LedgerRow {
  readonly era: number;
  readonly sequence: number;
  readonly digest: string;
  readonly previous: string;
  readonly windowStart: number;
  readonly said: ReadAttestation;
}

/** What a coordinator holds of a rig, in order of sequence, then era. */
export interface LedgerRead {
  readonly rows: readonly LedgerRow[];
  readonly refusals: readonly { digest: string; code: string; sequence: number | null }[];
  readonly equivocations: number;
  readonly frozen: boolean;
}

/** A row of the rig's own chain; `receipt` is whom the answer kept beside it was signed by, and what it is about. */
export interface StoreRow {
  readonly era: number;
  readonly sequence: number;
  readonly digest: string;
  readonly windowStart: number;
  readonly signed: boolean;
  readonly receipted: boolean;
  readonly refusal: string | null;
  readonly said: ReadAttestation;
  readonly receipt: { readonly digest: string; readonly signer: string } | undefined;
}

function domainOf({ chainId }: Parties): { name: string; version: string; chainId: number } {
  return { name: "Rig Attestation", version: "1", chainId };
}

function signerOf(digest: string, signature: Uint8Array): string {
  // A chain that a crash cut before the signature holds 65 zero bytes here: that is nobody's.
  if (signature.every((byte) => byte === 0)) return "";
  return recoverAddress(digest, hexlify(signature)).toLowerCase();
}

const wide = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : toBigInt(bytes));

function read(body: Uint8Array, parties: Parties): ReadAttestation {
  const { attestation, signature } = fromBinary(SignedAttestationSchema, body);
  if (attestation === undefined) throw new Error("a body holds no attestation");
  const value = {
    ...attestation,
    rig: hexlify(attestation.rig),
    key: hexlify(attestation.key),
    coordinator: hexlify(attestation.coordinator),
    previous: hexlify(attestation.previous),
    beacon: hexlify(attestation.beacon),
    samplesRoot: hexlify(attestation.samplesRoot),
    evidenceRoot: hexlify(attestation.evidenceRoot),
    devices: attestation.devices.map((row) => ({
      ...row,
      hashes: wide(row.hashes),
      shareWork: wide(row.shareWork),
    })),
  };
  const digest = TypedDataEncoder.hash(domainOf(parties), ATTESTATION, value);
  return {
    rig: value.rig,
    coordinator: value.coordinator,
    era: value.era,
    sequence: Number(value.sequence),
    previous: value.previous,
    windowStart: Number(value.windowStart),
    windowEnd: Number(value.windowEnd),
    flags: value.flags,
    samples: value.devices.reduce((sum, { samples }) => sum + samples, 0),
    digest,
    signer: signerOf(digest, signature),
  };
}

function withDatabase<T>(file: string, use: (db: Database.Database) => T): T {
  const db = new Database(file, { readonly: true, timeout: 5000 });
  try {
    return use(db);
  } finally {
    db.close();
  }
}

interface LedgerColumns {
  era: number;
  sequence: number;
  digest: string;
  previous: string;
  window_start: number;
  body: Buffer;
}

/** Reads what a coordinator's ledger holds of a rig; may be done while the coordinator runs. */
export function readLedger(file: string, parties: Parties): LedgerRead {
  const { rig } = parties;
  return withDatabase(file, (db) => ({
    rows: db
      .prepare<[string], LedgerColumns>(
        "SELECT * FROM attestations WHERE rig = ? ORDER BY sequence, era",
      )
      .all(rig)
      .map(({ window_start, body, era, sequence, digest, previous }) => ({
        ...{ era, sequence, digest, previous, windowStart: window_start },
        said: read(body, parties),
      })),
    refusals: db
      .prepare<[string], { digest: string; code: string; sequence: number | null }>(
        "SELECT digest, code, sequence FROM refusals WHERE rig = ?",
      )
      .all(rig),
    equivocations: db.prepare<[], number>("SELECT count(*) FROM equivocations").pluck().get() ?? -1,
    frozen: db.prepare("SELECT frozen_at FROM rigs WHERE rig = ?").pluck().get(rig) !== null,
  }));
}

/** The highest sequence in a ledger, cheaply; -1 before any. */
export function headSequence(file: string): number {
  return withDatabase(
    file,
    (db) =>
      db
        .prepare<[], number>("SELECT coalesce(max(sequence), -1) FROM attestations")
        .pluck()
        .get() ?? -1,
  );
}

interface StoreColumns {
  era: number;
  sequence: number;
  digest: string;
  window_start_s: number;
  body: Buffer;
  signature: string | null;
  answer: Buffer | null;
  receipted_at: number | null;
  refusal: string | null;
}

function receiptIn(bytes: Buffer | null, parties: Parties): StoreRow["receipt"] {
  if (bytes === null) return undefined;
  const { answer } = fromBinary(AnswerSchema, bytes);
  if (answer.case !== "receipt") return undefined;
  const { value } = answer;
  const message = {
    ...value,
    rig: hexlify(value.rig),
    digest: hexlify(value.digest),
    beacon: hexlify(value.beacon),
  };
  const digest = TypedDataEncoder.hash(domainOf(parties), RECEIPT, message);
  return { digest: message.digest, signer: signerOf(digest, value.signature) };
}

/** Reads a rig's own chain in order of era and sequence; may be done while the agent runs. */
export function readStore(file: string, parties: Parties): StoreRow[] {
  return withDatabase(file, (db) =>
    db
      .prepare<[], StoreColumns>("SELECT * FROM attestations ORDER BY era, sequence")
      .all()
      .map((row) => ({
        ...{ era: row.era, sequence: row.sequence, digest: row.digest, refusal: row.refusal },
        windowStart: row.window_start_s,
        signed: row.signature !== null,
        receipted: row.receipted_at !== null,
        said: read(row.body, parties),
        receipt: receiptIn(row.answer, parties),
      })),
  );
}

/** How many samples a rig's store holds. */
export function countSamples(file: string): number {
  return withDatabase(
    file,
    (db) => db.prepare<[], number>("SELECT count(*) FROM samples").pluck().get() ?? 0,
  );
}

/** The digest before the first one. */
export const NO_DIGEST = ZERO;
