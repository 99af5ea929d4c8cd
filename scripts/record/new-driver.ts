import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import type { Driver } from "../../agent/drivers/driver.ts";
import { readReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";

const ROOT = join(import.meta.dirname, "../..");
const SCENES = join(ROOT, "test/fixtures/drivers");
const REGISTRY = join(ROOT, "agent/drivers/registry.ts");
const FOLDERS = ["asics", "miners", "gpus"] as const;

interface Options {
  readonly like?: string;
  readonly from?: string;
  readonly folder: string;
  readonly expect?: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};

await new Command("new-driver")
  .description(
    "begin a driver from replies that were recorded, or write down what a driver reads in its scenes",
  )
  .argument("<name>", "name of the driver: lower case, digits, dashes")
  .option("--like <driver>", "driver whose asks were recorded", "cgminer-generic")
  .option("--from <folder>", "folder that record-replies wrote")
  .option("--folder <folder>", `where the driver goes: ${FOLDERS.join(", ")}`, "asics")
  .option("--expect", "write expected.json of every scene of the driver from what it reads now")
  .addHelpText(
    "after",
    `
Begins with a file that asks what was recorded and reads the whole device's hashrate, its line in the registry and a scene.
Then: fill the table (agent/drivers/README.md shows how), run --expect, and check every value by hand against the replies.

Examples:
  ./scripts/new-driver my-device --like cgminer-generic --from ~/new-device
  ./scripts/new-driver my-device --expect
  node test/promise/every-driver.test.ts`,
  )
  .action((name: string, options: Options) =>
    options.expect ? expect(name) : begin(name, options),
  )
  .parseAsync();

function begin(name: string, { like, from, folder }: Options): void {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) fail(`${name} is no name for a driver.`);
  if (!FOLDERS.some((known) => known === folder)) fail(`--folder is one of ${FOLDERS.join(", ")}.`);
  if (DRIVERS.some((driver) => driver.name === name)) fail(`There is a driver ${name} already.`);
  const model =
    DRIVERS.find((driver) => driver.name === like) ?? fail(`There is no driver ${like}.`);
  if (from === undefined || !existsSync(from)) {
    fail("--from names a folder that record-replies wrote.");
    return;
  }
  const answered = readdirSync(from).flatMap((file) =>
    file.endsWith(".reply") ? [basename(file, ".reply")] : [],
  );
  const asks = Object.keys(model.asks).filter((ask) => answered.includes(ask));
  if (asks.length === 0) fail(`${from} holds no reply to an ask of ${like}.`);
  const file = join(ROOT, "agent/drivers", folder, `${name}.ts`);
  writeFileSync(file, sourceOf(name, model, asks), { flag: "wx" });
  const scene = join(SCENES, name, "first");
  mkdirSync(scene, { recursive: true });
  cpSync(from, scene, { recursive: true });
  register(name, folder);
  say(`Written: ${file}, ${scene}, a line in agent/drivers/registry.ts.`);
  say(`Fill in identify, identity and table, then: ./scripts/new-driver ${name} --expect`);
}

const camel = (name: string): string =>
  name.replace(/^(\d)/, "n$1").replaceAll(/-(.)/g, (_, next: string) => next.toUpperCase());

function sourceOf(name: string, model: Driver, asks: readonly string[]): string {
  const decoders = new Set<string>();
  const lines = asks.map((ask) => {
    const { link, target, body, port } = model.asks[ask] as Driver["asks"][string];
    const decoder = link === "tcp" ? "cgminer" : "json";
    decoders.add(decoder);
    const more = [
      ...(body === undefined ? [] : [`body: ${JSON.stringify(body)}`]),
      ...(port === undefined ? [] : [`port: ${port}`]),
    ];
    const parts = [
      `link: "${link}"`,
      `target: ${JSON.stringify(target)}`,
      ...more,
      `decode: ${decoder}`,
    ];
    return `    ${ask}: { ${parts.join(", ")} },`;
  });
  const [first = ""] = asks;
  const imports = [...decoders]
    .sort()
    .map((decoder) => `import { ${decoder} } from "../decode/${decoder}.ts";`);
  return `${imports.join("\n")}
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";

/** Say here what the device is, and what is peculiar about its replies. */
export const ${camel(name)} = defineDriver({
  name: "${name}",
  about: "${name}",
  docs: "${model.docs}",
  kind: "${model.kind}",
  role: "miner",
  ports: [${model.ports.join(", ")}],
  proof: [],
  asks: {
${lines.join("\n")}
  },
  identify: ({ ${first} }) => pointer(${first}, "/where/it/says/so") === "${name}",
  identity: {},
  table: {
    ${first}: [{ metric: "hashrate", at: "/where/it/stands", unit: "H/s" }],
  },
});
`;
}

function register(name: string, folder: string): void {
  const text = readFileSync(REGISTRY, "utf8");
  const line = `import { ${camel(name)} } from "./${folder}/${name}.ts";\n`;
  const list = text.indexOf("export const DRIVERS");
  const open = text.indexOf("[\n", list) + 2;
  writeFileSync(REGISTRY, `${line}${text.slice(0, open)}  ${camel(name)},\n${text.slice(open)}`);
}

/** Expected reports as the tests compare them: where a value stood is looked up by a test and not written down. */
function expect(name: string): void {
  const driver = DRIVERS.find((one) => one.name === name) ?? fail(`There is no driver ${name}.`);
  const folder = join(SCENES, name);
  if (!existsSync(folder)) fail(`There is no scene below ${folder}.`);
  for (const scene of readdirSync(folder)) {
    const files = readdirSync(join(folder, scene)).filter((file) => file.endsWith(".reply"));
    const replies = Object.fromEntries(
      files.map((file) => [basename(file, ".reply"), readFileSync(join(folder, scene, file))]),
    );
    const reports = readReplies(driver, replies);
    const text = JSON.stringify(
      { reports },
      (key, value: unknown) => (key === "path" ? undefined : value),
      2,
    );
    writeFileSync(join(folder, scene, "expected.json"), `${text}\n`);
    const [readings, problems] = [
      reports.flatMap((r) => r.readings),
      reports.flatMap((r) => r.problems),
    ];
    say(`${name}/${scene}: ${readings.length} readings, ${problems.length} problems`);
  }
  say(
    "Now check every value by hand against the replies: what stands there is what the driver says, not what is true.",
  );
}
