import { tokenOf } from "./allocations.ts";
import type { Allocation, Attested, PerformanceRecord } from "./bundle.ts";
import type { Epoch } from "./epoch.ts";
import { isMining } from "./rows.ts";
import { spansOf } from "./spans.ts";

/** What a record's token could expect of its epoch under the record's algorithm. */
export interface Expectation {
  windows: bigint;
  promised: bigint;
  /** Those of devices that mined nothing: under this algorithm or not, only what they mined before can say. */
  unnamedWindows: bigint;
  unnamedPromise: bigint;
  /** Windows that one device of a rig that listed none is missed for; how many it has, only what it listed before can say. */
  readonly perSilentDevice: bigint[];
}

/** Device → window start → algorithms mined. */
type Activity = Map<string, Map<bigint, Set<string>>>;

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

function expectDevice(
  expectation: Expectation,
  algorithm: string,
  own: readonly Allocation[],
  activity: Activity,
  device: string,
  epoch: Epoch,
): void {
  const windows = [...(activity.get(device) ?? [])];
  const usual = minedBy(activity, device);
  for (const { from, to, count, algorithms } of spansOf(own, epoch)) {
    if (algorithm !== "" && algorithms.has(algorithm)) {
      expectation.windows += count;
      continue;
    }
    if (!algorithms.has("")) continue;
    const active = windows.filter(([start]) => from <= start && start < to);
    const under = active.filter(([, mined]) => mined.has(algorithm));
    const idle = count - BigInt(active.length);
    expectation.windows += BigInt(under.length) + (usual.has(algorithm) ? idle : 0n);
    if (usual.size === 0) expectation.unnamedWindows += idle;
  }
}

/** Each device of a silent rig is missed under the allocations of the whole rig, under a name of theirs or under its own. */
function expectSilent(
  expectation: Expectation,
  algorithm: string,
  rigWide: readonly Allocation[],
  epoch: Epoch,
  isOnly: boolean,
): void {
  let named = 0n;
  let either = 0n;
  for (const { count, algorithms } of spansOf(rigWide, epoch)) {
    const isNamed = algorithm !== "" && algorithms.has(algorithm);
    if (isNamed) named += count;
    if (isNamed || algorithms.has("")) either += count;
  }
  expectation.perSilentDevice.push(named, either);
  // A rig that never listed any is missed as one nameless device.
  if (isOnly) expectation.windows += named;
}

function expectPromise(
  expectation: Expectation,
  algorithm: string,
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
  if (algorithms.has(algorithm)) expectation.promised += hashes;
  if (algorithms.size === 0) expectation.unnamedPromise += hashes;
}

/** What the allocations of a record's token let it expect of its epoch, given the attestations that count in it. */
export function expectationOf(
  record: PerformanceRecord,
  allocations: readonly Allocation[],
  counted: readonly Attested[],
  epoch: Epoch,
): Expectation {
  const expectation: Expectation = {
    windows: 0n,
    promised: 0n,
    unnamedWindows: 0n,
    unnamedPromise: 0n,
    perSilentDevice: [],
  };
  const { algorithm } = record;
  const own = allocations.filter(
    (a) => tokenOf(a) === tokenOf(record) && a.fromTime < epoch.end && epoch.start < a.toTime,
  );
  for (const [rig, ofRig] of Map.groupBy(own, (allocation) => allocation.rig)) {
    const activity = activityOf(rig, counted);
    const rigWide = ofRig.filter(({ device }) => device === "");
    const named = ofRig.map(({ device }) => device).filter((device) => device !== "");
    const devices = new Set([...named, ...(rigWide.length > 0 ? activity.keys() : [])]);
    for (const device of devices) {
      const mine = ofRig.filter((a) => a.device === "" || a.device === device);
      expectDevice(expectation, algorithm, mine, activity, device, epoch);
    }
    if (rigWide.length > 0 && activity.size === 0) {
      expectSilent(expectation, algorithm, rigWide, epoch, devices.size === 0);
    }
    for (const allocation of ofRig) {
      expectPromise(expectation, algorithm, allocation, activity, epoch);
    }
  }
  return expectation;
}
