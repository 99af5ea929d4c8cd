import { KNOWN } from "../../../proto/attestation.ts";
import { stakesIn, tokenOf, total } from "./allocations.ts";
import type { Bundle, PerformanceRecord, RecordPart } from "./bundle.ts";
import { recordLeaf, rootOf, treeRoot } from "./crypto.ts";
import { type Epoch, epochFault, epochOf } from "./epoch.ts";
import { type Expectation, expectationOf } from "./expectation.ts";
import { excludedText, reasonsIn } from "./judge.ts";
import { type Link, link, type Pins, pinFault, unequal } from "./link.ts";
import { choiceFault, isKnown, type MatchedRow, matchRows } from "./rows.ts";

const sumOf = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n);

function gradeOf(counted: readonly MatchedRow[]): bigint {
  const devices = counted.map(({ device }) => device);
  const complete = devices.every((d) => isKnown(d, KNOWN.work) && isKnown(d, KNOWN.accepted));
  const hashes = sumOf(devices.map((d) => d.hashes));
  const work = sumOf(devices.map((d) => d.shareWork));
  const shares = sumOf(devices.map((d) => d.sharesAccepted));
  if (!complete || shares <= 16n || hashes === 0n) return 0n;
  const off = work > hashes ? work - hashes : hashes - work;
  const within = off * 100n <= hashes * 12n || off * off * shares <= 16n * hashes * hashes;
  return within ? 1n : 0n;
}

function sumLinks(name: string, record: PerformanceRecord, rows: readonly MatchedRow[]): Link[] {
  const onTime = rows.filter(({ late }) => !late);
  const late = rows.filter((row) => row.late);
  const counted = onTime.filter(({ device }) => isKnown(device, KNOWN.hashes));
  const seen = sumOf(counted.map(({ device }) => device.observedMilliseconds)) / 1000n;
  const sums: [keyof PerformanceRecord, bigint][] = [
    ["hashes", sumOf(onTime.map(({ hashes }) => hashes))],
    ["correction", sumOf(late.map(({ hashes }) => hashes))],
    ["energyJoules", sumOf(onTime.map(({ energyJoules }) => energyJoules))],
    ["windowsCounted", BigInt(counted.length)],
    ["observedSeconds", seen],
  ];
  const grade = gradeOf(counted);
  return [
    ...sums.map(([field, found]) =>
      link(
        `${name}: ${field}`,
        unequal("the record's", record[field], found),
        `${found}, as the rows add up`,
      ),
    ),
    link(
      `${name}: grade`,
      record.grade > 1n
        ? `the record's is ${record.grade}, and no coordinator of this version can say that`
        : unequal("the record's", record.grade, grade),
      `${grade}, as the share counters say`,
    ),
    link(
      `${name}: cumulativeHashes`,
      record.cumulativeHashes < record.hashes + record.correction && "it is less than this epoch's",
      "is at least this epoch's",
    ),
  ];
}

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

/**
 * What has a name is exact. A device that mined nothing in the epoch is missed under what it mined before, which is not
 * in the bundle: that part may be under this algorithm or not. `step`: what each device of a silent rig adds, 0n for none.
 */
function expectedFault(
  said: bigint,
  named: bigint,
  unnamed: bigint,
  step: bigint,
): string | undefined {
  if (unnamed === 0n && step === 0n) return unequal("the record's", said, named);
  const over = said - named;
  if (over >= 0n && (step === 0n ? over : over % step) <= unnamed) return undefined;
  const more = step === 0n ? "" : ` and any multiple of ${step}`;
  return unequal("the record's", said, `${named} to ${named + unnamed}${more}`);
}

function expectationLinks(
  name: string,
  record: PerformanceRecord,
  expectation: Expectation,
  epoch: Epoch,
): Link[] {
  const { windows, promised, unnamedWindows, unnamedPromise, perSilentDevice } = expectation;
  const { windowsExpected, expectedSeconds, promisedHashes } = record;
  const step = perSilentDevice.reduce(divisor, 0n);
  return [
    link(
      `${name}: windowsExpected`,
      expectedFault(windowsExpected, windows, unnamedWindows, step),
      step === 0n
        ? "are those of the allocations"
        : `are those of the allocations, ${step} for each device of a rig that listed none`,
    ),
    link(
      `${name}: expectedSeconds`,
      unequal("the record's", expectedSeconds, windowsExpected * epoch.windowSeconds),
      "are the windows' lengths",
    ),
    link(
      `${name}: promisedHashes`,
      expectedFault(promisedHashes, promised, unnamedPromise, 0n),
      "are those of the allocations",
    ),
  ];
}

