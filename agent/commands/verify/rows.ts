import { KNOWN } from "../../../proto/attestation.ts";
import { equals, owed, stakesIn, tokenOf } from "./allocations.ts";
import type {
  Attested,
  Bundle,
  CountedRow,
  DeviceRow,
  PerformanceRecord,
  RecordPart,
} from "./bundle.ts";
import { rowLeaf } from "./crypto.ts";
import { type Epoch, endOfEpochAt } from "./epoch.ts";
import type { Reason } from "./judge.ts";

/** A row of a record beside what it stands for. */
export interface MatchedRow {
  readonly row: CountedRow;
  readonly attested: Attested;
  readonly device: DeviceRow;
  readonly late: boolean;
  /** What the token is owed of it. */
  readonly hashes: bigint;
  readonly energyJoules: bigint;
  readonly leaf: string;
}

/** What the rows of a record came to, or the first fault of one. */
export interface MatchedRows {
  readonly rows: readonly MatchedRow[];
  readonly fault?: string;
}

/** True where a value of a row is known. */
export const isKnown = (device: DeviceRow, bit: number): boolean =>
  (Number(device.known) & bit) !== 0;

/** True for a device that mined or was meant to. */
export const isMining = (device: DeviceRow): boolean =>
  device.algorithm !== "" || isKnown(device, KNOWN.hashes);

function lateFault({ statement, digest, receipt }: Attested, epoch: Epoch): string | undefined {
  if (statement.windowStart >= epoch.start) return undefined;
  const ended = endOfEpochAt(statement.windowStart, epoch);
  if (receipt !== null && receipt.receivedAt >= ended) return undefined;
  return `${digest} is a correction, although it was received before its own epoch ended`;
}

function match(
  row: CountedRow,
  record: PerformanceRecord,
  bundle: Bundle,
  epoch: Epoch,
  byDigest: ReadonlyMap<string, Attested>,
): MatchedRow | string {
  const attested = byDigest.get(row.digest);
  if (attested === undefined) return `the bundle has no attestation ${row.digest}`;
  const { rig, windowStart: start, windowEnd: end, devices } = attested.statement;
  const device = devices.find((d) => d.id === row.device && d.algorithm === row.algorithm);
  if (device === undefined) return `${row.digest} lists no ${row.device} with ${row.algorithm}`;
  if (row.algorithm !== record.algorithm) return `${row.algorithm} is not the record's algorithm`;
  if (start >= epoch.end) return `${row.digest} is of a later epoch`;
  const late = lateFault(attested, epoch);
  if (late !== undefined) return late;
  const place = { rig, device: row.device, algorithm: row.algorithm, start, end };
  const stakes = stakesIn(bundle.allocations, place);
  const token = tokenOf(record);
  const own = stakes.find((stake) => stake.token === token);
  if (own === undefined) return `no allocation gives the token any of ${row.device} then`;
  if (!equals(own.part, row)) {
    return `the allocations give ${own.part.numerator}/${own.part.denominator} of ${row.device}, not ${row.numerator}/${row.denominator}`;
  }
  return {
    row,
    attested,
    device,
    late: start < epoch.start,
    hashes: owed(device.hashes, stakes, token),
    energyJoules: owed(device.energyJoules, stakes, token),
    leaf: rowLeaf(row, device),
  };
}

/** Finds what the rows of a record stand for: attestation, device row and allocated fraction. */
export function matchRows({ record, rows }: RecordPart, bundle: Bundle, epoch: Epoch): MatchedRows {
  const byDigest = new Map(bundle.attestations.map((attested) => [attested.digest, attested]));
  const matched: MatchedRow[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const result = match(row, record, bundle, epoch, byDigest);
    if (typeof result === "string") return { rows: matched, fault: result };
    const { rig, windowStart } = result.attested.statement;
    const place = `${rig}:${windowStart}:${row.device}`;
    if (seen.has(place))
      return { rows: matched, fault: `${row.device} counts twice in one window` };
    seen.add(place);
    matched.push(result);
  }
  return { rows: matched };
}

/** What counts and must not, or must count and does not; undefined when the rows are those of the rules. */
export function choiceFault(
  { record, rows }: RecordPart,
  bundle: Bundle,
  reasons: ReadonlyMap<string, Reason>,
  epoch: Epoch,
): string | undefined {
  const listed = new Set(rows.map((row) => `${row.digest}:${row.device}`));
  for (const { digest, statement } of bundle.attestations) {
    const { rig, windowStart: start, windowEnd: end } = statement;
    const reason = reasons.get(digest);
    for (const device of statement.devices.filter((d) => d.algorithm === record.algorithm)) {
      const counts = listed.has(`${digest}:${device.id}`);
      if (counts && reason !== undefined) return `${digest} counts, although ${reason}`;
      // A late one may have lost to one that an epoch before counted, which is not here.
      if (counts || reason !== undefined || !isMining(device)) continue;
      if (start < epoch.start || start >= epoch.end) continue;
      const place = { rig, device: device.id, algorithm: device.algorithm, start, end };
      const stakes = stakesIn(bundle.allocations, place);
      if (stakes.some(({ token }) => token === tokenOf(record))) {
        return `${device.id} in ${digest} is left out`;
      }
    }
  }
  return undefined;
}
