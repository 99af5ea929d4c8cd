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
import { type Token, tokenKey } from "./token.ts";

/** Fields of a struct by their EIP-712 names; integers as decimal text. */
export type Fields = Readonly<Record<string, unknown>>;

/** Section 9 of docs/attestation.md: one document that anybody can check. */
export interface Bundle {
  readonly version: 1;
  readonly domain: { readonly name: string; readonly version: string; readonly chainId: string };
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
  { chainId, coordinator }: Bundler,
  rigs: readonly Hex[],
  attestations: readonly ReceiptedRow[],
  allocations: readonly KeptAllocation[],
  records: readonly BundledRecord[],
): Bundle {
  return {
    version: 1,
    domain: { ...DOMAIN, chainId: String(chainId) },
    rig: rigs.length === 1 ? (rigs[0] ?? null) : null,
    coordinator,
    rotations: [],
    attestations: attestations.map(bundleAttestation),
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

/** The attestations of a rig whose windows start in a range of Unix seconds, and the allocations that reach into it. */
export function rigBundle(
  bundler: Bundler,
  rig: Hex,
  from: bigint,
  to: bigint,
  limit: number = MOST_ATTESTATIONS,
): RigBundle {
  const rows = rowsBetween(bundler.db, rig, from, to, limit + 1);
  const next = rows.length > limit ? rows.at(-1)?.attestation.windowStart : undefined;
  // A window is never torn in two pages: what two eras say of it belongs together.
  const page = next === undefined ? rows : rows.filter((r) => r.attestation.windowStart < next);
  const end = next ?? to;
  const allocations = rigAllocations(bundler.db, rig, from).filter((a) => a.fromTime < end);
  const bundle = bundleOf(bundler, [rig], page, allocations, []);
  return next === undefined ? { bundle } : { bundle, next };
}

interface RigPart {
  readonly rig: Hex;
  readonly judged: readonly JudgedRow[];
  readonly allocations: readonly KeptAllocation[];
}

function rigPart(db: Ledger, rig: Hex, epoch: ClosedEpoch): RigPart {
  const judged = judgedRows(db, rig, epoch.start);
  const starts = judged.map(({ row }) => row.attestation.windowStart);
  const from = starts.reduce((min, start) => (start < min ? start : min), epoch.start);
  const allocations = rigAllocations(db, rig, from).filter((a) => a.fromTime < epoch.end);
  return { rig, judged, allocations };
}

function rowsFor(record: KeptRecord, parts: readonly RigPart[]): BundledRow[] {
  return parts.flatMap(({ judged, allocations }) => {
    const stakesOf = createStakes(allocations);
    return judged
      .filter(({ counted }) => counted)
      .flatMap(({ row }) =>
        creditsOf(row, stakesOf)
          .filter((credit) => tokenKey(credit.token) === tokenKey(record))
          .filter((credit) => credit.row.algorithm === record.algorithm)
          .map((credit) => ({
            digest: row.digest,
            device: credit.row.id,
            algorithm: credit.row.algorithm,
            numerator: String(credit.fraction.numerator),
            denominator: String(credit.fraction.denominator),
          })),
      );
  });
}

/**
 * A token's records of one closed epoch with everything that they rest on: all that the epoch judged of the token's rigs,
 * and every allocation of those rigs, so that the remainder of a split can be checked. Undefined where there is no record.
 */
export function tokenBundle(
  bundler: Bundler,
  token: Token,
  epochStart: bigint,
): Bundle | undefined {
  const { db, proofs } = bundler;
  const epoch = readEpoch(db, epochStart);
  const records = recordsIn(db, token, epochStart);
  if (epoch === undefined || records.length === 0) return undefined;
  const rigs = [...new Set(tokenAllocations(db, token).map(({ rig }) => rig))].sort();
  const parts = rigs
    .map((rig) => rigPart(db, rig, epoch))
    .filter(({ allocations }) => allocations.some((a) => tokenKey(a) === tokenKey(token)));
  const bundled = records.map((record) => ({
    record: recordFields(record),
    leaf: record.leaf,
    ...proofs.proofOf(record),
    rows: rowsFor(record, parts),
  }));
  return bundleOf(
    bundler,
    parts.map(({ rig }) => rig),
    parts.flatMap(({ judged }) => judged.map(({ row }) => row)),
    parts.flatMap(({ allocations }) => allocations),
    bundled,
  );
}
