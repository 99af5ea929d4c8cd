import { ATTESTATION_TYPES } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import { MESSAGE_TYPES } from "../../proto/messages.ts";
import { DOMAIN } from "../../proto/typed-data.ts";
import type { Ledger } from "../ledger/open.ts";
import { type KeptAllocation, rigAllocations, tokenAllocations } from "./allocation-rows.ts";
import { creditsOf } from "./credits.ts";
import {
  type ClosedEpoch,
  type JudgedRow,
  judgedRows,
  type ReceiptedRow,
  readEpoch,
  rowsBetween,
} from "./ledger-rows.ts";
import type { Proofs } from "./proofs.ts";
import { type KeptRecord, recordsIn } from "./record-rows.ts";
import { createStakes } from "./shares.ts";
import { createPace, finish, type Steps } from "./steps.ts";
import { type Token, tokenKey } from "./token.ts";

/** Fields of a struct by their EIP-712 names; integers as decimal text. */
export type Fields = Readonly<Record<string, unknown>>;

/** Section 9 of docs/attestation.md: one document that anybody can check. */
export interface Bundle {
  readonly version: 1;
  readonly domain: { readonly name: string; readonly version: string; readonly chainId: string };
  /** Length of the windows that count, in seconds. */
  readonly windowSeconds: string;
  /** Null in the bundle of a token that more than one rig works for. */
  readonly rig: Hex | null;
  readonly coordinator: Hex;
  readonly rotations: readonly never[];
  readonly attestations: readonly BundledAttestation[];
  readonly allocations: readonly Fields[];
  readonly records: readonly BundledRecord[];
}

interface BundledAttestation {
  readonly statement: Fields;
  readonly digest: Hex;
  readonly signature: Hex;
  readonly receipt: Fields | null;
}

interface BundledRecord {
  readonly record: Fields;
  readonly leaf: Hex;
  readonly root: Hex;
  readonly proof: readonly Hex[];
  readonly rows: readonly BundledRow[];
}

/** What was counted: the row of a device in an attestation, and the token's whole fraction of it in lowest terms. */
interface BundledRow {
  readonly digest: Hex;
  readonly device: string;
  readonly algorithm: string;
  readonly numerator: string;
  readonly denominator: string;
}

/** Whose ledger it is. */
export interface Bundler {
  readonly db: Ledger;
  readonly chainId: bigint;
  readonly coordinator: Hex;
  readonly proofs: Proofs;
  /** Length of the windows that it asks for now. */
  readonly windowSeconds: number;
}

type Types = readonly (readonly [type: string, name: string])[];

function fieldsOf(types: Types, value: object): Fields {
  const struct = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    types.map(([type, name]) => {
      const field = struct[name];
      return [name, /^u?int/.test(type) ? String(field) : field];
    }),
  );
}

/** A record's fields as JSON has them. */
export function recordFields(record: KeptRecord): Fields {
  return fieldsOf(MESSAGE_TYPES.Record, record);
}

function bundleAttestation(row: ReceiptedRow): BundledAttestation {
  const { attestation, digest, signature } = row;
  const { rig, era, sequence } = attestation;
  const devices = attestation.devices.map((device) => fieldsOf(ATTESTATION_TYPES.Device, device));
  const receipt = {
    rig,
    era,
    sequence,
    digest,
    receivedAt: row.receivedAt,
    beacon: row.receiptBeacon,
  };
  return {
    statement: { ...fieldsOf(ATTESTATION_TYPES.Attestation, attestation), devices },
    digest,
    signature,
    receipt: { ...fieldsOf(MESSAGE_TYPES.Receipt, receipt), signature: row.receiptSignature },
  };
}

const bundleAllocation = (allocation: KeptAllocation): Fields => ({
  ...fieldsOf(MESSAGE_TYPES.Allocation, allocation),
  signature: allocation.signature,
});

function bundleOf(
  { chainId, coordinator, windowSeconds }: Bundler,
  rigs: readonly Hex[],
  attestations: readonly BundledAttestation[],
  allocations: readonly KeptAllocation[],
  records: readonly BundledRecord[],
): Bundle {
  return {
    version: 1,
    domain: { ...DOMAIN, chainId: String(chainId) },
    windowSeconds: String(windowSeconds),
    rig: rigs.length === 1 ? (rigs[0] ?? null) : null,
    coordinator,
    rotations: [],
    attestations,
    allocations: allocations.map(bundleAllocation),
    records,
  };
}

/** How many attestations one answer about a rig holds at most. */
export const MOST_ATTESTATIONS = 1000;

/** A page of a rig's attestations. */
export interface RigBundle {
  readonly bundle: Bundle;
  /** Where the rest begins, Unix seconds; absent when this is all. */
  readonly next?: bigint;
}

const ALL = Number.MAX_SAFE_INTEGER;

/** A page of whole windows, and where the next one begins: what two eras say of a window belongs together. */
function windowsBetween(
  db: Ledger,
  rig: Hex,
  from: bigint,
  to: bigint,
  limit: number,
): { readonly page: readonly ReceiptedRow[]; readonly next?: bigint } {
  const rows = rowsBetween(db, rig, from, to, limit + 1);
  const last = rows.at(-1)?.attestation.windowStart;
  if (rows.length <= limit || last === undefined) return { page: rows };
  const page = rows.filter((row) => row.attestation.windowStart < last);
  if (page.length > 0) return { page, next: last };
  // More than a page of one window: all of it, or the next page would be this one again.
  return { page: rowsBetween(db, rig, last, last + 1n, ALL), next: last + 1n };
}

