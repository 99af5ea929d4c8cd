import t from "tap";
import { type Driver, isUnproven } from "../../agent/drivers/driver.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { METRICS } from "../../proto/metrics.ts";
import type { Quantity } from "./recordings/family.ts";
import {
  capturedFolders,
  claiming,
  declaredFamilies,
  hasCaptures,
  isIdentityOnly,
  type Outcome,
  outcomeOf,
  recordedFolders,
  recordings,
  unreadBecause,
} from "./recordings/harness.ts";
import { keptTable, tallyTable } from "./recordings/tally.ts";

/** One group of families alone, for whoever works on it: `node test/promise/recorded-replies.test.ts asics-a`. */
const group = process.argv[2];
const families = await declaredFamilies(group);

/** The machine that the tests run on is itself the proof. */
const isOwn = ({ asks }: Driver): boolean =>
  Object.values(asks).every(({ link }) => link === "host");
const readingsOf = ({ reports }: Outcome) => reports.flatMap(({ readings }) => readings);

t.test("the table of recorded replies stands beside the drivers", async (t) => {
  t.match(keptTable(), /^\| family \| recordings \|/);
});

if (!hasCaptures()) {
  t.comment("there are no recorded replies beside the repository: 0 read");
} else {
  const outcomes = recordings(families).map(outcomeOf);
  t.comment(`${outcomes.length} recordings read\n${tallyTable(outcomes)}`);

  if (group === undefined) {
    t.test("every recorded folder belongs to one family", async (t) => {
      const claims = recordedFolders().map((folder) => [
        folder,
        claiming(families, folder).map(({ family }) => family),
      ]);
      t.strictSame(
        claims.filter(([, claimed]) => claimed?.length !== 1),
        [],
      );
    });

    t.test("a driver that counts as proven has read a real device", async (t) => {
      const captured = capturedFolders();
      const proven = new Set(
        outcomes
          .filter(({ recording }) => captured.has(recording.path.split("#")[0] ?? ""))
          .filter((outcome) => readingsOf(outcome).length > 0)
          .flatMap(({ known }) => known),
      );
      for (const driver of DRIVERS)
        t.ok(isUnproven(driver) || proven.has(driver.name) || isOwn(driver), driver.name);
    });

    t.test("the table beside the drivers is the one that comes out", async (t) => {
      t.equal(
        keptTable(),
        tallyTable(outcomes),
        "test/promise/recordings/write-table.ts renews it",
      );
    });
  }

  t.test("every folder that a family names is there", async (t) => {
    const folders = recordedFolders();
    for (const { family, under, unread, differs } of families) {
      const paths = outcomes.map(({ recording }) => recording.path);
      for (const path of under)
        t.ok(
          folders.some((folder) => folder === path || folder.startsWith(`${path}/`)),
          `${family}: ${path}`,
        );
      for (const path of [...Object.keys(unread ?? {}), ...Object.keys(differs ?? {})])
        t.ok(paths.includes(path), `${family}: ${path}`);
    }
  });

  t.test("a recorded device is known by its driver alone", async (t) => {
    for (const { recording, known } of outcomes) {
      const { path, driver } = recording;
      if (unreadBecause(recording) === undefined) t.strictSame(known, [driver?.name], path);
    }
  });

  t.test("a recorded reply is read, with values that can be", async (t) => {
    for (const outcome of outcomes) {
      const { recording } = outcome;
      const readings = readingsOf(outcome);
      const isRead = readings.length > 0 || isIdentityOnly(recording);
      if (unreadBecause(recording) === undefined) t.ok(isRead, `${recording.path} gives readings`);
      for (const { metric, value } of readings) {
        const [min, max] = METRICS[metric].range;
        if (!(value >= min && value <= max)) t.fail(`${recording.path}: ${metric} ${value}`);
      }
    }
  });

  t.test("what is said to be unread is unread", async (t) => {
    for (const outcome of outcomes) {
      const why = unreadBecause(outcome.recording);
      if (why === undefined) continue;
      const isRead = outcome.known.length > 0 && readingsOf(outcome).length > 0;
      t.notOk(isRead, `${outcome.recording.path}: ${why}`);
    }
  });

  t.test("a recorded reply shows what others read in it", async (t) => {
    for (const { recording, compared } of outcomes) {
      const { path, family } = recording;
      if (unreadBecause(recording) !== undefined) continue;
      for (const [quantity, difference] of Object.entries(compared)) {
        if (family.differs?.[path]?.[quantity as Quantity] !== undefined) continue;
        t.equal(difference, undefined, `${path}: ${quantity}`);
      }
    }
  });

  t.test("every exception is still one", async (t) => {
    for (const { recording, compared } of outcomes) {
      const { path, family } = recording;
      for (const [quantity, why] of Object.entries(family.differs?.[path] ?? {}))
        t.type(compared[quantity as Quantity], "string", `${path}: ${quantity}: ${why}`);
    }
  });
}
