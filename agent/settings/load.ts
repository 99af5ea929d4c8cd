import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RigError } from "../core/errors.ts";
import { crossFaults } from "./cross-checks.ts";
import { SettingsError, type SettingsFault } from "./faults.ts";
import { issueFaults } from "./issue-faults.ts";
import { settingsSchema } from "./json-schema.ts";
import { nearestName } from "./nearest-name.ts";
import { SETTINGS_SCHEMA } from "./schema.ts";
import { Secret } from "./secret.ts";
import { readPasswords } from "./secret-files.ts";
import { type Settings, toSettings } from "./settings.ts";
import { faultAt, type ReadYaml, readYaml } from "./yaml.ts";

/** Size of the largest settings file that is read, in bytes. */
export const MAX_SETTINGS_BYTES = 1 << 20;
const MAX_FAULTS = 100;

/** What loading may know beyond the file. */
export interface LoadOptions {
  /** Names of the drivers that there are; left out: names are not checked here. */
  readonly drivers?: readonly string[];
  /** Names of those that can be asked over TLS; left out: whether a fingerprint is of use to a driver is not checked here. */
  readonly overTls?: readonly string[];
}

/**
 * Reads, checks and resolves a settings file. Throws `settings-unreadable`, or a SettingsError with every fault that the
 * file has. Relative paths in it start at its folder.
 */
export function loadSettings(file: string, options: LoadOptions = {}): Settings {
  return readSettings(readFile(file), file, options);
}

/** The same for text that is not in a file yet but will be. Throws a SettingsError with every fault. */
export function readSettings(text: string, file: string, options: LoadOptions = {}): Settings {
  const yaml = readYaml(text);
  const value = withoutEmptySections(yaml.value);
  const base = dirname(resolve(file));
  const absolute = (path: string): string => resolve(base, path);
  const passwords = readPasswords(value, absolute);
  const parsed = SETTINGS_SCHEMA.safeParse(value, { reportInput: false });
  const faults = [...yaml.faults];
  // Of a file that is no YAML at all nothing more can be said than that.
  if (value !== undefined || yaml.faults.length === 0) {
    faults.push(
      ...issueFaults(yaml, parsed.success ? [] : parsed.error.issues),
      ...[...crossFaults(value, options.overTls), ...passwords.faults].map(({ path, message }) =>
        faultAt(yaml, path, message),
      ),
      ...driverFaults(yaml, value, options.drivers),
    );
  }
  if (!parsed.success || faults.length > 0) throw new SettingsError(file, inOrder(faults));
  return toSettings(parsed.data, {
    resolve: absolute,
    passwordOf: (section) => passwords.bySection.get(section),
    secret: (plain) => new Secret(plain),
  });
}

function readFile(file: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw new RigError("settings-unreadable", `${file} is no file`, { file });
    if (stat.size > MAX_SETTINGS_BYTES) {
      const message = `${file} has ${stat.size} bytes; settings have at most ${MAX_SETTINGS_BYTES}`;
      throw new RigError("settings-unreadable", message, { file });
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(descriptor));
  } catch (error) {
    if (error instanceof RigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not UTF-8 text" : code;
    throw new RigError(
      "settings-unreadable",
      `${file} cannot be read: ${why}`,
      { file },
      { cause: error },
    );
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Sections whose every setting is commented out are null in YAML, and mean the defaults. An empty file is one such. */
function withoutEmptySections(value: unknown): unknown {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return value;
  const { properties = {} } = settingsSchema();
  return Object.fromEntries(
    Object.entries(value ?? {}).filter(([name, held]) => {
      const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined;
      return held !== null || (type !== "object" && type !== "array");
    }),
  );
}

function driverFaults(
  yaml: ReadYaml,
  value: unknown,
  drivers: readonly string[] | undefined,
): SettingsFault[] {
  const devices = (value as { devices?: unknown } | undefined)?.devices;
  if (drivers === undefined || !Array.isArray(devices)) return [];
  return devices.flatMap((device, i) => {
    const { driver } = (device ?? {}) as { driver?: unknown };
    if (typeof driver !== "string" || driver === "auto" || drivers.includes(driver)) return [];
    const near = nearestName(driver, drivers);
    const advice = near === undefined ? `there are ${drivers.join(", ")}` : `did you mean ${near}?`;
    return [faultAt(yaml, ["devices", i, "driver"], `is no driver; ${advice}`)];
  });
}

/** In order of the file, one for each place and path: a fault that follows from another at its place is not said. */
function inOrder(faults: readonly SettingsFault[]): SettingsFault[] {
  const placeOf = (fault: SettingsFault): string => `${fault.line}:${fault.column}`;
  const syntax = new Set(faults.filter((fault) => fault.path === "" && fault.line).map(placeOf));
  const kept = faults.filter((fault) => fault.path === "" || !syntax.has(placeOf(fault)));
  const sorted = kept.sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
  if (sorted.length <= MAX_FAULTS) return sorted;
  const rest = { path: "", message: `and ${sorted.length - MAX_FAULTS} more` };
  return [...sorted.slice(0, MAX_FAULTS), rest];
}
