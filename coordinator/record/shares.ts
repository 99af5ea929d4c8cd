import type { Allocation } from "../../proto/messages.ts";
import { type Fraction, isOne, NONE, sum } from "./fraction.ts";
import { compareTokens, type Token, tokenKey } from "./token.ts";

/** A token's whole fraction of one device and algorithm in one window, in lowest terms. */
export interface Stake {
  readonly token: Token;
  readonly fraction: Fraction;
}

/** A device and algorithm of a rig in one window, instants in Unix seconds. */
export interface Place {
  readonly device: string;
  readonly algorithm: string;
  readonly windowStart: bigint;
  readonly windowEnd: bigint;
}

/** True when an allocation of the place's rig reaches it. Allocations are cut on windows, so it is all of the window or nothing. */
function reaches(allocation: Allocation, place: Place): boolean {
  return (
    (allocation.device === "" || allocation.device === place.device) &&
    (allocation.algorithm === "" || allocation.algorithm === place.algorithm) &&
    allocation.fromTime <= place.windowStart &&
    place.windowEnd <= allocation.toTime
  );
}

/** Who has how much of a place, by token in order: several allocations of one token are one stake. */
export function stakesAt(allocations: readonly Allocation[], place: Place): Stake[] {
  const stakes = new Map<string, Stake>();
  for (const allocation of allocations) {
    if (!reaches(allocation, place)) continue;
    const { collection, tokenId } = allocation;
    const token = { collection, tokenId };
    const before = stakes.get(tokenKey(token))?.fraction ?? NONE;
    stakes.set(tokenKey(token), { token, fraction: sum(before, allocation) });
  }
  return [...stakes.values()].sort((a, b) => compareTokens(a.token, b.token));
}

/** Answers `stakesAt` for one rig's allocations from memory: between two changes of them the same place has the same stakes. */
export function createStakes(
  allocations: readonly Allocation[],
): (place: Place) => readonly Stake[] {
  const changes = allocations.flatMap(({ fromTime, toTime }) => [fromTime, toTime]);
  const bounds = [...new Set(changes)].sort((a, b) => (a < b ? -1 : 1));
  const kept = new Map<string, readonly Stake[]>();
  return (place) => {
    const from = bounds.findLastIndex((bound) => bound <= place.windowStart);
    const next = bounds[from + 1];
    // A window across a change belongs to neither side.
    if (next !== undefined && next < place.windowEnd) return stakesAt(allocations, place);
    const key = `${from}:${place.device}:${place.algorithm}`;
    const stakes = kept.get(key) ?? stakesAt(allocations, place);
    kept.set(key, stakes);
    return stakes;
  };
}

/**
 * What each stake is owed of an amount, in the order of the stakes (tokens ascending): floored, and when the stakes are
 * the whole, the remainder goes to the first. Section 8 of docs/attestation.md.
 */
export function split(amount: bigint, stakes: readonly Stake[]): bigint[] {
  const owed = stakes.map(({ fraction }) => (amount * fraction.numerator) / fraction.denominator);
  const whole = stakes.reduce((total, { fraction }) => sum(total, fraction), NONE);
  if (isOne(whole) && owed[0] !== undefined) {
    owed[0] += amount - owed.reduce((total, part) => total + part, 0n);
  }
  return owed;
}
