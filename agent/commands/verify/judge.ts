import { MAX_EPOCH_ALGORITHMS, MAX_EPOCH_DEVICES } from "../../../proto/attestation.ts";
import { METRICS } from "../../../proto/metrics.ts";
import type { Attested } from "./bundle.ts";
import type { Epoch } from "./epoch.ts";

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

/** What the windows of a rig that count have named so far: pairs of device and algorithm, and algorithms. */
interface Roll {
  readonly pairs: Set<string>;
  readonly algorithms: Set<string>;
}

function rollReason({ statement }: Attested, { pairs, algorithms }: Roll): Reason {
  const wanted = statement.devices.map((d) => `${d.id} ${d.algorithm}`);
  const added = new Set(wanted.filter((pair) => !pairs.has(pair)));
  const named = new Set([...algorithms, ...statement.devices.map(({ algorithm }) => algorithm)]);
  if (pairs.size + added.size > MAX_EPOCH_DEVICES || named.size > MAX_EPOCH_ALGORITHMS) {
    return "its rig named more devices than it can have";
  }
  for (const pair of added) pairs.add(pair);
  for (const algorithm of named) algorithms.add(algorithm);
  return undefined;
}

/** Which attestations count in an epoch by the rules of the protocol, section 5; of one window the first receipted. */
export function reasonsIn(attestations: readonly Attested[], epoch: Epoch): Map<string, Reason> {
  const taken = new Set<string>();
  const rolls = new Map<string, Roll>();
  const reasons = new Map<string, Reason>();
  for (const attested of attestations.toSorted(byReceipt)) {
    const { rig, windowStart } = attested.statement;
    const place = `${rig}:${windowStart}`;
    const roll = rolls.get(rig) ?? { pairs: new Set<string>(), algorithms: new Set<string>() };
    rolls.set(rig, roll);
    const own = ownReason(attested, epoch) ?? rollReason(attested, roll);
    const reason = own ?? (taken.has(place) ? "another one of its window came first" : undefined);
    if (own === undefined) taken.add(place);
    reasons.set(attested.digest, reason);
  }
  return reasons;
}

const MOST_NAMED = 5;

/** What counts nothing, by sequence and with the reason; empty when all counts. */
export function excludedText(
  attestations: readonly Attested[],
  reasons: ReadonlyMap<string, Reason>,
): string {
  const named = attestations.flatMap(({ digest, statement }) => {
    const reason = reasons.get(digest);
    return reason === undefined ? [] : [`sequence ${statement.sequence} counts nothing: ${reason}`];
  });
  const more = named.length - MOST_NAMED;
  return [...named.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
