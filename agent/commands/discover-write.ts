import { readFileSync, realpathSync } from "node:fs";
import { RigError } from "../core/errors.ts";
import { tokensOf } from "../sampler/device-id.ts";
import { type Edited, withDevices } from "../settings/edit.ts";
import { SettingsError } from "../settings/faults.ts";
import { settingsSchema } from "../settings/json-schema.ts";
import { loadSettings, MAX_SETTINGS_BYTES, readSettings } from "../settings/load.ts";
import type { Settings } from "../settings/settings.ts";
import { DeviceBook } from "../store/device-book.ts";
import { openDatabase } from "../store/open.ts";
import {
  type Changes,
  changesOf,
  type FormerNames,
  type LeftOut,
  type Looked,
} from "./discover-changes.ts";
import type { Device } from "./discover-text.ts";
import { replaceFile } from "./replace-file.ts";

/** What was changed in a settings file. */
export interface Written {
  /** The file itself, where the one that was named is a link to it. */
  readonly file: string;
  /** Where its former text is; absent where nothing was changed. */
  readonly backup?: string;
  readonly added: readonly string[];
  readonly moved: readonly string[];
  readonly kept: readonly string[];
  readonly left: readonly LeftOut[];
}

/**
 * Adds devices to a settings file and changes the address of those that moved; what was there before is kept in a new
 * file beside it. What is on this host needs no entry, and of several addresses of one device one is written. What
 * cannot be written is left out and told. Throws `settings-invalid`, `settings-unreadable` or `settings-unwritable` and
 * changes nothing where the file is, or would become, faulty, or cannot be replaced as it is.
 */
export function writeFound(named: string, devices: readonly Device[], looked: Looked): Written {
  const file = realPathOf(named);
  const settings = loadSettings(file);
  const before = readFileSync(file);
  // A mark at the start of the text is part of it: it is to stay.
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(before);
  const wanted = changesOf(devices, settings.devices, looked, formerNamesOf(settings));
  const { edited, done } = fitting(file, text, settings, withinLimit(wanted, settings));
  const changes = done.added.length + done.moved.length;
  const backup = changes > 0 ? replaceFile(file, before, edited) : undefined;
  return {
    file,
    ...(backup === undefined ? {} : { backup }),
    added: done.added.map(({ name }) => name),
    moved: done.moved.map(({ name }) => name),
    kept: done.kept,
    left: done.left,
  };
}

function realPathOf(named: string): string {
  try {
    return realpathSync(named);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === "ENOENT"
        ? `There is no ${named}; \`rig-agent init\` makes one`
        : `${named} cannot be read: ${code}`;
    throw new RigError("settings-unreadable", message, { file: named }, { cause: error });
  }
}

/** As many new devices as settings may hold. */
function withinLimit(changes: Changes, { devices }: Settings): Changes {
  const most = settingsSchema().properties?.["devices"]?.maxItems ?? Number.POSITIVE_INFINITY;
  const free = Math.max(0, most - devices.length);
  const surplus = changes.added
    .slice(free)
    .map(({ address }) => ({ address, why: `settings hold at most ${most} devices` }));
  return {
    ...changes,
    added: changes.added.slice(0, free),
    left: [...changes.left, ...surplus],
  };
}

/** The text with all of the changes that the agent would read without a fault, and those that it would not left out. */
function fitting(
  file: string,
  text: string,
  settings: Settings,
  changes: Changes,
): { readonly edited: string; readonly done: Changes } {
  let done = changes;
  for (;;) {
    const edited = withDevices(text, done.added, done.moved);
    const faults = [...refusedBy(edited), ...faultsIn(edited.text, file, settings, done)];
    if (faults.length === 0) return { edited: edited.text, done };
    done = without(done, new Map(faults.map(({ name, why }) => [name, why])));
  }
}

interface Fault {
  readonly name: string;
  readonly why: string;
}

const refusedBy = ({ refused }: Edited): readonly Fault[] => refused;

/** What is wrong with entries that were added or changed. Throws where anything else is wrong. */
function faultsIn(text: string, file: string, settings: Settings, done: Changes): Fault[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_SETTINGS_BYTES)
    throw new RigError(
      "settings-invalid",
      `${file} would have ${bytes} bytes, and settings have at most ${MAX_SETTINGS_BYTES}: nothing was written`,
      { file },
    );
  try {
    readSettings(text, file);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const names = [...settings.devices, ...done.added].map(({ name }) => name);
    const changed = new Set([...done.added, ...done.moved].map(({ name }) => name));
    const faults = error.faults.flatMap(({ path, message }) => {
      const name = names[Number(/^devices\[(\d+)\]/.exec(path)?.[1])];
      return name !== undefined && changed.has(name) ? [{ name, why: message }] : [];
    });
    if (faults.length === 0) throw error;
    return faults;
  }
}

function without(changes: Changes, faults: ReadonlyMap<string, string>): Changes {
  const fits = ({ name }: { readonly name: string }): boolean => !faults.has(name);
  const dropped = [...changes.added, ...changes.moved].flatMap(({ name, address }) => {
    const why = faults.get(name);
    return why === undefined ? [] : [{ address, why }];
  });
  return {
    ...changes,
    added: changes.added.filter(fits),
    moved: changes.moved.filter(fits),
    left: [...changes.left, ...dropped],
  };
}

/** Under which names a device was read before, by what it is known by. */
function formerNamesOf(settings: Settings): FormerNames {
  const names = new Map<string, string[]>();
  const note = (token: string, name: string): void => {
    names.set(token, [...(names.get(token) ?? []), name]);
  };
  try {
    const db = openDatabase(settings.stateDir, { readonly: true });
    try {
      for (const { place, tokenKind, token, device } of new DeviceBook(db).read()) {
        if (!place.startsWith("source ")) continue;
        const all = tokensOf(device.identity).map(({ kind, value }) => `${kind} ${value}`);
        for (const each of new Set([`${tokenKind} ${token}`, ...all])) note(each, place.slice(7));
      }
    } finally {
      db.close();
    }
  } catch {
    // An agent that never ran has no book: nothing can have moved.
    names.clear();
  }
  return ({ known_by: by }) =>
    by === undefined ? [] : (names.get(`${by.kind} ${by.value}`) ?? []);
}