/**
 * The attestations of a rig whose windows start in a range of Unix seconds, and the allocations that reach into it; at
 * most `limit` of them where that many windows have one each.
 */
export function rigBundle(
  bundler: Bundler,
  rig: Hex,
  from: bigint,
  to: bigint,
  limit: number = MOST_ATTESTATIONS,
): RigBundle {
  const { page, next } = windowsBetween(bundler.db, rig, from, to, limit);
  const end = next ?? to;
  const allocations = rigAllocations(bundler.db, rig, from).filter((a) => a.fromTime < end);
  const bundle = bundleOf(bundler, [rig], page.map(bundleAttestation), allocations, []);
  return next === undefined ? { bundle } : { bundle, next };
}

interface RigPart {
  readonly rig: Hex;
  readonly judged: readonly JudgedRow[];
  readonly allocations: readonly KeptAllocation[];
}

function* rigPart(db: Ledger, rig: Hex, epoch: ClosedEpoch): Steps<RigPart> {
  const judged = yield* judgedRows(db, rig, epoch.start);
  const starts = judged.map(({ row }) => row.attestation.windowStart);
  const from = starts.reduce((min, start) => (start < min ? start : min), epoch.start);
  const allocations = rigAllocations(db, rig, from).filter((a) => a.fromTime < epoch.end);
  return { rig, judged, allocations };
}

/** Device rows that are bundled before others get their turn. */
const ROWS_A_STEP = 400;

function* rowsFor(record: KeptRecord, parts: readonly RigPart[]): Steps<BundledRow[]> {
  const isStepFull = createPace(ROWS_A_STEP);
  const rows: BundledRow[] = [];
  for (const { judged, allocations } of parts) {
    const stakesOf = createStakes(allocations);
    for (const { row } of judged.filter(({ counted }) => counted)) {
      for (const { token, row: device, fraction } of creditsOf(row, stakesOf)) {
        if (tokenKey(token) !== tokenKey(record) || device.algorithm !== record.algorithm) continue;
        rows.push({
          digest: row.digest,
          device: device.id,
          algorithm: device.algorithm,
          numerator: String(fraction.numerator),
          denominator: String(fraction.denominator),
        });
      }
      if (isStepFull(row.attestation.devices.length + 1)) yield;
    }
  }
  return rows;
}

function* bundleAttestations(parts: readonly RigPart[]): Steps<BundledAttestation[]> {
  const isStepFull = createPace(ROWS_A_STEP);
  const bundled: BundledAttestation[] = [];
  for (const { row } of parts.flatMap(({ judged }) => judged)) {
    bundled.push(bundleAttestation(row));
    if (isStepFull(row.attestation.devices.length + 1)) yield;
  }
  return bundled;
}

/**
 * A token's records of one closed epoch with everything that they rest on: all that the epoch judged of the token's rigs,
 * and every allocation of those rigs, so that the remainder of a split can be checked. Undefined where there is no record.
 */
export function* tokenBundleSteps(
  bundler: Bundler,
  token: Token,
  epochStart: bigint,
): Steps<Bundle | undefined> {
  const { db, proofs } = bundler;
  const epoch = readEpoch(db, epochStart);
  const records = recordsIn(db, token, epochStart);
  if (epoch === undefined || records.length === 0) return undefined;
  const rigs = [...new Set(tokenAllocations(db, token).map(({ rig }) => rig))].sort();
  const parts: RigPart[] = [];
  for (const rig of rigs) {
    const part = yield* rigPart(db, rig, epoch);
    if (part.allocations.some((a) => tokenKey(a) === tokenKey(token))) parts.push(part);
  }
  const bundled: BundledRecord[] = [];
  for (const record of records) {
    const { leaf } = record;
    const rows = yield* rowsFor(record, parts);
    bundled.push({ record: recordFields(record), leaf, ...proofs.proofOf(record), rows });
  }
  return bundleOf(
    bundler,
    parts.map(({ rig }) => rig),
    yield* bundleAttestations(parts),
    parts.flatMap(({ allocations }) => allocations),
    bundled,
  );
}

/** The same in one go. */
export function tokenBundle(
  bundler: Bundler,
  token: Token,
  epochStart: bigint,
): Bundle | undefined {
  return finish(tokenBundleSteps(bundler, token, epochStart));
}

/** A bundle as JSON text, piece by piece: what one day of a farm says is tens of megabytes. */
export function* bundleText(bundle: Bundle): Steps<Buffer> {
  const { attestations, allocations, records, ...head } = bundle;
  const pieces = [Buffer.from(JSON.stringify(head).slice(0, -1))];
  for (const [name, list] of Object.entries({ attestations, allocations, records })) {
    pieces.push(Buffer.from(`,"${name}":[`));
    for (const [i, one] of list.entries()) {
      pieces.push(Buffer.from(`${i === 0 ? "" : ","}${JSON.stringify(one)}`));
      if (i % PIECES_A_STEP === 0) yield;
    }
    pieces.push(Buffer.from("]"));
  }
  return Buffer.concat([...pieces, Buffer.from("}\n")]);
}

/** Parts of a bundle that are written before others get their turn. */
const PIECES_A_STEP = 20;
