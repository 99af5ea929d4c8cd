import type { Allocation } from "../../proto/messages.ts";
import { isMining } from "./credits.ts";
import { type Token, tokenKey } from "./token.ts";
import type { LedgerRow } from "./verdicts.ts";

/** A closed accounting period, in Unix seconds. */
export interface Epoch {
  readonly start: bigint;
  readonly end: bigint;
  readonly windowSeconds: number;
}

/** Which algorithms a device mined, window by window of an epoch. */
type Activity = ReadonlyMap<bigint, ReadonlySet<string>>;

/** What a token could expect of one rig: windows and promised hashes by algorithm. */
export interface Expectation {
  readonly token: Token;
  readonly windows: Map<string, number>;
  readonly promisedHashes: Map<string, bigint>;
}

/** What the ledger remembers of a rig's devices from before an epoch: what each mined when it last did. */
export interface Memory {
  /** Devices of the newest epoch in which the rig listed any. */
  readonly devices: readonly string[];
  readonly algorithms: ReadonlyMap<string, readonly string[]>;
}

/** Seconds of an epoch that an allocation lasts. */
function secondsIn({ fromTime, toTime }: Allocation, { start, end }: Epoch): bigint {
  const from = fromTime > start ? fromTime : start;
  const to = toTime < end ? toTime : end;
  return to > from ? to - from : 0n;
}

/** By device: what it mined. A host counts as a device only when it mines. */
export function activityOf(rows: readonly LedgerRow[]): Map<string, Activity> {
  const devices = new Map<string, Map<bigint, Set<string>>>();
  for (const { attestation } of rows) {
    for (const row of attestation.devices) {
      if (!isMining(row) && row.id.startsWith("host:")) continue;
      const windows = devices.get(row.id) ?? new Map<bigint, Set<string>>();
      devices.set(row.id, windows);
      if (!isMining(row)) continue;
      const mined = windows.get(attestation.windowStart) ?? new Set<string>();
      windows.set(attestation.windowStart, mined.add(row.algorithm));
    }
  }
  return devices;
}

const minedBy = (activity: Activity): string[] => [
  ...new Set([...activity.values()].flatMap((mined) => [...mined])),
];

/** A rig in an epoch: its devices, what they did, and what they are missed under when they did nothing. */
interface RigView {
  readonly devices: ReadonlyMap<string, Activity>;
  missedUnder(device: string): readonly string[];
}

/** A rig that listed nothing has the devices that it had; one that never did has a nameless one. */
function viewOf(rows: readonly LedgerRow[], memory: Memory): RigView {
  const devices = activityOf(rows);
  if (devices.size === 0) for (const device of memory.devices) devices.set(device, new Map());
  const now = [...new Set([...devices.values()].flatMap(minedBy))];
  const ever = [...new Set([...memory.algorithms.values()].flat())];
  return {
    devices,
    missedUnder: (device) =>
      [memory.algorithms.get(device) ?? [], now, ever].find((names) => names.length > 0) ?? [""],
  };
}

/**
 * Windows of one device under a token's allocations. A window in which the device mined something is expected under that;
 * an idle or missing one under all that it mined in the epoch. A named algorithm is expected whatever the device did.
 */
function expectDevice(
  { windows }: Expectation,
  allocations: readonly Allocation[],
  { devices, missedUnder }: RigView,
  device: string,
  epoch: Epoch,
): void {
  const activity = devices.get(device);
  const mined = activity === undefined ? [] : minedBy(activity);
  const usual = mined.length > 0 ? mined : missedUnder(device);
  const length = BigInt(epoch.windowSeconds);
  for (let start = epoch.start; start < epoch.end; start += length) {
    const here = allocations.filter((a) => a.fromTime <= start && start + length <= a.toTime);
    const algorithms = new Set(here.map(({ algorithm }) => algorithm));
    // No name stands for whatever the device does. One that is missed without a name stays without.
    if (algorithms.delete("")) {
      for (const algorithm of activity?.get(start) ?? usual) algorithms.add(algorithm);
    }
    for (const algorithm of algorithms) windows.set(algorithm, (windows.get(algorithm) ?? 0) + 1);
  }
}

function promisedUnder(allocation: Allocation, view: RigView): readonly string[] {
  if (allocation.algorithm !== "") return [allocation.algorithm];
  const names = allocation.device === "" ? [...view.devices.keys()] : [allocation.device];
  const mined = names.flatMap((name) => minedBy(view.devices.get(name) ?? new Map()));
  if (mined.length > 0) return [...new Set(mined)];
  const missed = (names.length === 0 ? [""] : names).flatMap((name) => view.missedUnder(name));
  return [...new Set(missed)];
}

/**
 * What the tokens of one rig could expect of it in an epoch. An allocation of the whole rig expects each device that the
 * rig listed in the epoch; of a rig that said nothing, those that it listed last.
 */
export function expectationsOf(
  allocations: readonly Allocation[],
  rows: readonly LedgerRow[],
  memory: Memory,
  epoch: Epoch,
): Expectation[] {
  const view = viewOf(rows, memory);
  const lasting = allocations.filter((allocation) => secondsIn(allocation, epoch) > 0n);
  return [...Map.groupBy(lasting, tokenKey).values()].map((own) => expectToken(own, view, epoch));
}

function expectToken(own: readonly Allocation[], view: RigView, epoch: Epoch): Expectation {
  const { collection, tokenId } = own[0] as Allocation;
  const token = { collection, tokenId };
  const expectation: Expectation = { token, windows: new Map(), promisedHashes: new Map() };
  const named = own.map(({ device }) => device).filter((device) => device !== "");
  const rigWide = named.length < own.length;
  const expected = new Set([...named, ...(rigWide ? view.devices.keys() : [])]);
  if (expected.size === 0) expected.add("");
  for (const device of expected) {
    const mine = own.filter((a) => a.device === "" || a.device === device);
    expectDevice(expectation, mine, view, device, epoch);
  }
  const { promisedHashes } = expectation;
  for (const allocation of own) {
    const hashes = allocation.promisedHashrate * secondsIn(allocation, epoch);
    for (const algorithm of promisedUnder(allocation, view)) {
      promisedHashes.set(algorithm, (promisedHashes.get(algorithm) ?? 0n) + hashes);
    }
  }
  return expectation;
}
