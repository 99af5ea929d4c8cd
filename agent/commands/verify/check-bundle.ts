import { allocationLinks } from "./allocations.ts";
import { attestationLinks, chainLinks } from "./attestations.ts";
import { type Bundle, readBundle } from "./bundle.ts";
import { lengthLinks } from "./epoch.ts";
import { type Link, link, type Pins } from "./link.ts";
import { pinLinks } from "./pins.ts";
import { recordLinks } from "./records.ts";

type Part = (bundle: Bundle, pins: Pins) => Link[];

const PARTS: Readonly<Record<string, Part>> = {
  pins: pinLinks,
  attestations: attestationLinks,
  chain: chainLinks,
  windows: lengthLinks,
  allocations: allocationLinks,
  records: recordLinks,
};

/** A document that makes a part of the check fail in itself must not pass for it, and must not end it. */
function guarded(name: string, check: () => Link[]): Link[] {
  try {
    return check();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.slice(0, 200) : "";
    return [link(`${name}: check`, `they cannot be checked: ${why}`, "")];
  }
}

/**
 * Checks a bundle (section 9 of docs/attestation.md) link by link, offline, in order from the rigs' signatures to the
 * records. `document` is plain JSON from anywhere: whatever it is, the answer is links.
 */
export function checkBundle(document: unknown, pins: Pins = {}): Link[] {
  return guarded("bundle", () => {
    const read = readBundle(document);
    if ("faults" in read) return [link("bundle: shape", read.faults.join("; "), "")];
    const { bundle } = read;
    const empty = bundle.attestations.length === 0 && bundle.records.length === 0;
    return [
      link("bundle: shape", empty && "there is nothing in it to check", "is that of version 1"),
      ...Object.entries(PARTS).flatMap(([name, part]) => guarded(name, () => part(bundle, pins))),
    ];
  });
}
