import type { Allocation } from "../../proto/messages.ts";
import type { Activity } from "./activity.ts";
import { createPace, type Steps } from "./steps.ts";
import { type Token, tokenKey } from "./token.ts";

/** A closed accounting period, in Unix seconds. */
export interface Epoch {
  readonly start: bigint;
  readonly end: bigint;
  readonly windowSeconds: number;
}

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
  /** What any of them mined, the newest first. */
  readonly ever: readonly string[];
}

/** Seconds of an epoch that an allocation lasts. */
function secondsIn({ fromTime, toTime }: Allocation, { start, end }: Epoch): bigint {
  const from = fromTime > start ? fromTime : start;
  const to = toTime < end ? toTime : end;
  return to > from ? to - from : 0n;
}

const IDLE: Activity = { mined: new Set(), windows: new Map() };

/** A rig in an epoch: its devices, what they did, and what they are missed under when they did nothing. */
interface RigView {
  readonly devices: ReadonlyMap<string, Activity>;
  missedUnder(device: string): readonly string[];
}

/** A rig that listed nothing has the devices that it had; one that never did has a nameless one. */
function viewOf(seen: ReadonlyMap<string, Activity>, memory: Memory): RigView {
  const devices =
    seen.size > 0 ? seen : new Map(memory.devices.map((device) => [device, IDLE] as const));
  const now = [...new Set([...devices.values()].flatMap(({ mined }) => [...mined]))];
  return {
    devices,
    missedUnder: (device) =>
      [memory.algorithms.get(device) ?? [], now, memory.ever].find((names) => names.length > 0) ?? [
        "",
      ],
  };
}

/** A stretch of an epoch in which the same allocations last: its windows, counted from the epoch's start. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly algorithms: ReadonlySet<string>;
}

/** The stretches in which any of these lasts. */
function stretchesOf(allocations: readonly Allocation[], epoch: Epoch): Stretch[] {
  const length = BigInt(epoch.windowSeconds);
  const count = (epoch.end - epoch.start) / length;
  const clamped = (index: bigint): number =>
    Number(index < 0n ? 0n : index > count ? count : index);
  const ranges = allocations.map(({ fromTime, toTime, algorithm }) => ({
    // Allocations are cut on windows; of one that is not, only the windows that it covers.
    from: clamped((fromTime - epoch.start + length - 1n) / length),
    to: clamped((toTime - epoch.start) / length),
    algorithm,
  }));
  const bounds = [...new Set(ranges.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  return bounds.slice(0, -1).flatMap((from, i) => {
    const to = bounds[i + 1] ?? from;
    const here = ranges.filter((range) => range.from <= from && to <= range.to);
    if (here.length === 0) return [];
    return [{ from, to, algorithms: new Set(here.map(({ algorithm }) => algorithm)) }];
  });
}

/**
 * Windows of one device in a stretch. A window in which the device mined something is expected under that; an idle or
 * missing one under all that it mined in the epoch. A named algorithm is expected whatever the device did.
 */
function expectDevice(
  { windows }: Expectation,
  { from, to, algorithms }: Stretch,
  activity: Activity,
  missedUnder: readonly string[],
  epoch: Epoch,
): void {
  const add = (algorithm: string, more: number): void => {
    windows.set(algorithm, (windows.get(algorithm) ?? 0) + more);
  };
  for (const algorithm of algorithms) if (algorithm !== "") add(algorithm, to - from);
  // No name stands for whatever the device does. One that is missed without a name stays without.
  if (!algorithms.has("")) return;
  const addUnnamed = (names: Iterable<string>, more: number): void => {
    for (const name of names) if (name === "" || !algorithms.has(name)) add(name, more);
  };
  const [start, end] = [startOf(epoch, from), startOf(epoch, to)];
  let idle = to - from;
  for (const [at, mined] of activity.windows) {
    if (at < start || at >= end) continue;
    idle -= 1;
    addUnnamed(mined, 1);
  }
  if (idle > 0) addUnnamed(activity.mined.size > 0 ? activity.mined : missedUnder, idle);
}

const startOf = ({ start, windowSeconds }: Epoch, window: number): bigint =>
  start + BigInt(window) * BigInt(windowSeconds);

function promisedUnder(allocation: Allocation, view: RigView): readonly string[] {
  if (allocation.algorithm !== "") return [allocation.algorithm];
  const names = allocation.device === "" ? [...view.devices.keys()] : [allocation.device];
  const mined = names.flatMap((name) => [...(view.devices.get(name) ?? IDLE).mined]);
  if (mined.length > 0) return [...new Set(mined)];
  const missed = (names.length === 0 ? [""] : names).flatMap((name) => view.missedUnder(name));
  return [...new Set(missed)];
}

/**
 * What the tokens of one rig could expect of it in an epoch. An allocation of the whole rig expects each device that the
 * rig listed in the epoch; of a rig that said nothing, those that it listed last.
 */
export function* expectationsOf(
  allocations: readonly Allocation[],
  seen: ReadonlyMap<string, Activity>,
  memory: Memory,
  epoch: Epoch,
): Steps<Expectation[]> {
  const view = viewOf(seen, memory);
  const lasting = allocations.filter((allocation) => secondsIn(allocation, epoch) > 0n);
  const isStepFull = createPace(LOOKS_A_STEP);
  const expectations: Expectation[] = [];
  for (const own of Map.groupBy(lasting, tokenKey).values()) {
    expectations.push(yield* expectToken(own, view, epoch, isStepFull));
  }
  return expectations;
}

/** Windows of devices are looked at this often before others get their turn. */
const LOOKS_A_STEP = 20_000;

function* expectToken(
  own: readonly Allocation[],
  view: RigView,
  epoch: Epoch,
  isStepFull: (work: number) => boolean,
): Steps<Expectation> {
  const { collection, tokenId } = own[0] as Allocation;
  const token = { collection, tokenId };
  const expectation: Expectation = { token, windows: new Map(), promisedHashes: new Map() };
  const named = new Set(own.map(({ device }) => device));
  const rigWide = named.delete("");
  const expected = new Set([...named, ...(rigWide ? view.devices.keys() : [])]);
  if (expected.size === 0) expected.add("");
  const wide = stretchesOf(
    own.filter(({ device }) => device === ""),
    epoch,
  );
  for (const device of expected) {
    const activity = view.devices.get(device) ?? IDLE;
    const mine = named.has(device)
      ? stretchesOf(
          own.filter((a) => a.device === "" || a.device === device),
          epoch,
        )
      : wide;
    for (const stretch of mine) {
      expectDevice(expectation, stretch, activity, view.missedUnder(device), epoch);
      if (isStepFull(activity.windows.size + activity.mined.size + 1)) yield;
    }
  }
  addPromises(expectation, own, view, epoch);
  return expectation;
}

function addPromises(
  { promisedHashes }: Expectation,
  own: readonly Allocation[],
  view: RigView,
  epoch: Epoch,
): void {
  for (const allocation of own) {
    const hashes = allocation.promisedHashrate * secondsIn(allocation, epoch);
    for (const algorithm of promisedUnder(allocation, view)) {
      promisedHashes.set(algorithm, (promisedHashes.get(algorithm) ?? 0n) + hashes);
    }
  }
}
