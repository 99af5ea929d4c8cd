import { fileURLToPath } from "node:url";
import t from "tap";
import { fuzz, Spoiler } from "../../scripts/fuzz/fuzz.ts";
import { donorsIn, sceneSeeds } from "../../scripts/fuzz/seeds.ts";
import { CAPTURES, hasCaptures } from "./recordings/harness.ts";

const SCENES = fileURLToPath(new URL("../fixtures/drivers", import.meta.url));
/** More of them, or others, by FUZZ_COUNT and FUZZ_SEED; `npm run fuzz` shows one again. */
const COUNT = Number(process.env["FUZZ_COUNT"] ?? 200_000);
const SEED = process.env["FUZZ_SEED"] ?? "1";
const STEP = 10_000;
// It takes a core for most of a minute, and other tests may have that core.
t.setTimeout(300_000);

t.test("no spoilt reply gives more than readings, problems or a RigError", async (t) => {
  const donors = hasCaptures() ? donorsIn(CAPTURES) : [];
  const spoiler = new Spoiler(SEED, sceneSeeds(SCENES), donors);
  const startMs = performance.now();
  for (let from = 0; from < COUNT; from += STEP) {
    const failures = fuzz(spoiler, from, Math.min(COUNT, from + STEP));
    t.strictSame(failures, [], `seed ${SEED}, cases from ${from}`);
  }
  t.comment(`${Math.round(COUNT / ((performance.now() - startMs) / 1000))} a second`);
});
