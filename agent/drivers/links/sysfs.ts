import { open, readdir } from "node:fs/promises";
import { RigError } from "../../core/errors.ts";
import { type Link, type Reach, within } from "./link.ts";

/** Sysfs values are a line; what is longer is no value. */
const MAX_FILE_BYTES = 4096;
const MAX_FILES = 2048;
// ENOENT: the card lacks the sensor. The others are how the kernel says that a sensor has nothing to say now.
const NOTHING_THERE = new Set([
  "ENOENT",
  "ENOTDIR",
  "EACCES",
  "EPERM",
  "EINVAL",
  "ENODATA",
  "EIO",
  "EBUSY",
  "EISDIR",
  "ENXIO",
  "ENODEV",
  "EOPNOTSUPP",
  "ELOOP",
]);

/**
 * Small files below a root, as sysfs has them. A target is a list of patterns, blank-separated; `#` in a pattern stands
 * for digits (`class/drm/card#/device/uevent`). The reply is JSON, one object of path → content; a file that is not there
 * or cannot be read is not in it. Throws `driver-timeout`, also at once while an earlier read still hangs: a GPU that
 * fell off its bus blocks a reader in the kernel, and each further read would take another thread with it.
 */
export function sysfsLink(reach: Reach, root: string): Link {
  let running: Promise<Uint8Array> | undefined;
  const read = (target: string): Promise<Uint8Array> => {
    if (running !== undefined)
      throw new RigError("driver-timeout", `an earlier read of ${root} still hangs`, { root });
    running = listing(root, target.split(" ")).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    ask: ({ target }, signal) => within(reach, signal, async () => read(target)),
    stop: async () => {},
  };
}

async function listing(root: string, patterns: readonly string[]): Promise<Uint8Array> {
  const found: Record<string, string> = {};
  const folders = new Map<string, Promise<string[]>>();
  for (const pattern of patterns) {
    for (const path of await expand(root, pattern.split("/"), folders)) {
      if (Object.keys(found).length >= MAX_FILES) break;
      const content = await contentOf(`${root}/${path}`);
      if (content !== undefined) found[path] = content;
    }
  }
  return Buffer.from(JSON.stringify(found), "utf8");
}

/** Paths that a pattern stands for; segments without `#` are taken as they are. */
async function expand(
  root: string,
  segments: readonly string[],
  folders: Map<string, Promise<string[]>>,
): Promise<string[]> {
  let paths = [""];
  for (const segment of segments) {
    const next = await Promise.all(
      paths.map(async (path) => {
        if (!segment.includes("#")) return [below(path, segment)];
        const names = await once(folders, `${root}/${path}`);
        const shape = new RegExp(`^${segment.replaceAll("#", "\\d+")}$`);
        return names.filter((name) => shape.test(name)).map((name) => below(path, name));
      }),
    );
    paths = next.flat();
  }
  return paths;
}

// Not `join`: what `..` leads to is told by the file system, where `device` is a link.
const below = (path: string, name: string): string => (path === "" ? name : `${path}/${name}`);

function once(folders: Map<string, Promise<string[]>>, folder: string): Promise<string[]> {
  const known = folders.get(folder);
  if (known !== undefined) return known;
  const names = readdir(folder).catch(orNothing([] as string[]));
  folders.set(folder, names);
  return names;
}

/** Passes a fault that means "nothing there" as a value, and all others on. */
function orNothing<T>(nothing: T): (thrown: unknown) => T {
  return (thrown) => {
    if (NOTHING_THERE.has(String((thrown as { code?: unknown }).code))) return nothing;
    throw thrown;
  };
}

async function contentOf(path: string): Promise<string | undefined> {
  const file = await open(path, "r").catch(orNothing(undefined));
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(
      Buffer.alloc(MAX_FILE_BYTES),
      0,
      MAX_FILE_BYTES,
      0,
    );
    return buffer.toString("utf8", 0, bytesRead).trim();
  } catch (thrown) {
    return orNothing(undefined)(thrown);
  } finally {
    await file.close();
  }
}
