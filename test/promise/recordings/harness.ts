import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../../../agent/core/reading.ts";
import type { Driver } from "../../../agent/drivers/driver.ts";
import { readReplies } from "../../../agent/drivers/read-replies.ts";
import { driverNamed, knowing } from "../../support/identification.ts";
import { type Compared, compare } from "./compare.ts";
import { readExpected } from "./expected.ts";
import type { RecordedFamily } from "./family.ts";

/** Replies of real devices, read where they are: they are not ours to copy. */
export const CAPTURES: string = fileURLToPath(
  new URL("../../../../shared/captures/", import.meta.url),
);

/** False where only the project itself is. */
export function hasCaptures(): boolean {
  return existsSync(CAPTURES);
}

/** Replies of one device at one moment. */
export interface Recording {
  /** Folder below the recordings, and after a `#` the moment where it holds several. */
  readonly path: string;
  readonly family: RecordedFamily;
  /** The driver that is to know it; undefined where there is none, which `unread` must explain. */
  readonly driver: Driver | undefined;
  readonly replies: Readonly<Record<string, Uint8Array>>;
}

/** What we make of a recording. */
export interface Outcome {
  readonly recording: Recording;
  /** Names of the drivers that know it. */
  readonly known: readonly string[];
  readonly reports: readonly Report[];
  /** By quantity that others read too: nothing where we agree, else both in words. */
  readonly compared: Compared;
}

/** Families that are declared in the files beside this one; of one file where its name is given. */
export async function declaredFamilies(group?: string): Promise<RecordedFamily[]> {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const found: RecordedFamily[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".ts") || (group !== undefined && file !== `${group}.ts`)) continue;
    // Whatever runs when it is imported declares nothing.
    if (file === "write-table.ts") continue;
    const module: { readonly FAMILIES?: readonly RecordedFamily[] } = await import(`./${file}`);
    found.push(...(module.FAMILIES ?? []));
  }
  return found;
}

/** Every folder below the recordings that holds one, by its path. */
export function recordedFolders(): string[] {
  return readdirSync(CAPTURES, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name === "SOURCE.txt")
    .map(({ parentPath }) => relative(CAPTURES, parentPath))
    .sort();
}

/** The families that claim a folder by the longest path; more than one is a fault, and none is too. */
export function claiming(families: readonly RecordedFamily[], folder: string): RecordedFamily[] {
  const reach = (family: RecordedFamily): number =>
    Math.max(
      0,
      ...family.under
        .filter((under) => folder === under || folder.startsWith(`${under}/`))
        .map((under) => under.length),
    );
  const longest = Math.max(0, ...families.map(reach));
  return longest === 0 ? [] : families.filter((family) => reach(family) === longest);
}

/** The recordings of all families, in the order of their paths. */
export function recordings(families: readonly RecordedFamily[]): Recording[] {
  return recordedFolders().flatMap((folder) =>
    claiming(families, folder)
      .slice(0, 1)
      .flatMap((family) =>
        (family.states ?? [""]).map((state) =>
          recordingOf(family, folder, state === "" ? folder : `${folder}#${state}`, state),
        ),
      ),
  );
}

function recordingOf(
  family: RecordedFamily,
  folder: string,
  path: string,
  state: string,
): Recording {
  const name = typeof family.driver === "string" ? family.driver : family.driver[folder];
  const driver = name === undefined ? undefined : driverNamed(name);
  const absolute = join(CAPTURES, folder);
  const named = Object.entries(family.names).flatMap(([ask, files]) => {
    const file = files.map((one) => join(absolute, one)).find(existsSync);
    return file === undefined ? [] : [[ask, readFileSync(file)] as const];
  });
  const all = { ...Object.fromEntries(named), ...family.replies?.(absolute, state) };
  const replies = Object.fromEntries(
    Object.entries(all).filter(([ask]) => driver?.asks[ask] !== undefined),
  );
  return { path, family, driver, replies };
}

/** Reads one recording as the agent would, and compares. */
export function outcomeOf(recording: Recording): Outcome {
  const { driver, replies, path } = recording;
  if (driver === undefined) return { recording, known: [], reports: [], compared: {} };
  const reports = readReplies(driver, replies);
  return {
    recording,
    known: knowing(driver, replies),
    reports,
    compared: compare(reports, readExpected(CAPTURES, path)),
  };
}

/** Folders whose replies are a device's own. The list beside them names those that people wrote or cut, and misses some others. */
export function capturedFolders(): Set<string> {
  const rows = readFileSync(join(CAPTURES, "INDEX.md"), "utf8").matchAll(/^\| (\S+) \| ([a-z]+)/gm);
  const written = new Set(
    [...rows].filter(([, , kind]) => kind !== "captured").map(([, folder]) => folder),
  );
  return new Set(recordedFolders().filter((folder) => !written.has(folder)));
}

/** True where only replies were recorded in which no table finds a value: who the device is, and nothing else. */
export function isIdentityOnly({ driver, replies }: Recording): boolean {
  return Object.keys(replies).every((ask) => (driver?.table[ask]?.length ?? 0) === 0);
}

/** What a family's declaration says of one recording. */
export function unreadBecause({ family, path }: Recording): string | undefined {
  return family.unread?.[path];
}
