import t from "tap";
import type { Report } from "../../agent/core/reading.ts";
import { readReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { wildness } from "../../scripts/fuzz/tame.ts";
import { driverScenes } from "../support/driver-scenes.ts";
import { driverNamed } from "../support/identification.ts";
import { Random } from "../support/random.ts";
import { changes, cuts, firstWildness, type Sound, spoilt } from "../support/spoilt-replies.ts";
import { declaredFamilies, hasCaptures, recordings } from "./recordings/harness.ts";

const SEED = 20;
t.setTimeout(300_000);

const scenes: readonly Sound[] = driverScenes().flatMap(({ name, driver, replies }) => {
  const known = driverNamed(driver);
  return known === undefined ? [] : [{ name, driver: known, replies }];
});

async function recorded(): Promise<Sound[]> {
  if (!hasCaptures()) return [];
  return recordings(await declaredFamilies()).flatMap(({ path, driver, replies }) =>
    driver === undefined ? [] : [{ name: path, driver, replies }],
  );
}

/** Every reading that reports hold, as a text that is the same for the same value of the same thing. */
function readingsIn(reports: readonly Report[]): string[] {
  return reports.flatMap(({ key, readings }) =>
    readings.map(({ metric, part, algorithm, averagedSeconds, value }) =>
      [key, metric, part, algorithm, averagedSeconds, value].join(" "),
    ),
  );
}

/** What a cut reply shows that neither the whole one does nor none at all. */
function invented({ driver, replies }: Sound, steps: number): string[] {
  const whole = readingsIn(readReplies(driver, replies));
  return Object.entries(replies).flatMap(([ask, reply]) => {
    const { [ask]: _, ...others } = replies;
    const allowed = new Set([...whole, ...readingsIn(readReplies(driver, others))]);
    return cuts(reply, steps).flatMap((part) =>
      readingsIn(readReplies(driver, { ...replies, [ask]: part }))
        .filter((reading) => !allowed.has(reading))
        .map((reading) => `${ask} cut at ${part.length} of ${reply.length}: ${reading}`),
    );
  });
}

for (const driver of DRIVERS) {
  const own = scenes.filter((scene) => scene.driver === driver);

  t.test(`${driver.name} stays tame when a scene is cut, changed or swapped`, async (t) => {
    const random = new Random(SEED);
    for (const scene of own) {
      t.equal(
        firstWildness(scene, "cut", (reply) => cuts(reply, 30)),
        undefined,
      );
      t.equal(
        firstWildness(scene, "changed", (reply) => changes(reply, 80, random)),
        undefined,
      );
      const aliens = Array.from({ length: 12 }, () =>
        random.pick(Object.values(random.pick(scenes).replies)),
      );
      t.equal(
        firstWildness(scene, "another device's", () => aliens),
        undefined,
      );
    }
  });

  t.test(`a cut reply never gives ${driver.name} another number`, async (t) => {
    for (const scene of own) t.strictSame(invented(scene, 60).slice(0, 3), [], scene.name);
  });

  t.test(`${driver.name} makes no reading of a shape that it does not know`, async (t) => {
    for (const text of [
      "",
      "\0",
      "{}",
      "[]",
      "null",
      "3",
      '"x"',
      "[null]",
      "[[]]",
      "[[null]]",
      '{"":{}}',
      '{"STATS":[null],"SUMMARY":[null],"STATUS":null,"result":null,"Msg":null}',
      "|",
      "=;|",
      "<html></html>",
      '{"__proto__":{"a":1}}',
      "[".repeat(50_000),
    ]) {
      const replies = Object.fromEntries(
        Object.keys(driver.asks).map((ask) => [ask, Buffer.from(text)]),
      );
      const shown = JSON.stringify(text.slice(0, 20));
      t.equal(wildness(driver, replies), undefined, shown);
      t.strictSame(readingsIn(readReplies(driver, replies)), [], shown);
    }
  });
}

t.test("recorded replies that are cut, changed or another device's are taken tamely", async (t) => {
  const sounds = await recorded();
  const random = new Random(SEED);
  for (const sound of sounds) {
    const alien = (): Uint8Array => {
      const { replies } = random.pick(sounds);
      return random.pick(Object.values(replies)) ?? Buffer.alloc(0);
    };
    const faults = [
      firstWildness(sound, "cut", (reply) => cuts(reply, 8)),
      firstWildness(sound, "changed", (reply) => changes(reply, 12, random)),
      firstWildness(sound, "another device's", () => [alien(), alien()]),
    ];
    t.strictSame(
      faults.filter((fault) => fault !== undefined),
      [],
      sound.name,
    );
  }
  t.comment(`${sounds.length} recordings`);
});

t.test("a cut recording never gives another number", async (t) => {
  for (const sound of await recorded())
    t.strictSame(invented(sound, 8).slice(0, 3), [], sound.name);
});

t.test("the check for tameness finds what is not", async (t) => {
  const [first] = DRIVERS;
  const broken = {
    ...first,
    identify: () => {
      throw new TypeError("no such thing");
    },
  } as unknown as Sound["driver"];
  t.match(wildness(broken, {}), /throws TypeError/);
  t.equal([...spoilt({ a: Buffer.from("xy") }, (reply) => cuts(reply, 2))].length, 2);
});
