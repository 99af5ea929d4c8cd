import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { readReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { beginDriver, FOLDERS } from "./begin-driver.ts";

const ROOT = join(import.meta.dirname, "../..");
const SCENES = join(ROOT, "test/fixtures/drivers");

interface Options {
  readonly like: string;
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

async function begin(name: string, { like, from = "", folder }: Options): Promise<void> {
  const model =
    DRIVERS.find((driver) => driver.name === like) ?? fail(`There is no driver ${like}.`);
  try {
    const { file, scene } = await beginDriver(ROOT, { name, model, from, folder });
    say(`Written: ${file}, ${scene}, a line in agent/drivers/registry.ts.`);
    say(`Fill in identify, identity and table, then: ./scripts/new-driver ${name} --expect`);
  } catch (thrown) {
    const { message, cause } = thrown as Error;
    fail(cause instanceof Error ? `${message}\n${cause.message}` : message);
  }
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
