import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import t from "tap";
import { openLedger } from "../../../../coordinator/ledger/open.ts";
import { createRecordKeeper } from "../../../../coordinator/record/keeper.ts";
import { readRules } from "../../../../coordinator/record/rules.ts";
import { DAY, openScene, quietLog, type Scene } from "../../../support/record-scene.ts";

const FROM = BigInt(DAY);

async function until(condition: () => boolean, deadlineMs = 20_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error("the condition did not come true in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const closedIn = (scene: Pick<Scene, "db">): number[] =>
  scene.db
    .prepare("SELECT epoch_start FROM epochs ORDER BY closed_at, epoch_start")
    .pluck()
    .all() as number[];

function keeperOf(scene: Scene, now: () => number, said: string[] = []) {
  return createRecordKeeper({
    db: scene.db,
    clock: now,
    settings: scene.rules,
    log: quietLog(said),
  });
}

t.test("the keeper closes what is due, in order, and what becomes due later", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 6000n });
  rig.attest({ windowStart: FROM });
  let now = DAY + 1900;
  const keeper = keeperOf(scene, () => now);
  t.after(() => keeper.stop());
  await keeper.start();
  await until(() => closedIn(scene).length === 3);
  t.strictSame(closedIn(scene), [DAY, DAY + 600, DAY + 1200]);
  now = DAY + 2460;
  await until(() => closedIn(scene).length === 4);
  t.strictSame(keeper.status(), { lastEpoch: { start: DAY + 1800, end: DAY + 2400 } });
  t.strictSame(readRules(scene.db), scene.rules);
});

t.test("a failed attempt is logged once, shown, and made again until it works", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  scene.db.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON records BEGIN SELECT raise(ABORT, 'disk'); END",
  );
  const said: string[] = [];
  const keeper = keeperOf(scene, () => DAY + 9000, said);
  t.after(() => keeper.stop());
  await keeper.start();
  await until(() => keeper.status().fault !== undefined);
  t.strictSame(closedIn(scene), [], "nothing of the epoch is kept");
  t.equal(scene.db.prepare("SELECT count(*) FROM records").pluck().get(), 0);
  scene.db.exec("DROP TRIGGER broken");
  await until(() => closedIn(scene).length === 1);
  t.equal(keeper.status().fault, undefined);
  t.equal(said.filter((line) => line.startsWith("error")).length, 1);
});

t.test("it stops before start and twice, and closes nothing afterwards", async (t) => {
  const scene = openScene(t.testdir());
  const keeper = keeperOf(scene, () => DAY + 9000);
  await keeper.stop();
  await keeper.start();
  await keeper.stop();
  await keeper.stop();
  scene.rig().allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(closedIn(scene), []);
});

/** The records as one text, for comparing two ledgers. */
function recordsText(scene: Pick<Scene, "db">): string {
  return JSON.stringify(
    scene.db.prepare("SELECT * FROM records ORDER BY epoch_start, token_id, algorithm").all(),
  );
}

const CHILD = `
import { openLedger } from ${JSON.stringify(join(import.meta.dirname, "../../../../coordinator/ledger/open.ts"))};
import { createRecordKeeper } from ${JSON.stringify(join(import.meta.dirname, "../../../../coordinator/record/keeper.ts"))};
const [file, now] = process.argv.slice(-2);
const log = { error() {}, warn() {}, info: () => process.stdout.write("closed\\n"), debug() {}, child: () => log };
const settings = { windowSeconds: 60, epochSeconds: 600, graceSeconds: 60 };
const keeper = createRecordKeeper({ db: openLedger(file), clock: () => Number(now), settings, log });
await keeper.start();
`;

t.test(
  "killed in the middle again and again, it ends with the same records as undisturbed",
  async (t) => {
    const scene = openScene(t.testdir());
    const rig = scene.rig();
    for (const tokenId of [1n, 2n, 3n]) {
      rig.allocate({ tokenId, denominator: 3n, fromTime: FROM, toTime: FROM + 60_000n });
    }
    for (let window = 0n; window < 1000n; window += 1n)
      rig.attest({ windowStart: FROM + window * 60n });
    const now = DAY + 60_100;
    const copy = join(t.testdirName, "copy.db");
    await scene.db.backup(copy);
    const undisturbed = { db: openLedger(copy) };
    const reference = createRecordKeeper({
      db: undisturbed.db,
      clock: () => now,
      settings: scene.rules,
      log: quietLog(),
    });
    await reference.start();
    await until(() => closedIn(undisturbed).length === 100);
    await reference.stop();

    let kills = 0;
    while (closedIn(scene).length < 100) {
      const before = closedIn(scene).length;
      const child: ChildProcess = spawn(
        process.execPath,
        ["--input-type=module-typescript", "-e", CHILD, scene.file, String(now)],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      const exited = once(child, "exit");
      await until(() => closedIn(scene).length >= Math.min(100, before + 12));
      child.kill("SIGKILL");
      await exited;
      kills += 1;
    }
    t.ok(kills > 1, `killed ${kills} times`);
    t.equal(recordsText(scene), recordsText(undisturbed));
    t.equal(scene.db.prepare("SELECT count(*) FROM judgements").pluck().get(), 1000);
    t.equal(scene.db.prepare("SELECT count(*) FROM pending").pluck().get(), 0);
    scene.db.close();
    undisturbed.db.close();
  },
);
