import type { Bundle } from "./bundle.ts";
import { type Link, link, type Pins, pinFault, pinned } from "./link.ts";

/** A pin that nothing was compared with has checked nothing, and must not look as if it had. */
function unmet(name: keyof Pins, pins: Pins, found: ReadonlySet<string>, what: string): Link[] {
  return pinned(pins, name).map((pin) =>
    link(`pin: ${name} ${pin}`, !found.has(pin) && what, "is what the bundle names"),
  );
}

/** What was pinned beside what the bundle says of itself: nothing else may be there, and each pin must be met. */
export function pinLinks(bundle: Bundle, pins: Pins): Link[] {
  const { rig, coordinator, attestations, allocations, records } = bundle;
  const rigs = new Set([
    ...(rig === null ? [] : [rig]),
    ...attestations.map(({ statement }) => statement.rig),
    ...allocations.map((allocation) => allocation.rig),
  ]);
  const owners = new Set(allocations.map(({ owner }) => owner));
  const roots = new Set(records.map(({ root }) => root));
  return [
    link(
      "bundle: coordinator",
      pinFault("coordinator", pins, coordinator),
      pins.coordinator === undefined ? `is ${coordinator}` : "is the pinned one",
    ),
    ...(rig === null ? [] : [link("bundle: rig", pinFault("rig", pins, rig), `is ${rig}`)]),
    ...unmet("rig", pins, rigs, "nothing in the bundle is of it, so it was compared with nothing"),
    ...unmet(
      "owner",
      pins,
      owners,
      "no allocation in the bundle is by it, so it was compared with nothing",
    ),
    ...unmet("root", pins, roots, "no record in the bundle is under it"),
  ];
}
