import { tokenOf } from "./allocations.ts";
import type { Allocation, Attested, PerformanceRecord } from "./bundle.ts";
import type { Epoch } from "./judge.ts";
import { isMining } from "./rows.ts";

/** What a token could expect in an epoch, by algorithm, and what of it belongs to devices that mined nothing. */
export interface Expectation {
  readonly windows: Map<string, bigint>;
  readonly promised: Map<string, bigint>;
  unnamedWindows: bigint;
  unnamedPromise: bigint;
}

/** Device → window start → algorithms mined. */
type Activity = Map<string, Map<bigint, Set<string>>>;

function add(sums: Map<string, bigint>, key: string, by: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + by);
}

function activityOf(rig: string, counted: readonly Attested[]): Activity {
  const activity: Activity = new Map();
  for (const { statement } of counted) {
    if (statement.rig !== rig) continue;
    for (const device of statement.devices) {
      if (!isMining(device) && device.id.startsWith("host:")) continue;
      const windows = activity.get(device.id) ?? new Map<bigint, Set<string>>();
      activity.set(device.id, windows);
      if (!isMining(device)) continue;
      const mined = windows.get(statement.windowStart) ?? new Set<string>();
      windows.set(statement.windowStart, mined.add(device.algorithm));
    }
  }
  return activity;
}

const minedBy = (activity: Activity, device: string): Set<string> =>
  new Set([...(activity.get(device)?.values() ?? [])].flatMap((mined) => [...mined]));

function expectWindows(
  expectation: Expectation,
  own: readonly Allocation[],
  activity: Activity,
  device: string,
  epoch: Epoch,
): void {
  const all = minedBy(activity, device);
  const length = epoch.windowSeconds;
  for (let start = epoch.start; start < epoch.end; start += length) {
    const here = own.filter(
      (a) =>
        (a.device === "" || a.device === device) &&
        a.fromTime <= start &&
        start + length <= a.toTime,
    );
    const algorithms = new Set(here.map(({ algorithm }) => algorithm));
    if (algorithms.delete("")) {
      const mined = activity.get(device)?.get(start) ?? all;
      if (mined.size === 0) expectation.unnamedWindows += 1n;
      for (const algorithm of mined) algorithms.add(algorithm);
    }
    for (const algorithm of algorithms) add(expectation.windows, algorithm, 1n);
  }
}

function expectPromise(
  expectation: Expectation,
  allocation: Allocation,
  activity: Activity,
  epoch: Epoch,
): void {
  const from = allocation.fromTime > epoch.start ? allocation.fromTime : epoch.start;
  const to = allocation.toTime < epoch.end ? allocation.toTime : epoch.end;
  const hashes = allocation.promisedHashrate * (to - from);
  const devices = allocation.device === "" ? [...activity.keys()] : [allocation.device];
  const mined = new Set(devices.flatMap((device) => [...minedBy(activity, device)]));
  const algorithms = allocation.algorithm === "" ? mined : new Set([allocation.algorithm]);
  if (algorithms.size === 0) expectation.unnamedPromise += hashes;
  for (const algorithm of algorithms) add(expectation.promised, algorithm, hashes);
}

/** What the allocations of a record's token let it expect of its epoch, given the attestations that count in it. */
export function expectationOf(
  record: PerformanceRecord,
  allocations: readonly Allocation[],
  counted: readonly Attested[],
  epoch: Epoch,
): Expectation {
  const expectation: Expectation = {
    windows: new Map(),
    promised: new Map(),
    unnamedWindows: 0n,
    unnamedPromise: 0n,
  };
  const own = allocations.filter(
    (a) => tokenOf(a) === tokenOf(record) && a.fromTime < epoch.end && epoch.start < a.toTime,
  );
  for (const [rig, ofRig] of Map.groupBy(own, (allocation) => allocation.rig)) {
    const activity = activityOf(rig, counted);
    const named = ofRig.map(({ device }) => device).filter((device) => device !== "");
    const listed = named.length < ofRig.length ? [...activity.keys()] : [];
    const devices = new Set([...named, ...listed]);
    if (devices.size === 0) devices.add("");
    for (const device of devices) expectWindows(expectation, ofRig, activity, device, epoch);
    for (const allocation of ofRig) expectPromise(expectation, allocation, activity, epoch);
  }
  return expectation;
}
