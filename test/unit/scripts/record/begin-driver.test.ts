import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import t from "tap";
import type { Driver } from "../../../../agent/drivers/driver.ts";
import { DRIVERS } from "../../../../agent/drivers/registry.ts";
import { nameFault } from "../../../../scripts/record/begin-driver.ts";

const CHECKOUT = join(import.meta.dirname, "../../../..");
const REGISTRY = "agent/drivers/registry.ts";
const FILES = "agent/drivers/asics";

/** A tree of its own that drivers can be begun in, and a folder of recorded replies beside it. */
function treeIn(folder: string, replies: Readonly<Record<string, string>>) {
  const root = join(folder, "tree");
  for (const part of ["agent", "proto", "scripts/record", "package.json"])
    cpSync(join(CHECKOUT, part), join(root, part), { recursive: true });
  symlinkSync(join(CHECKOUT, "node_modules"), join(root, "node_modules"));
  const recorded = join(folder, "recorded");
  mkdirSync(recorded);
  for (const [name, text] of Object.entries(replies)) writeFileSync(join(recorded, name), text);
  const text = (file: string): string => readFileSync(join(root, file), "utf8");
  const begin = (...words: readonly string[]) =>
    spawnSync(
      process.execPath,
      [join(root, "scripts/record/new-driver.ts"), ...words, "--from", recorded],
      { encoding: "utf8" },
    );
  return { root, text, begin };
}

async function driverIn(root: string, name: string): Promise<Driver | undefined> {
  const { href } = pathToFileURL(join(root, REGISTRY));
  const { DRIVERS: drivers }: { DRIVERS: readonly Driver[] } = await import(href);
  return drivers.find((driver) => driver.name === name);
}

t.test("a driver that was begun asks as its model does, in every respect", async (t) => {
  const { root, begin } = treeIn(t.testdir(), {
    "version.reply": "{}",
    "stats.reply": "{}",
    "settings.reply": "{}",
    "left-over.reply": "{}",
    "notes.txt": "mine",
    "origin.json": "{}",
  });
  const { status, stdout, stderr } = begin("my-device", "--like", "antminer");
  t.equal(status, 0, stderr);
  t.match(stdout, /asics\/my-device\.ts/);
  const made = await driverIn(root, "my-device");
  const model = DRIVERS.find(({ name }) => name === "antminer");
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  t.strictSame(Object.keys(made?.asks ?? {}).sort(), ["settings", "stats", "version"]);
  for (const [name, ask] of Object.entries(made?.asks ?? {})) {
    t.strictSame(plain(ask), plain(model?.asks[name]), name);
    t.equal(ask.decode.name, model?.asks[name]?.decode.name, `${name} decoded`);
  }
  t.equal(made?.asks["settings"]?.secret, true);
  t.strictSame(plain(made?.login), plain(model?.login));
  t.strictSame(made?.proof, []);
  const scene = join(root, "test/fixtures/drivers/my-device/first");
  t.strictSame(readdirSync(scene).sort(), [
    ...["origin.json", "settings.reply", "stats.reply", "version.reply"],
  ]);
});

t.test(
  "a second driver follows a first, and a tree that cannot be imported stays as it was",
  async (t) => {
    const { root, text, begin } = treeIn(t.testdir(), { "summary.reply": "{}" });
    t.equal(begin("3rd-device", "--like", "xmrig").status, 0);
    t.equal(begin("zeta", "--like", "xmrig", "--folder", "miners").status, 0);
    t.ok(await driverIn(root, "3rd-device"));
    t.ok(await driverIn(root, "zeta"));
    t.match(begin("zeta", "--like", "xmrig").stderr, /in use/);
    // A driver that was left half written: the registry cannot be imported, whatever is added to it.
    writeFileSync(join(root, FILES, "broken.ts"), "export const broken = ;\n");
    const fine = text(REGISTRY);
    const broken = `import { broken } from "./asics/broken.ts";\n${fine.replace("[\n", "[\n  broken,\n")}`;
    const entry = join(root, "scripts/record/new-driver.ts");
    writeFileSync(
      join(root, "program.ts"),
      `import { writeFileSync } from "node:fs";
     import { beginDriver } from ${JSON.stringify(pathToFileURL(join(root, "scripts/record/begin-driver.ts")).href)};
     import { DRIVERS } from ${JSON.stringify(pathToFileURL(join(root, REGISTRY)).href)};
     writeFileSync(${JSON.stringify(join(root, REGISTRY))}, ${JSON.stringify(broken)});
     const model = DRIVERS.find(({ name }) => name === "xmrig");
     await beginDriver(${JSON.stringify(root)}, { name: "eta", model, from: ${JSON.stringify(join(root, "../recorded"))}, folder: "asics" })
       .catch(({ message }) => process.stdout.write(message));`,
    );
    t.ok(existsSync(entry));
    const { stdout } = spawnSync(process.execPath, [join(root, "program.ts")], {
      encoding: "utf8",
    });
    t.match(stdout, /eta cannot be imported, and nothing was kept of it/);
    t.equal(text(REGISTRY), broken);
    t.notOk(existsSync(join(root, FILES, "eta.ts")));
    t.notOk(existsSync(join(root, "test/fixtures/drivers/eta")));
  },
);

t.test("a name that would break the registry is refused, and nothing is written", async (t) => {
  const registry = readFileSync(join(CHECKOUT, REGISTRY), "utf8");
  const words = ["json", "cgminer"];
  for (const name of [
    "json",
    "pointer",
    "xmrig2",
    "xmrig-2",
    "define-driver",
    "class",
    "pass",
    "foo-",
    "-foo",
    "a--b",
    "Foo",
    "await",
    "a".repeat(33),
    "",
  ]) {
    const isGood = name === "pass";
    t.equal(nameFault(name, registry, words) === undefined, isGood, name);
  }
  const { root, text, begin } = treeIn(t.testdir(), { "summary.reply": "{}" });
  for (const name of ["json", "xmrig2", "class", "foo-", "antminer-stats"]) {
    const { status, stderr } = begin(name, "--like", "xmrig");
    t.equal(status, 1, name);
    t.match(stderr, /no name|in use|exists already/, name);
  }
  t.match(begin("fresh", "--like", "xmrig", "--folder", "decode").stderr, /--folder/);
  t.match(begin("fresh", "--like", "nbminer").stderr, /holds no reply/);
  t.equal(text(REGISTRY), registry);
  t.notOk(existsSync(join(root, "test")));
});
