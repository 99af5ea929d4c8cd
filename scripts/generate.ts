import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { settingsExample } from "../agent/settings/example.ts";
import { settingsSchemaJson } from "../agent/settings/json-schema.ts";
import { ROOT, runProgram } from "./run-program.ts";

const GENERATED_CODE = "proto/gen";

/** Generates everything that is generated into a folder, under the paths it has in the repository. */
async function generateInto(folder: string): Promise<void> {
  const buf = await runProgram("buf", ["generate", "--output", folder]);
  if (buf.code !== 0) throw new Error(`buf generate failed:\n${buf.stdout}${buf.stderr}`);
  for (const [path, text] of Object.entries(await texts())) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function texts(): Promise<Readonly<Record<string, string>>> {
  return {
    "config/agent.example.yaml": settingsExample(),
    "config/agent.schema.json": settingsSchemaJson(),
    ...(await coordinatorTexts()),
  };
}

/** The coordinator's settings, as far as its module offers them. */
async function coordinatorTexts(): Promise<Readonly<Record<string, string>>> {
  if (!existsSync(join(ROOT, "coordinator/settings.ts"))) return {};
  const module: Readonly<Record<string, unknown>> = await import("../coordinator/settings.ts");
  const { settingsExample: example, settingsSchemaJson: schema } = module;
  return {
    ...(typeof example === "function"
      ? { "config/coordinator.example.yaml": String(example()) }
      : {}),
    ...(typeof schema === "function" ? { "config/coordinator.schema.json": String(schema()) } : {}),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

interface Stale {
  /** Not there, or not as they are generated. */
  readonly differing: readonly string[];
  /** There, and generated no more. */
  readonly left: readonly string[];
}

async function staleFiles(fresh: string): Promise<Stale> {
  const made = await filesIn(fresh);
  const code = (await filesIn(join(ROOT, GENERATED_CODE))).map((file) =>
    join(GENERATED_CODE, file),
  );
  const differing = [];
  for (const file of made) {
    const path = join(ROOT, file);
    const same =
      existsSync(path) && (await readFile(path)).equals(await readFile(join(fresh, file)));
    if (!same) differing.push(file);
  }
  return { differing, left: code.filter((file) => !made.includes(file)) };
}

function complain({ differing, left }: Stale): void {
  const stale = [...differing, ...left].sort();
  if (stale.length === 0) {
    say("Everything that is generated is fresh.");
    return;
  }
  say(["Stale, `npm run generate` makes them anew:", ...stale].join("\n  "));
  process.exitCode = 1;
}

/** Touches only what differs: the rest may be in use. */
async function renew(fresh: string, { differing, left }: Stale): Promise<void> {
  for (const file of differing) {
    await mkdir(dirname(join(ROOT, file)), { recursive: true });
    await copyFile(join(fresh, file), join(ROOT, file));
  }
  for (const file of left) await rm(join(ROOT, file));
  say(["Generated.", ...differing, ...left.map((file) => `${file} (removed)`)].join("\n  "));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const fresh = await mkdtemp(join(tmpdir(), "rig-generate-"));
try {
  await generateInto(fresh);
  const stale = await staleFiles(fresh);
  if (process.argv.includes("--check")) complain(stale);
  else await renew(fresh, stale);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
