import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { RigError } from "../core/errors.ts";
import { parseAddress } from "../drivers/address.ts";
import { type MovedDevice, type NewDevice, withDevices } from "../settings/edit.ts";
import { readSettings } from "../settings/load.ts";
import type { Settings } from "../settings/settings.ts";
import { DeviceBook } from "../store/device-book.ts";
import { openDatabase } from "../store/open.ts";
import type { Device } from "./discover-text.ts";

/** What was changed in a settings file. */
export interface Written {
  readonly added: readonly string[];
  readonly moved: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Adds devices to a settings file and changes the address of those that moved; what was there before is kept beside it
 * as `FILE.before-discover`. What is on this host needs no entry, and of two addresses of one device the first is
 * written. Throws `settings-invalid` and changes nothing where the file is, or would become, faulty.
 */
export function writeFound(file: string, devices: readonly Device[]): Written {
  if (!existsSync(file))
    throw new RigError("settings-unreadable", `There is no ${file}; \`rig-agent init\` makes one`, {
      file,
    });
  const text = readFileSync(file, "utf8");
  const settings = readSettings(text, file);
  const known = knownPlaces(settings);
  const taken = new Set(settings.devices.map(({ name }) => name));
  const configured = settings.devices.map((device) => ({ ...device, at: whereOf(device.address) }));
  const found = new Set(devices.map(({ address }) => whereOf(address)));
  const added: NewDevice[] = [];
  const moved: MovedDevice[] = [];
  const kept: string[] = [];
  for (const device of devices) {
    if (device.address === "local" || device.same_as !== undefined) continue;
    const here = configured.find(({ at }) => at === whereOf(device.address));
    const before = known(device);
    const old = configured.find(({ name }) => name === before);
    if (here !== undefined) kept.push(here.name);
    // Only what is no longer where it was has moved.
    else if (old !== undefined && !found.has(old.at))
      moved.push({ name: old.name, address: device.address });
    else
      added.push({ name: nameFor(device, taken), driver: device.driver, address: device.address });
  }
  if (added.length + moved.length > 0) replace(file, withDevices(text, added, moved));
  return { added: added.map(({ name }) => name), moved: moved.map(({ name }) => name), kept };
}

function whereOf(address: string | undefined): string {
  if (address === undefined || address === "local") return "local";
  const { host, port } = parseAddress(address);
  return `${host} ${port ?? ""}`;
}

function nameFor({ driver }: Device, taken: Set<string>): string {
  for (let n = 1; ; n += 1) {
    const name = `${driver}-${n}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** Under which name a device was read before, by what it is known by. */
function knownPlaces(settings: Settings): (device: Device) => string | undefined {
  let names: Map<string, string>;
  try {
    const db = openDatabase(settings.stateDir, { readonly: true });
    try {
      names = new Map(
        new DeviceBook(db)
          .read()
          .filter(({ place }) => place.startsWith("source "))
          .map(({ place, tokenKind, token }) => [`${tokenKind} ${token}`, place.slice(7)]),
      );
    } finally {
      db.close();
    }
  } catch {
    // An agent that never ran has no book: nothing can have moved.
    names = new Map();
  }
  return ({ known_by: by }) => (by === undefined ? undefined : names.get(`${by.kind} ${by.value}`));
}

/** The new text is checked as the agent would read it before it takes the old one's place, all at once. */
function replace(file: string, text: string): void {
  readSettings(text, file);
  const draft = `${file}.draft-${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, text, { mode: statSync(file).mode & 0o777, flush: true });
    copyFileSync(file, `${file}.before-discover`);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
