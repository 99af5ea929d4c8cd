import { ZeroHash } from "ethers";
import type { Attested, Bundle } from "./bundle.ts";
import { attestationDigest, signedDigest, signer } from "./crypto.ts";
import { type Link, link, type Pins, pinFault, unequal } from "./link.ts";

const nameOf = ({ statement }: Attested): string =>
  `attestation ${statement.sequence} of ${statement.rig} (era ${statement.era})`;

function keyFault({ statement }: Attested, bundle: Bundle, pins: Pins): string | undefined {
  return (
    unequal("the key (no rotation is known)", statement.key, statement.rig) ??
    (bundle.rig === null ? undefined : unequal("the bundle's rig", bundle.rig, statement.rig)) ??
    pinFault("rig", pins, statement.rig)
  );
}

function receiptFault(
  bundle: Bundle,
  { statement, digest, receipt }: Attested,
): string | undefined {
  if (receipt === null) {
    // What a rig has not delivered yet is no fault of the rig; under a record it is one of the coordinator's.
    return bundle.records.length > 0 ? "it has no receipt, and a record rests on it" : undefined;
  }
  const { signature, ...message } = receipt;
  return (
    unequal("its rig", receipt.rig, statement.rig) ??
    unequal("its era", receipt.era, statement.era) ??
    unequal("its sequence", receipt.sequence, statement.sequence) ??
    unequal("its digest", receipt.digest, digest) ??
    unequal(
      "its signer",
      signer(signedDigest(bundle.domain, "Receipt", message), signature),
      bundle.coordinator,
    )
  );
}

/** Digest, signature, key, addressee and receipt of each attestation. */
export function attestationLinks(bundle: Bundle, pins: Pins): Link[] {
  return bundle.attestations.flatMap((attested) => {
    const { statement, digest, signature, receipt } = attested;
    const name = nameOf(attested);
    const found = attestationDigest(bundle.domain, statement);
    return [
      link(`${name}: digest`, unequal("it", digest, found), "is that of the statement"),
      link(
        `${name}: signature`,
        unequal("its signer", statement.key, signer(found, signature)),
        "is by the key that the statement names",
      ),
      link(`${name}: key`, keyFault(attested, bundle, pins), "is the rig's own"),
      link(
        `${name}: coordinator`,
        unequal("the bundle's", bundle.coordinator, statement.coordinator),
        "is the one that the statement is for",
      ),
      link(
        `${name}: receipt`,
        receiptFault(bundle, attested),
        receipt === null ? "there is none yet" : "is signed by the coordinator",
      ),
    ];
  });
}

function byPlace(a: Attested, b: Attested): number {
  const difference =
    a.statement.sequence - b.statement.sequence || a.statement.era - b.statement.era;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function twinFault(own: readonly Attested[]): string | undefined {
  const places = new Map<string, string>();
  for (const { statement, digest } of own) {
    for (const place of [
      `era ${statement.era}, sequence ${statement.sequence}`,
      `era ${statement.era}, window ${statement.windowStart}`,
    ]) {
      const other = places.get(place);
      if (other === digest) return `${place} is in the bundle twice`;
      if (other !== undefined) return `two different attestations are signed for ${place}`;
      places.set(place, digest);
    }
  }
  return undefined;
}

function breaksOf(own: readonly Attested[]): string {
  const bySequence = Map.groupBy(own, ({ statement }) => statement.sequence);
  const broken = own.filter(({ statement: { sequence, previous } }) => {
    if (sequence === 0n) return previous !== ZeroHash;
    const before = bySequence.get(sequence - 1n);
    return before !== undefined && !before.some(({ digest }) => digest === previous);
  });
  const whole = "each one names the digest of the one before it";
  if (broken.length === 0) return whole;
  const names = broken.map(({ statement }) => statement.sequence).join(", ");
  return `sequences ${names} name another one before them than is here`;
}

function gapsOf(own: readonly Attested[]): string {
  const gaps = own.flatMap(({ statement }, i) => {
    const next = (own[i - 1]?.statement.sequence ?? statement.sequence - 1n) + 1n;
    return next < statement.sequence ? [`${next} to ${statement.sequence - 1n}`] : [];
  });
  return gaps.length === 0 ? "" : `; sequences ${gaps.join(", ")} are not in this bundle`;
}

/** Each rig's chain: nothing signed twice; gaps and breaks are named, cost nothing and are no fault. */
export function chainLinks(bundle: Bundle): Link[] {
  const rigs = Map.groupBy(bundle.attestations, ({ statement }) => statement.rig);
  return [...rigs].flatMap(([rig, unordered]) => {
    const own = unordered.toSorted(byPlace);
    return [
      link(
        `chain of ${rig}: signed once`,
        twinFault(own),
        "no place and no window is signed twice",
      ),
      link(`chain of ${rig}: previous`, undefined, `${breaksOf(own)}${gapsOf(own)}`),
    ];
  });
}
