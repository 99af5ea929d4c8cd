import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Driver } from "../../agent/drivers/driver.ts";
import { decodersIn, draftOf, identifierOf } from "./driver-draft.ts";

/** Where a driver may go, below `agent/drivers`. */
export const FOLDERS: readonly string[] = ["asics", "miners", "gpus"];

/** What a driver is begun from. */
export interface Beginning {
  readonly name: string;
  /** The driver whose asks were recorded. */
  readonly model: Driver;
  /** Folder that record-replies wrote. */
  readonly from: string;
  /** One of FOLDERS. */
  readonly folder: string;
}

/** What was written for a driver that was begun. */
export interface Begun {
  readonly file: string;
  readonly scene: string;
}

const NO_IDENTIFIER =
  /^(?:arguments|await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield)$/;

/**
 * Writes a driver, its line in the registry of a tree, and its first scene; then imports the registry in a process of its
 * own. Throws an Error that says what is wrong, and leaves the tree as it was.
 */
export async function beginDriver(root: string, beginning: Beginning): Promise<Begun> {
  const { name, model, from, folder } = beginning;
  const registry = join(root, "agent/drivers/registry.ts");
  const file = join(root, "agent/drivers", folder, `${name}.ts`);
  const scene = join(root, "test/fixtures/drivers", name, "first");
  const decoders = await decodersIn(root);
  const before = readFileSync(registry, "utf8");
  const words = [...decoders.values()].map((decoder) => decoder.name);
  const fault = nameFault(name, before, words) ?? placeFault(beginning, [file, scene]);
  if (fault !== undefined) throw new Error(fault);
  const asks = Object.keys(model.asks).filter((ask) => existsSync(join(from, `${ask}.reply`)));
  if (asks.length === 0) throw new Error(`${from} holds no reply to an ask of ${model.name}.`);
  const isNew = !existsSync(join(scene, ".."));
  writeFileSync(file, draftOf(name, model, asks, decoders), { flag: "wx" });
  try {
    copyScene(from, scene, asks);
    writeFileSync(registry, registered(before, name, folder));
    importRegistry(registry, name);
  } catch (thrown) {
    writeFileSync(registry, before);
    rmSync(file, { force: true });
    rmSync(isNew ? join(scene, "..") : scene, { recursive: true, force: true });
    throw new Error(`${name} cannot be imported, and nothing was kept of it.`, { cause: thrown });
  }
  return { file, scene };
}

/** Why a driver cannot be called so; undefined where it can. */
export function nameFault(
  name: string,
  registry: string,
  words: readonly string[],
): string | undefined {
  if (name.length > 32 || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
    return `${name} is no name for a driver: lower case and digits, with single dashes between.`;
  const identifier = identifierOf(name);
  if (NO_IDENTIFIER.test(identifier)) return `${name} is a word of the language, and no name.`;
  const taken = [...registry.matchAll(/^import (?:type )?\{ (\w+) \}/gm)].map(([, word]) => word);
  return [...taken, ...words, "defineDriver", "pointer", "DRIVERS"].includes(identifier)
    ? `${name} would be imported as ${identifier}, which is in use.`
    : undefined;
}

function placeFault({ from, folder }: Beginning, made: readonly string[]): string | undefined {
  if (!FOLDERS.includes(folder)) return `--folder is one of ${FOLDERS.join(", ")}.`;
  if (!existsSync(from)) return "--from names a folder that record-replies wrote.";
  const there = made.find(existsSync);
  return there === undefined ? undefined : `${there} exists already.`;
}

/** Only what is a scene: replies to asks that the driver has, and where they come from. */
function copyScene(from: string, scene: string, asks: readonly string[]): void {
  mkdirSync(scene, { recursive: true });
  const wanted = [...asks.map((ask) => `${ask}.reply`), "origin.json"];
  for (const file of readdirSync(from))
    if (wanted.includes(basename(file))) copyFileSync(join(from, file), join(scene, file));
}

/** The registry's text with a driver in it: its import in the order of paths, and asked before all others. */
function registered(text: string, name: string, folder: string): string {
  const identifier = identifierOf(name);
  const path = `./${folder}/${name}.ts`;
  const line = `import { ${identifier} } from "${path}";\n`;
  const plain = (one: string): string => one.replace(/\.ts$/, "");
  const next = [...text.matchAll(/^import .* from "(\.[^"]*)";\n/gm)].find(
    ([, other = ""]) => plain(other) > plain(path),
  );
  const at = next?.index ?? 0;
  const imported = text.slice(0, at) + line + text.slice(at);
  const open = imported.indexOf("[\n", imported.indexOf("export const DRIVERS"));
  if (open < 0) throw new Error("There is no list of drivers in the registry.");
  return `${imported.slice(0, open + 2)}  ${identifier},\n${imported.slice(open + 2)}`;
}

function importRegistry(registry: string, name: string): void {
  const program = `
    const { DRIVERS } = await import(${JSON.stringify(pathToFileURL(registry).href)});
    if (DRIVERS.filter((driver) => driver.name === ${JSON.stringify(name)}).length !== 1) process.exit(1);`;
  execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 60_000,
  });
}
