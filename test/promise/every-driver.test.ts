import t from "tap";
import { type Driver, isUnproven } from "../../agent/drivers/driver.ts";
import { metricsOf } from "../../agent/drivers/metrics-of.ts";
import { knownBy } from "../../agent/drivers/probe.ts";
import { readReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { driverScenes, withoutPaths } from "../support/driver-scenes.ts";
import { derived, driverNamed, knowing } from "../support/identification.ts";

const scenes = driverScenes();
const scenesOf = (driver: Driver) => scenes.filter((scene) => scene.driver === driver.name);

for (const driver of DRIVERS) {
  const own = scenesOf(driver);

  t.test(`${driver.name} reads its scenes as they were written down`, async (t) => {
    t.ok(own.length > 0, "has a scene");
    for (const { name, replies, expected } of own) {
      t.strictSame(withoutPaths(readReplies(driver, replies)), expected, name);
      t.strictSame(readReplies(driver, replies), readReplies(driver, replies), `${name} again`);
    }
  });

  t.test(`every reading of ${driver.name} says where it stood`, async (t) => {
    for (const { name, replies } of own) {
      for (const { readings } of readReplies(driver, replies))
        for (const { metric, path = "" } of readings) {
          const [ask = "", ...at] = path.split("#");
          const found = derived(driver, replies, ask, at.join("#"));
          t.not(found ?? undefined, undefined, `${name}: ${metric} at ${path}`);
        }
    }
  });

  t.test(`${driver.name} alone knows its scenes`, async (t) => {
    for (const { name, replies } of own)
      t.strictSame(knowing(driver, replies), [driver.name], name);
  });

  t.test(`every metric that ${driver.name} lists is produced by a scene`, async (t) => {
    const produced = own.flatMap(({ replies }) =>
      readReplies(driver, replies).flatMap(({ readings }) =>
        readings.map(({ metric }) => metric as string),
      ),
    );
    t.strictSame(
      metricsOf(driver).filter((metric) => !produced.includes(metric)),
      [],
    );
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

  t.test(`every scene of ${driver.name} answers only what is asked`, async (t) => {
    for (const { name, replies } of own)
      for (const ask of Object.keys(replies)) t.ok(driver.asks[ask], `${name}: ${ask}`);
    for (const ask of knownBy(driver)) t.ok(driver.asks[ask], `known by ${ask}`);
  });
}

t.test("every scene says where it comes from, and belongs to a driver", async (t) => {
  for (const { name, driver, origin } of scenes) {
    t.ok(driverNamed(driver), name);
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

t.test("a generic driver never counts as proven", async (t) => {
  for (const driver of DRIVERS.filter(({ generic }) => generic === true)) {
    t.strictSame(driver.proof, [], driver.name);
    t.ok(isUnproven(driver), driver.name);
  }
});
