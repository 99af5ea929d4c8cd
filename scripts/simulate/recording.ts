import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";

/** The recorded replies of one device. */
export interface Recording {
  /** Its folder below the one that was asked for, with dashes; `replay` for that one itself. */
  readonly name: string;
  /** What it can be asked, as the files name it. */
  readonly asks: readonly string[];
  /** The bytes of the reply to a cgminer command, or to an HTTP path when it begins with a slash. */
  reply(ask: string): Promise<Buffer | undefined>;
}

const REPLY = /^(.+?)(\.raw)?\.(reply|json|txt)$/;
/** Files that lie beside replies and are none. */
const BESIDE = /^(expected.*\.json|origin\.json|requests\.json|SOURCE\.txt|README.*)$/;

/** The recordings in a folder and below it: each folder that holds replies is a device. Throws when there are none. */
export function recordings(folder: string): Recording[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && REPLY.test(entry.name) && !BESIDE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new Error(`${folder} holds no .reply, .json or .txt of a device`);
  const byFolder = Map.groupBy(files, (file) => file.slice(0, -basename(file).length - 1));
  return [...byFolder].map(([place, replies]) => recording(folder, place, replies));
}

function recording(folder: string, place: string, files: readonly string[]): Recording {
  const byAsk = new Map(files.map((file) => [askOf(file), file]));
  const requested = requests(place);
  const name = relative(folder, place)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
  return {
    name: name || "replay",
    asks: [...requested.keys(), ...byAsk.keys()],
    reply: async (ask) => {
      const file = requested.get(ask) ?? fileFor(ask, byAsk);
      return file === undefined ? undefined : readFile(file);
    },
  };
}

const askOf = (file: string): string => REPLY.exec(basename(file))?.[1] ?? basename(file);

/** A command by its name; a path by its segments joined with `_`, or by the last of them. */
function fileFor(ask: string, files: ReadonlyMap<string, string>): string | undefined {
  if (!ask.startsWith("/")) return files.get(ask) ?? files.get(`rpc_${ask}`);
  const segments = ask.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) return files.get("root");
  return segments
    .map((_, at) => files.get(segments.slice(at).join("_")))
    .find((file) => file !== undefined);
}

/** `requests.json`, where somebody wrote down which file answers what: file → { transport, request }. */
function requests(place: string): Map<string, string> {
  const written = readOptional(join(place, "requests.json"));
  if (written === undefined) return new Map();
  const found = new Map<string, string>();
  for (const [file, entry] of Object.entries(JSON.parse(written) as Record<string, unknown>)) {
    const request = (entry as { request?: unknown } | null)?.request;
    if (typeof request !== "string") continue;
    const command = /"command"\s*:\s*"([^"]+)"/.exec(request)?.[1];
    found.set(command ?? request.split("?")[0] ?? request, join(place, basename(file)));
  }
  return found;
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
