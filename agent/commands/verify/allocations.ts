import type { Allocation, Bundle } from "./bundle.ts";
import { signedDigest, signer } from "./crypto.ts";
import { type Link, link, type Pins, pinFault, unequal } from "./link.ts";

/** A fraction; not in lowest terms. */
export interface Part {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A token's part of a place. */
export interface Stake {
  readonly token: string;
  readonly tokenId: bigint;
  readonly part: Part;
}

/** A device and algorithm of a rig in one window. */
export interface Place {
  readonly rig: string;
  readonly device: string;
  readonly algorithm: string;
  readonly start: bigint;
  readonly end: bigint;
}

/** One text per token. */
export const tokenOf = ({ collection, tokenId }: { collection: string; tokenId: bigint }): string =>
  `${collection}:${tokenId}`;

/** Exact sum of fractions. */
export function total(parts: readonly Part[]): Part {
  return parts.reduce(
    (sum, part) => ({
      numerator: sum.numerator * part.denominator + part.numerator * sum.denominator,
      denominator: sum.denominator * part.denominator,
    }),
    { numerator: 0n, denominator: 1n },
  );
}

/** True when two fractions are the same number. */
export const equals = (a: Part, b: Part): boolean =>
  a.numerator * b.denominator === b.numerator * a.denominator;

/** Each token's stake in a place, lowest token id first. */
export function stakesIn(allocations: readonly Allocation[], place: Place): Stake[] {
  const here = allocations.filter(
    (a) =>
      a.rig === place.rig &&
      (a.device === "" || a.device === place.device) &&
      (a.algorithm === "" || a.algorithm === place.algorithm) &&
      a.fromTime <= place.start &&
      place.end <= a.toTime,
  );
  const stakes = [...Map.groupBy(here, tokenOf)].map(([token, own]) => ({
    token,
    tokenId: own[0]?.tokenId ?? 0n,
    part: total(own),
  }));
  return stakes.sort((a, b) =>
    a.tokenId === b.tokenId ? (a.token < b.token ? -1 : 1) : a.tokenId < b.tokenId ? -1 : 1,
  );
}

/** What a stake is owed of an amount: floored; of a whole, the remainder goes to the first. */
export function owed(amount: bigint, stakes: readonly Stake[], token: string): bigint {
  const floored = stakes.map(({ part }) => (amount * part.numerator) / part.denominator);
  const own = stakes.findIndex((stake) => stake.token === token);
  const { numerator, denominator } = total(stakes.map(({ part }) => part));
  const remainder =
    own === 0 && numerator === denominator ? amount - floored.reduce((a, b) => a + b, 0n) : 0n;
  return (floored[own] ?? 0n) + remainder;
}

function digestOf({ domain }: Bundle, { signature: _, ...message }: Allocation): string {
  return signedDigest(domain, "Allocation", message);
}

function allocationFault(
  bundle: Bundle,
  pins: Pins,
  allocation: Allocation,
  digest: string,
): string | undefined {
  if (allocation.numerator > allocation.denominator) return "it is more than the whole";
  if (allocation.fromTime >= allocation.toTime) return "it ends before it begins";
  return (
    unequal("its owner", allocation.owner, signer(digest, allocation.signature)) ??
    pinFault("owner", pins, allocation.owner) ??
    (bundle.rig === null ? undefined : unequal("the bundle's rig", bundle.rig, allocation.rig)) ??
    pinFault("rig", pins, allocation.rig)
  );
}

function ownersFault(allocations: readonly Allocation[]): string | undefined {
  for (const [rig, own] of Map.groupBy(allocations, (allocation) => allocation.rig)) {
    const owners = new Set(own.map(({ owner }) => owner));
    if (owners.size > 1) return `${rig} has allocations by ${owners.size} different owners`;
  }
  return undefined;
}

/** Each allocation's signature, and that each rig has one owner. */
export function allocationLinks(bundle: Bundle, pins: Pins): Link[] {
  const digests = bundle.allocations.map((allocation) => digestOf(bundle, allocation));
  const links = bundle.allocations.map((allocation, i) => {
    const { numerator, denominator, rig } = allocation;
    const about = `${numerator}/${denominator} of ${allocation.device || rig} for ${tokenOf(allocation)}`;
    const name = `allocation ${i}: owner`;
    const fault = allocationFault(bundle, pins, allocation, digests[i] ?? "");
    return link(name, fault, `has signed ${about}`);
  });
  if (bundle.allocations.length === 0) return links;
  // An owner can sign the same twice, with two signatures that both hold.
  const seen = new Set(digests);
  return [
    ...links,
    link(
      "allocations: one owner",
      ownersFault(bundle.allocations) ??
        (seen.size < bundle.allocations.length && "an allocation is in the bundle twice"),
      "each rig has one, and none of its allocations is there twice",
    ),
  ];
}
