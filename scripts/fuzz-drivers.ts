import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { type Failure, fuzz, Spoiler } from "./fuzz/fuzz.ts";
import { donorsIn, sceneSeeds } from "./fuzz/seeds.ts";
import { wildness } from "./fuzz/tame.ts";

const SCENES = join(import.meta.dirname, "../test/fixtures/drivers");
const STEP = 10_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Options {
  readonly count: number;
  readonly seed: string;
  readonly with?: string;
  readonly only?: number;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("a whole number");
  return value;
}

function tell(seed: string, { number, made, fault }: Failure): void {
  say(`seed ${seed} case ${number}: ${made}: ${fault}`);
}

/** Runs all cases in steps, so that a long run says how far it is. */
function run(spoiler: Spoiler, { count, seed }: Options): void {
  const startMs = performance.now();
  let failed = 0;
  for (let from = 0; from < count; from += STEP) {
    const failures = fuzz(spoiler, from, Math.min(count, from + STEP));
    for (const failure of failures) tell(seed, failure);
    failed += failures.length;
  }
  const seconds = (performance.now() - startMs) / 1000;
  say(
    `${count} cases in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} a second, ${failed} failed.`,
  );
  if (failed > 0) process.exitCode = 1;
}

function showOne(spoiler: Spoiler, number: number): void {
  const { driver, made, replies } = spoiler.make(number);
  say(`${made}, read by ${driver.name}`);
  for (const [ask, reply] of Object.entries(replies))
    say(`--- ${ask}\n${Buffer.from(reply).toString("latin1")}`);
  const fault = wildness(driver, replies);
  say(`--- ${fault ?? "tame"}`);
  if (fault !== undefined) process.exitCode = 1;
}

await new Command("fuzz")
  .description("give drivers spoilt replies; what is no reading, problem or RigError is a failure")
  .option("--count <n>", "how many", whole, 200_000)
  .option("--seed <text>", "the same seed makes the same cases", "1")
  .option("--with <folder>", "replies in it are given to drivers too, such as recordings")
  .option("--only <case>", "make one case again and show it", whole)
  .addHelpText(
    "after",
    "\nExamples:\n  npm run fuzz\n  npm run fuzz -- --count 5000000 --seed tonight\n  npm run fuzz -- --seed tonight --only 123456",
  )
  .action((options: Options) => {
    const donors = options.with === undefined ? [] : donorsIn(options.with);
    const spoiler = new Spoiler(options.seed, sceneSeeds(SCENES), donors);
    if (options.only === undefined) run(spoiler, options);
    else showOne(spoiler, options.only);
  })
  .parseAsync();
