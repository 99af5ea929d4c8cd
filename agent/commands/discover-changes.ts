import { hostAndPort, parseAddress } from "../drivers/address.ts";
import type { Unread } from "../drivers/discovery/scan.ts";
import type { Target } from "../drivers/discovery/targets.ts";
import { probedPorts } from "../drivers/probe.ts";
import type { MovedDevice, NewDevice } from "../settings/edit.ts";
import type { DeviceSettings } from "../settings/settings.ts";
import { isOnePlace, type Place, placeOf, wasLookedAt } from "./discover-places.ts";
import type { Device } from "./discover-text.ts";

/** Where a search looked, and what answered there without being read. */
export interface Looked {
  readonly targets: readonly Target[];
  readonly unread: readonly Unread[];
}

/** A find, or a change, that is not written, and why. */
export interface LeftOut {
  readonly address: string;
  readonly why: string;
}

/** What is to be changed in the settings. */
export interface Changes {
  readonly added: readonly NewDevice[];
  readonly moved: readonly MovedDevice[];
  /** Names of entries whose device was found where they say. */
  readonly kept: readonly string[];
  readonly left: readonly LeftOut[];
}

/** Under which names of the settings a device was read before. */
export type FormerNames = (device: Device) => readonly string[];

interface Configured {
  readonly name: string;
  readonly driver: string;
  readonly address: string | undefined;
  readonly place: Place | undefined;
}

/** One device that was found, at one or several places. */
interface Find {
  readonly first: Device;
  readonly places: readonly Place[];
}

/**
 * What the settings lack of what was found. A device has moved where its old address is an IP address that was looked
 * at and where nothing was met; what is known under a name that was not looked at is left to a person.
 */
export function changesOf(
  devices: readonly Device[],
  settings: readonly DeviceSettings[],
  looked: Looked,
  formerNames: FormerNames,
): Changes {
  const configured = settings.map(({ name, driver, address }) => ({
    ...{ name, driver, address },
    place: placeOf(address, driver),
  }));
  const finds = findsOf(devices);
  const chosen = { added: [], moved: [], kept: [], left: [] } as {
    added: NewDevice[];
    moved: MovedDevice[];
    kept: string[];
    left: LeftOut[];
  };
  const taken = new Set(settings.map(({ name }) => name));
  const met = placesMet(finds, looked.unread);
  for (const find of finds) {
    const { address, driver } = find.first;
    const formers = configured.filter(({ name }) => formerNames(find.first).includes(name));
    const here = entryAt(find, configured, formers, finds);
    const former = formers.find(({ name }) => !chosen.moved.some((move) => move.name === name));
    const left = former === undefined ? "nowhere" : whatIsLeftAt(former, met, looked.targets);
    if (here !== undefined) chosen.kept.push(here.name);
    else if (former === undefined || left === "another device" || left === "nowhere")
      chosen.added.push({ name: nameFor(driver, taken), driver, address });
    else if (left === "nothing")
      chosen.moved.push({ name: former.name, address: addressAfter(former, find.first) });
    else
      chosen.left.push({
        address,
        why: `it is known as ${former.name}, and ${former.address} ${left}`,
      });
  }
  return chosen;
}

/** What is on this host without an address needs no entry; of one place, and of one device, one find is made. */
function findsOf(devices: readonly Device[]): Find[] {
  const finds: { first: Device; places: Place[]; addresses: string[] }[] = [];
  for (const device of devices) {
    const place = placeOf(device.address, device.driver);
    if (place === undefined) continue;
    const same = finds.find(
      ({ places, addresses }) =>
        (device.same_as !== undefined && addresses.includes(device.same_as)) ||
        places.some((other) => isOnePlace(other, place)),
    );
    if (same === undefined)
      finds.push({ first: device, places: [place], addresses: [device.address] });
    else {
      same.places.push(place);
      same.addresses.push(device.address);
    }
  }
  return finds;
}

/** The entry that a find is read by already. */
function entryAt(
  { places }: Find,
  configured: readonly Configured[],
  formers: readonly Configured[],
  finds: readonly Find[],
): Configured | undefined {
  const hosts = new Set(places.map(({ host }) => host));
  return (
    configured.find(
      ({ place }) => place?.port !== undefined && places.some((at) => isOnePlace(place, at)),
    ) ??
    formers.find(({ place }) => place !== undefined && hosts.has(place.host)) ??
    configured.find(
      ({ place }) =>
        place !== undefined &&
        place.port === undefined &&
        places.includes(firstAt(place.host, finds) as Place),
    )
  );
}

/** Of the places of a host, the one that a source without a driver comes to first. */
function firstAt(host: string, finds: readonly Find[]): Place | undefined {
  const order = probedPorts();
  const rank = ({ port }: Place): number => order.indexOf(port ?? 0);
  return finds
    .flatMap(({ places }) => places)
    .filter((place) => place.host === host && rank(place) >= 0)
    .sort((a, b) => rank(a) - rank(b))[0];
}

interface Met {
  readonly found: readonly Place[];
  /** Hosts at which something answered that was not read. */
  readonly unread: ReadonlySet<string>;
}

function placesMet(finds: readonly Find[], unread: readonly Unread[]): Met {
  const hosts = unread.flatMap(({ address }) => /^[\d.]+(?=:\d+$|$)/.exec(address) ?? []);
  return { found: finds.flatMap(({ places }) => places), unread: new Set(hosts) };
}

/** What a device that is elsewhere now left behind at the address of its entry; else why that is not known. */
function whatIsLeftAt(
  { address, place }: Configured,
  { found, unread }: Met,
  targets: readonly Target[],
): string {
  if (address === undefined || place === undefined) return "nowhere";
  if (found.some((other) => isOnePlace(place, other))) return "another device";
  if (!wasLookedAt(address, targets)) return "is no address that was looked at";
  if (place.port !== undefined && !probedPorts().includes(place.port))
    return `is asked at port ${place.port}, which was not looked at`;
  return unread.has(place.host) ? "answers, though it could not be read" : "nothing";
}

/** A web address stays one, with its scheme, port and path: its entry may hold what is of use to that alone. */
function addressAfter(former: Configured, { address, driver }: Device): string {
  const { url, port } = parseAddress(former.address ?? "");
  const { host } = parseAddress(address);
  if (url !== undefined) {
    url.hostname = host.includes(":") ? `[${host}]` : host;
    return url.pathname === "/" && !former.address?.endsWith("/") ? url.origin : url.href;
  }
  if (driver === former.driver || former.driver === "auto") return address;
  return port === undefined ? host : hostAndPort(host, port);
}

function nameFor(driver: string, taken: Set<string>): string {
  for (let n = 1; ; n += 1) {
    const name = `${driver}-${n}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