function wholeFault(rows: readonly MatchedRow[], bundle: Bundle): string | undefined {
  for (const { attested, row } of rows) {
    const { rig, windowStart: start, windowEnd: end } = attested.statement;
    const place = { rig, device: row.device, algorithm: row.algorithm, start, end };
    const { numerator, denominator } = total(
      stakesIn(bundle.allocations, place).map((s) => s.part),
    );
    if (numerator > denominator) return `more than the whole of ${row.device} is given away`;
  }
  return undefined;
}

function countedLinks(name: string, part: RecordPart, bundle: Bundle, epoch: Epoch): Link[] {
  const { record } = part;
  const reasons = reasonsIn(bundle.attestations, epoch);
  const { rows, fault } = matchRows(part, bundle, epoch);
  const counted = bundle.attestations.filter(
    ({ digest, statement }) =>
      reasons.get(digest) === undefined &&
      statement.windowStart >= epoch.start &&
      statement.windowStart < epoch.end,
  );
  const expectation = expectationOf(record, bundle.allocations, counted, epoch);
  return [
    link(`${name}: rows`, fault, "each is of an attestation here, with the allocated fraction"),
    link(
      `${name}: windowsRoot`,
      unequal("the record's", record.windowsRoot, treeRoot(rows.map((row) => row.leaf))),
      "is that of the rows",
    ),
    link(`${name}: fractions`, wholeFault(rows, bundle), "no device is given away above the whole"),
    link(
      `${name}: windows`,
      choiceFault(part, bundle, reasons, epoch),
      excludedText(bundle.attestations, reasons) || "all that must count counts",
    ),
    ...sumLinks(name, record, rows),
    ...expectationLinks(name, record, expectation, epoch),
  ];
}

function oneRecord(part: RecordPart, bundle: Bundle, pins: Pins): Link[] {
  const { record, leaf, root, proof } = part;
  const token = tokenOf(record);
  const name = `record of ${token} (${record.algorithm || "no algorithm"}, epoch ${record.epochStart})`;
  const epoch = epochOf(part, bundle);
  const fault = epochFault(epoch);
  const isAllocated = bundle.allocations.some((allocation) => tokenOf(allocation) === token);
  return [
    link(`${name}: leaf`, unequal("it", leaf, recordLeaf(record)), "is that of the record"),
    link(`${name}: proof`, unequal("the root", root, rootOf(leaf, proof)), `leads to ${root}`),
    ...(pins.root === undefined
      ? []
      : [link(`${name}: root`, pinFault("root", pins, root), "is the pinned one")]),
    link(`${name}: epoch`, fault, `is ${(epoch.end - epoch.start) / epoch.windowSeconds} windows`),
    link(`${name}: allocations`, !isAllocated && "none here is the token's", "are here"),
    // Without an epoch there is nothing that the rest could be held against.
    ...(fault === undefined ? countedLinks(name, part, bundle, epoch) : []),
  ];
}

function rootsFault(records: readonly RecordPart[]): string | undefined {
  for (const [start, own] of Map.groupBy(records, ({ record }) => record.epochStart)) {
    if (new Set(own.map(({ root }) => root)).size > 1) return `epoch ${start} has two roots`;
    const names = own.map(({ record }) => `${tokenOf(record)} ${record.algorithm}`);
    if (new Set(names).size < names.length) return `epoch ${start} has a record twice`;
  }
  return undefined;
}

function twiceFault(records: readonly RecordPart[]): string | undefined {
  const seen = new Set<string>();
  for (const { record, rows } of records) {
    for (const { digest, device, algorithm } of rows) {
      const counted = `${tokenOf(record)} ${digest} ${device} ${algorithm}`;
      if (seen.has(counted)) return `${device} in ${digest} counts in more than one place`;
      seen.add(counted);
    }
  }
  return undefined;
}

/** Each record: leaf, proof, rows, and every figure that can be recomputed from what is in the bundle. */
export function recordLinks(bundle: Bundle, pins: Pins): Link[] {
  if (bundle.records.length === 0) return [];
  return [
    ...bundle.records.flatMap((part) => oneRecord(part, bundle, pins)),
    link(
      "records: one root",
      rootsFault(bundle.records),
      "each epoch has one, and each record is there once",
    ),
    link("records: counted once", twiceFault(bundle.records), "no row counts in two records"),
  ];
}
