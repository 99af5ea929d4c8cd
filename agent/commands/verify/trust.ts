import { type Bundle, readBundle } from "./bundle.ts";
import { type Pins, pinned } from "./link.ts";

/** What no offline check of a bundle can say, given what was pinned. */
export function restsOnTrust(document: unknown, pins: Pins): string[] {
  const read = readBundle(document);
  if ("faults" in read) return [];
  const { records, allocations } = read.bundle;
  return [
    ...pinTrust(pins),
    "that a rig measured what it signed (grade 0 and 1 rest on what its devices say)",
    ...(records.length === 0 ? [] : recordTrust(read.bundle, pins)),
    ...(allocations.length === 0 ? [] : ["that there are no further allocations of these rigs"]),
  ];
}

function pinTrust(pins: Pins): string[] {
  const unpinned = (["rig", "coordinator", "owner"] as const).filter(
    (name) => pinned(pins, name).length === 0,
  );
  return [
    ...(unpinned.length === 0
      ? []
      : [
          `who they are: ${unpinned.join(", ")} as the bundle says; pin them with --${unpinned.join(", --")}`,
        ]),
    ...(pinned(pins, "owner").length > 1 ? ["which of the pinned owners owns which rig"] : []),
  ];
}

function recordTrust({ attestations, windowSeconds }: Bundle, pins: Pins): string[] {
  return [
    ...(pins.root === undefined
      ? ["the root: compare it with the one on the chain or at the coordinator (--root)"]
      : []),
    ...(attestations.length === 0
      ? [`that a window is ${windowSeconds} s long: nothing here was attested`]
      : []),
    "that no attestation was left out of the bundle (gaps are named above; a receipt would prove one)",
    "that late windows were not left out",
    "that a correction was not counted before",
    "under which algorithm a device is missed that mined nothing in the whole epoch",
    "how many devices a rig has that listed none in the whole epoch",
    "sums over earlier epochs (cumulativeHashes)",
  ];
}
