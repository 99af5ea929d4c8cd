import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Driver } from "../../agent/drivers/driver.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";

/** Sound replies of one device, from which spoilt ones are made. */
export interface Seed {
  readonly driver: Driver;
  readonly name: string;
  readonly replies: Readonly<Record<string, Uint8Array>>;
}

const SUFFIX = ".reply";

/** Seeds from a folder of DRIVER/SCENE/ASK.reply; what belongs to no driver is left out. */
export function sceneSeeds(folder: string): Seed[] {
  return DRIVERS.flatMap((driver) =>
    namesIn(join(folder, driver.name)).map((scene) => ({
      driver,
      name: `${driver.name}/${scene}`,
      replies: repliesIn(join(folder, driver.name, scene)),
    })),
  ).filter(({ replies }) => Object.keys(replies).length > 0);
}

function repliesIn(folder: string): Record<string, Uint8Array> {
  return Object.fromEntries(
    namesIn(folder)
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => [file.slice(0, -SUFFIX.length), readFileSync(join(folder, file))]),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    // A driver may have no scene yet; that it should is another test's business.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

const LARGEST_BYTES = 64 * 1024;

/** Whatever lies in a folder and below, as replies that any driver may get: recordings, for instance. */
export function donorsIn(folder: string): Uint8Array[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name)))
    .filter(({ length }) => length > 0 && length <= LARGEST_BYTES);
}
