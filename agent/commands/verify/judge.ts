import { METRICS } from "../../../proto/metrics.ts";
import type { Attested } from "./bundle.ts";

/** The epoch of a record, Unix seconds, and the length of its windows. */
export interface Epoch {
  readonly start: bigint;
  readonly end: bigint;
  readonly windowSeconds: bigint;
}

/** Why the window of an attestation must not count; undefined when it counts. */
export type Reason = string | undefined;

const CLOCK_TOLERANCE = 120n;
const MAX_HASHRATE = BigInt(METRICS.hashrate.range[1]);
const MAX_POWER = BigInt(METRICS.power.range[1]);

function ownReason({ statement, receipt }: Attested, { windowSeconds }: Epoch): Reason {
  const { windowStart, windowEnd, devices } = statement;
  if (windowEnd - windowStart !== windowSeconds) return `its window is not ${windowSeconds} s long`;
  if (windowStart % windowSeconds !== 0n) return "its window is off the grid";
  if (receipt !== null && windowEnd > receipt.receivedAt + CLOCK_TOLERANCE) {
    return "its window ended after it was received";
  }
  for (const device of devices) {
    if (device.observedMilliseconds > windowSeconds * 1000n) return "it saw more than its window";
    if (device.hashes > MAX_HASHRATE * windowSeconds) return "it claims more hashes than can be";
    if (device.energyJoules > MAX_POWER * windowSeconds) return "it claims more energy than can be";
  }
  return undefined;
}

function byReceipt(a: Attested, b: Attested): number {
  const difference =
    (a.receipt?.receivedAt ?? 0n) - (b.receipt?.receivedAt ?? 0n) ||
    a.statement.era - b.statement.era ||
    a.statement.sequence - b.statement.sequence;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Which attestations count in an epoch by the rules of the protocol, section 5; of one window the first receipted. */
export function reasonsIn(attestations: readonly Attested[], epoch: Epoch): Map<string, Reason> {
  const taken = new Set<string>();
  const reasons = new Map<string, Reason>();
  for (const attested of attestations.toSorted(byReceipt)) {
    const { rig, windowStart } = attested.statement;
    const place = `${rig}:${windowStart}`;
    const own = ownReason(attested, epoch);
    const reason = own ?? (taken.has(place) ? "another one of its window came first" : undefined);
    if (own === undefined) taken.add(place);
    reasons.set(attested.digest, reason);
  }
  return reasons;
}
