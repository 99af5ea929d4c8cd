import { allocationLinks } from "./allocations.ts";
import { attestationLinks, chainLinks } from "./attestations.ts";
import { readBundle } from "./bundle.ts";
import { type Link, link, type Pins, unequal } from "./link.ts";
import { recordLinks } from "./records.ts";

function pinLinks(said: { rig: string | null; coordinator: string }, pins: Pins): Link[] {
  const links: Link[] = [];
  if (pins.coordinator !== undefined) {
    const wrong = unequal("the pinned one", pins.coordinator, said.coordinator);
    links.push(link("bundle: coordinator", wrong, "is the pinned one"));
  }
  if (pins.rig !== undefined && said.rig !== null) {
    links.push(
      link("bundle: rig", unequal("the pinned one", pins.rig, said.rig), "is the pinned one"),
    );
  }
  return links;
}

/**
 * Checks a bundle (section 9 of docs/attestation.md) link by link, offline, in order from the rigs' signatures to the
 * records. `document` is plain JSON from anywhere: whatever it is, the answer is links.
 */
export function checkBundle(document: unknown, pins: Pins = {}): Link[] {
  const read = readBundle(document);
  if ("faults" in read) return [link("bundle: shape", read.faults.join("; "), "")];
  const { bundle } = read;
  const empty = bundle.attestations.length === 0 && bundle.records.length === 0;
  return [
    link("bundle: shape", empty && "there is nothing in it to check", "is that of version 1"),
    ...pinLinks(bundle, pins),
    ...attestationLinks(bundle, pins),
    ...chainLinks(bundle),
    ...allocationLinks(bundle, pins),
    ...recordLinks(bundle, pins),
  ];
}

/** What no offline check of a bundle can say, given what was pinned. */
export function restsOnTrust(document: unknown, pins: Pins): string[] {
  const read = readBundle(document);
  if ("faults" in read) return [];
  const { records, allocations } = read.bundle;
  const unpinned = (["rig", "coordinator", "owner"] as const).filter(
    (name) => pins[name] === undefined,
  );
  return [
    ...(unpinned.length === 0
      ? []
      : [
          `who they are: ${unpinned.join(", ")} as the bundle says; pin them with --${unpinned.join(", --")}`,
        ]),
    "that a rig measured what it signed (grade 0 and 1 rest on what its devices say)",
    ...(records.length === 0 ? [] : recordTrust(pins)),
    ...(allocations.length === 0 ? [] : ["that there are no further allocations of these rigs"]),
  ];
}

function recordTrust(pins: Pins): string[] {
  return [
    ...(pins.root === undefined
      ? ["the root: compare it with the one on the chain or at the coordinator (--root)"]
      : []),
    "that no attestation was left out of the bundle (gaps are named above; a receipt would prove one)",
    "under which algorithm a device is missed that mined nothing in the whole epoch",
    "sums over earlier epochs (cumulativeHashes)",
    "a grade of 2, which is the pool's word",
  ];
}
