import type { Attestation } from "../../proto/attestation.ts";
import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import { METRICS } from "../../proto/metrics.ts";

/** What may be said of an attestation when its epoch closes. Section 5 of docs/attestation.md. */
export const VERDICTS = {
  gap: { about: "The attestation before it is not in the ledger", zeroes: false },
  "previous-mismatch": { about: "It names another one before it than the ledger", zeroes: false },
  "bad-window": { about: "Its window is not one of the agreed grid", zeroes: true },
  "window-in-future": { about: "Its window ended after it was received", zeroes: true },
  "window-overlap": { about: "Another attestation of the same time came first", zeroes: true },
  implausible: { about: "A device did more than any device can", zeroes: true },
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

/** What is to be said of a row, and whether its window counts. */
export interface Judgement {
  readonly row: LedgerRow;
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

function chainVerdict({ attestation }: LedgerRow, known: Known): Verdict | undefined {
  const { sequence, previous } = attestation;
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

function byReceipt(a: LedgerRow, b: LedgerRow): number {
  return (
    a.receivedAt - b.receivedAt ||
    a.attestation.era - b.attestation.era ||
    Number(a.attestation.sequence - b.attestation.sequence)
  );
}

function byChain(a: LedgerRow, b: LedgerRow): number {
  return (
    Number(a.attestation.sequence - b.attestation.sequence) || a.attestation.era - b.attestation.era
  );
}

/**
 * Judges rows of one rig that no epoch has judged yet. Answers in order of the chain. A break in the chain is shown and
 * costs nothing: what is on each side of it counts.
 */
export function judge(rows: readonly LedgerRow[], known: Known, rules: Rules): Judgement[] {
  const own = new Map<LedgerRow, Verdict[]>();
  const taken = new Set<bigint>();
  // The first receipted has the window; the order of the chain is no argument, an old era may arrive last.
  for (const row of [...rows].sort(byReceipt)) {
    const verdicts: Verdict[] = [];
    const { windowStart } = row.attestation;
    if (isOffGrid(row.attestation, rules.windowSeconds)) verdicts.push("bad-window");
    if (isInFuture(row)) verdicts.push("window-in-future");
    if (isImplausible(row.attestation, rules.windowSeconds)) verdicts.push("implausible");
    if (verdicts.length === 0) {
      // Windows of one length on one grid overlap only when they are the same.
      if (taken.has(windowStart) || known.isCounted(windowStart)) verdicts.push("window-overlap");
      taken.add(windowStart);
    }
    if (windowStart < rules.epochStart) verdicts.push("late");
    own.set(row, verdicts);
  }
  return [...rows].sort(byChain).map((row) => {
    const chain = chainVerdict(row, known);
    const verdicts = [...(chain === undefined ? [] : [chain]), ...(own.get(row) ?? [])];
    return { row, verdicts, counted: !verdicts.some((verdict) => VERDICTS[verdict].zeroes) };
  });
}
