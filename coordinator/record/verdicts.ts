import {
  type Attestation,
  MAX_EPOCH_ALGORITHMS,
  MAX_EPOCH_DEVICES,
} from "../../proto/attestation.ts";
import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import { METRICS } from "../../proto/metrics.ts";
import { createPace, type Steps } from "./steps.ts";

/** What may be said of an attestation when its epoch closes. Section 5 of docs/attestation.md. */
export const VERDICTS = {
  gap: { about: "The attestation before it is not in the ledger", zeroes: false },
  "previous-mismatch": { about: "It names another one before it than the ledger", zeroes: false },
  "bad-window": { about: "Its window is not one of the agreed grid", zeroes: true },
  "window-in-future": { about: "Its window ended after it was received", zeroes: true },
  "window-overlap": { about: "Another attestation of the same time came first", zeroes: true },
  implausible: {
    about: "A device did more than any device can, or the rig named more of them than it can have",
    zeroes: true,
  },
  failed: { about: "The coordinator could not add it up; its log says why", zeroes: true },
  late: { about: "It came after its epoch had closed and enters as a correction", zeroes: false },
} as const;
export type Verdict = keyof typeof VERDICTS;

/** An attestation as the ledger holds it. */
export interface LedgerRow {
  readonly digest: Hex;
  readonly attestation: Attestation;
  readonly signature: Hex;
  /** Unix seconds. */
  readonly receivedAt: number;
}

/** What judging needs of a row once its devices were looked at. */
export interface LookedAt
  extends Pick<Attestation, "rig" | "era" | "sequence" | "previous" | "windowStart" | "windowEnd"> {
  readonly digest: Hex;
  /** Unix seconds. */
  readonly receivedAt: number;
  /** What is wrong with the attestation in itself. */
  readonly faults: readonly Verdict[];
}

/** What is to be said of a row, and whether its window counts. */
export interface Judgement {
  readonly row: LookedAt;
  readonly verdicts: readonly Verdict[];
  readonly counted: boolean;
}

/** What the ledger knows of a rig besides the rows to be judged. */
export interface Known {
  /** Digests of everything at a sequence, of whatever era; the rows to be judged included. */
  digestsAt(sequence: bigint): readonly Hex[];
  /** True when a window that starts then was counted by an epoch before. */
  isCounted(windowStart: bigint): boolean;
}

export interface Rules {
  readonly windowSeconds: number;
  /** Start of the epoch that is closing, Unix seconds: windows before it are late. */
  readonly epochStart: bigint;
}

/** How far a rig's clock may be ahead of the coordinator's, in seconds. */
const CLOCK_TOLERANCE = 120n;
const MAX_HASHRATE = BigInt(METRICS.hashrate.range[1]);
const MAX_POWER = BigInt(METRICS.power.range[1]);

function chainVerdict({ sequence, previous }: LookedAt, known: Known): Verdict | undefined {
  if (sequence === 0n) return previous === ZERO_32 ? undefined : "previous-mismatch";
  const before = known.digestsAt(sequence - 1n);
  if (before.length === 0) return "gap";
  return before.includes(previous) ? undefined : "previous-mismatch";
}

function isOffGrid(
  { windowStart, windowEnd, devices }: Attestation,
  windowSeconds: number,
): boolean {
  const length = BigInt(windowSeconds);
  return (
    windowEnd - windowStart !== length ||
    windowStart % length !== 0n ||
    devices.some(({ observedMilliseconds }) => observedMilliseconds > windowSeconds * 1000)
  );
}

function isImplausible({ devices }: Attestation, windowSeconds: number): boolean {
  const most = BigInt(windowSeconds);
  return devices.some(
    ({ hashes, energyJoules }) => hashes > MAX_HASHRATE * most || energyJoules > MAX_POWER * most,
  );
}

function isInFuture({ attestation, receivedAt }: LedgerRow): boolean {
  return attestation.windowEnd > BigInt(receivedAt) + CLOCK_TOLERANCE;
}

/** The devices and algorithms that the countable rows of one rig named in an epoch, as far as there is room for them. */
function createRoll(): (devices: Attestation["devices"]) => boolean {
  const pairs = new Set<string>();
  const algorithms = new Set<string>();
  return (devices) => {
    const wanted = devices.map(({ id, algorithm }) => `${id} ${algorithm}`);
    const added = wanted.filter((pair) => !pairs.has(pair));
    const named = new Set(devices.map(({ algorithm }) => algorithm));
    const room =
      pairs.size + added.length <= MAX_EPOCH_DEVICES &&
      new Set([...algorithms, ...named]).size <= MAX_EPOCH_ALGORITHMS;
    if (!room) return false;
    for (const pair of added) pairs.add(pair);
    for (const algorithm of named) algorithms.add(algorithm);
    return true;
  };
}

/**
 * Makes what looks at the rows of one rig in one epoch, in order of their receipt: it names what is wrong with each in
 * itself, so that its devices need not be kept for judging.
 */
export function createLook({ windowSeconds }: Rules): (row: LedgerRow) => LookedAt {
  const hasRoom = createRoll();
  return (row) => {
    const { attestation, digest, receivedAt } = row;
    const { rig, era, sequence, previous, windowStart, windowEnd } = attestation;
    const faults: Verdict[] = [];
    if (isOffGrid(attestation, windowSeconds)) faults.push("bad-window");
    if (isInFuture(row)) faults.push("window-in-future");
    if (isImplausible(attestation, windowSeconds)) faults.push("implausible");
    if (faults.length === 0 && !hasRoom(attestation.devices)) faults.push("implausible");
    return { rig, era, sequence, previous, windowStart, windowEnd, digest, receivedAt, faults };
  };
}

/** Order of receipt. */
function byReceipt(a: LookedAt, b: LookedAt): number {
  return a.receivedAt - b.receivedAt || a.era - b.era || Number(a.sequence - b.sequence);
}

function byChain(a: LookedAt, b: LookedAt): number {
  return Number(a.sequence - b.sequence) || a.era - b.era;
}

/** Rows that are looked up in the ledger before others get their turn; one beside bodies of 1 MiB takes milliseconds. */
const ROWS_A_STEP = 25;

/**
 * Judges rows of one rig that no epoch has judged yet. Answers in order of the chain. A break in the chain is shown and
 * costs nothing: what is on each side of it counts.
 */
export function* judge(
  rows: readonly LookedAt[],
  known: Known,
  { epochStart }: Rules,
): Steps<Judgement[]> {
  const isStepFull = createPace(ROWS_A_STEP);
  const own = new Map<LookedAt, Verdict[]>();
  const taken = new Set<bigint>();
  // The first receipted has the window; the order of the chain is no argument, an old era may arrive last.
  for (const row of [...rows].sort(byReceipt)) {
    const { windowStart } = row;
    const verdicts = [...row.faults];
    if (verdicts.length === 0) {
      // Windows of one length on one grid overlap only when they are the same.
      if (taken.has(windowStart) || known.isCounted(windowStart)) verdicts.push("window-overlap");
      taken.add(windowStart);
    }
    if (windowStart < epochStart) verdicts.push("late");
    own.set(row, verdicts);
    if (isStepFull(1)) yield;
  }
  const judgements: Judgement[] = [];
  for (const row of [...rows].sort(byChain)) {
    const chain = chainVerdict(row, known);
    const verdicts = [...(chain === undefined ? [] : [chain]), ...(own.get(row) ?? [])];
    const counted = !verdicts.some((verdict) => VERDICTS[verdict].zeroes);
    judgements.push({ row, verdicts, counted });
    if (isStepFull(1)) yield;
  }
  return judgements;
}
