import t from "tap";
import { RigError } from "../../agent/core/errors.ts";
import type { Driver } from "../../agent/drivers/driver.ts";
import { pointer } from "../../agent/drivers/pointer.ts";
import { knownBy } from "../../agent/drivers/probe.ts";
import { decodeReplies, readReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import type { Table } from "../../agent/drivers/table.ts";
import { METRICS } from "../../proto/metrics.ts";
import { driverScenes, withoutPaths } from "../support/driver-scenes.ts";

const scenes = driverScenes();
const driverOf = (name: string): Driver => DRIVERS.find((driver) => driver.name === name) as Driver;

function metricsIn(table: Table): string[] {
  return table.flatMap((entry) => {
    if ("metric" in entry) return [entry.metric];
    if (!("rows" in entry)) return [];
    const unplaced = "unplaced" in entry ? metricsIn(entry.unplaced ?? []) : [];
    return [...metricsIn(entry.rows), ...unplaced];
  });
}

/** Whether a driver knows a device by what it would have asked it for that. */
function knows(driver: Driver, replies: Readonly<Record<string, Uint8Array>>): boolean {
  const wanted = knownBy(driver);
  const seen = Object.entries(decodeReplies(driver, replies)).filter(([ask]) =>
    wanted.includes(ask),
  );
  return seen.length > 0 && driver.identify(Object.fromEntries(seen));
}

/** True when reading gives reports, or a RigError; anything else is the fault that is looked for. */
function isTame(driver: Driver, replies: Readonly<Record<string, Uint8Array>>): boolean {
  try {
    const reports = readReplies(driver, replies);
    driver.identify(decodeReplies(driver, replies));
    return reports.every(({ readings }) =>
      readings.every(
        ({ metric, value }) =>
          value >= METRICS[metric].range[0] && value <= METRICS[metric].range[1],
      ),
    );
  } catch (thrown) {
    return thrown instanceof RigError;
  }
}

/** The same replies with one of them put through something. */
function* spoilt(
  replies: Readonly<Record<string, Uint8Array>>,
  spoil: (reply: Uint8Array) => Iterable<Uint8Array>,
): Iterable<Record<string, Uint8Array>> {
  for (const [ask, reply] of Object.entries(replies))
    for (const worse of spoil(reply)) yield { ...replies, [ask]: worse };
}

const STEPS = 60;
const stepsOf = (reply: Uint8Array): number[] =>
  Array.from({ length: STEPS }, (_, step) => Math.floor((reply.length * step) / STEPS));

for (const driver of DRIVERS) {
  const own = scenes.filter((scene) => scene.driver === driver.name);

  t.test(`${driver.name} reads its scenes as they were written down`, async (t) => {
    t.ok(own.length > 0, "has a scene");
    for (const { name, replies, expected } of own) {
      t.strictSame(withoutPaths(readReplies(driver, replies)), expected, name);
      t.strictSame(readReplies(driver, replies), readReplies(driver, replies), `${name} again`);
    }
  });

  t.test(`every reading of ${driver.name} says where it stood`, async (t) => {
    for (const { name, replies } of own) {
      const decoded = decodeReplies(driver, replies);
      const docs = { ...decoded, ...driver.derive?.(decoded) };
      for (const { readings } of readReplies(driver, replies))
        for (const { metric, path = "" } of readings) {
          const [ask = "", at = ""] = path.split("#");
          t.not(pointer(docs[ask], at) ?? undefined, undefined, `${name}: ${metric} at ${path}`);
        }
    }
  });

  t.test(`${driver.name} alone knows its scenes`, async (t) => {
    for (const { name, replies } of own) {
      const knowing = DRIVERS.filter(
        (other) => other.generic === driver.generic && knows(other, replies),
      );
      t.strictSame(
        knowing.map((other) => other.name),
        [driver.name],
        name,
      );
    }
  });

  t.test(`every metric that ${driver.name} lists is produced by a scene`, async (t) => {
    const listed = Object.values(driver.table).flatMap((table) => metricsIn(table ?? []));
    const produced = own.flatMap(({ replies }) =>
      readReplies(driver, replies).flatMap(({ readings }) =>
        readings.map(({ metric }) => metric as string),
      ),
    );
    t.strictSame(
      listed.filter((metric) => !produced.includes(metric)),
      [],
    );
  });

  t.test(
    `${driver.name} stays tame when a reply is cut, changed or another device's`,
    async (t) => {
      for (const { name, replies } of own) {
        for (const cut of spoilt(replies, (reply) =>
          stepsOf(reply).map((at) => reply.subarray(0, at)),
        ))
          if (!isTame(driver, cut)) t.fail(`${name}: cut`);
        for (const changed of spoilt(replies, function* (reply) {
          for (const at of stepsOf(reply)) {
            for (const byte of [0x00, 0x22, 0x2c, 0x7b, 0x39, 0xff]) {
              const copy = Buffer.from(reply);
              copy[at] = byte;
              yield copy;
            }
          }
        }))
          if (!isTame(driver, changed)) t.fail(`${name}: changed`);
        for (const scene of scenes)
          for (const alien of Object.values(scene.replies))
            for (const swapped of spoilt(replies, () => [alien]))
              if (!isTame(driver, swapped)) t.fail(`${name}: reply of ${scene.name}`);
      }
      t.pass("tame");
    },
  );

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
      "<html></html>",
      '{"__proto__":{"a":1}}',
      "[".repeat(50_000),
    ]) {
      const replies = Object.fromEntries(
        Object.keys(driver.asks).map((ask) => [ask, Buffer.from(text)]),
      );
      t.ok(isTame(driver, replies), JSON.stringify(text.slice(0, 20)));
      t.strictSame(
        readReplies(driver, replies).flatMap(({ readings }) => readings),
        [],
        JSON.stringify(text.slice(0, 20)),
      );
    }
  });

  t.test(`a reply that ${driver.name} does not get is a problem`, async (t) => {
    for (const { name, replies } of own) {
      for (const [ask, { optional }] of Object.entries(driver.asks)) {
        if (optional) continue;
        const others = Object.fromEntries(Object.entries(replies).filter(([key]) => key !== ask));
        const problems = readReplies(driver, others).flatMap((report) => report.problems);
        t.ok(
          problems.some((problem) => problem.ask === ask && problem.why === "no-reply"),
          `${name} without ${ask}`,
        );
      }
    }
  });
}

t.test("every scene says where it comes from, and belongs to a driver", async (t) => {
  for (const { name, driver, origin } of scenes) {
    t.ok(driverOf(driver), name);
    t.match(
      origin,
      { made: String, shape_of: String, about: String, date: /^\d{4}-\d\d-\d\d$/ },
      name,
    );
  }
});

t.test("every driver has a name of its own and says where its API is described", async (t) => {
  t.equal(new Set(DRIVERS.map(({ name }) => name)).size, DRIVERS.length);
  for (const { name, docs } of DRIVERS) t.match(docs, /^https:\/\//, name);
});
