import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import t, { type Test } from "tap";
import { openLedger } from "../../../../coordinator/ledger/open.ts";
import { createRecordKeeper } from "../../../../coordinator/record/keeper.ts";
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

/** Wall and steady time, in seconds, that pass only as the test says. */
interface Time {
  wall: number;
  steady: number;
  /** How often it was asked for. */
  looks: number;
}
const timeAt = (wall: number): Time => ({ wall, steady: 5000, looks: 0 });
function pass(time: Time, seconds: number): void {
  time.wall += seconds;
  time.steady += seconds;
}

function keeperOf(scene: Pick<Scene, "db" | "rules">, time: Time, said: string[] = []) {
  return createRecordKeeper({
    db: scene.db,
    clock: () => time.wall,
    steady: () => {
      time.looks += 1;
      return time.steady;
    },
    settings: scene.rules,
    log: quietLog(said),
    pollMs: 5,
  });
}

/** Resolves when the keeper has had two more turns: the second one begins after all that the first one does. */
async function turns(time: Time): Promise<void> {
  const before = time.looks;
  await until(() => time.looks >= before + 2);
}

/** Time passes while the keeper looks at it, in parts that are no sleep. */
async function passAwake(time: Time, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 50) {
    pass(time, Math.min(left, 50));
    await turns(time);
  }
}

/** A keeper that has been there for a grace time when it is that late. */
async function startedKeeper(t: Test, scene: Pick<Scene, "db" | "rules">, now: number) {
  const time = timeAt(now - scene.rules.graceSeconds);
  const said: string[] = [];
  const keeper = keeperOf(scene, time, said);
  t.after(() => keeper.stop());
  await keeper.start();
  await passAwake(time, scene.rules.graceSeconds);
  return { keeper, time, said };
}

t.test("the keeper closes what is due, in order, and what becomes due later", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 6000n });
  rig.attest({ windowStart: FROM });
  const { keeper, time } = await startedKeeper(t, scene, DAY + 1900);
  await until(() => closedIn(scene).length === 3);
  t.strictSame(closedIn(scene), [DAY, DAY + 600, DAY + 1200]);
  pass(time, 500);
  await turns(time);
  t.equal(closedIn(scene).length, 3, "what is asleep for long waits for what is on its way");
  pass(time, 60);
  await until(() => closedIn(scene).length === 4);
  t.strictSame(keeper.status(), { lastEpoch: { start: DAY + 1800, end: DAY + 2400 } });
});

t.test("a failed attempt is logged once, shown, and made again until it works", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  scene.db.exec(
    "CREATE TRIGGER broken BEFORE INSERT ON records BEGIN SELECT raise(ABORT, 'disk'); END",
  );
  const { keeper, said } = await startedKeeper(t, scene, DAY + 9000);
  await until(() => keeper.status().fault !== undefined);
  t.strictSame(closedIn(scene), [], "nothing of the epoch is kept");
  t.equal(scene.db.prepare("SELECT count(*) FROM records").pluck().get(), 0);
  scene.db.exec("DROP TRIGGER broken");
  await until(() => closedIn(scene).length === 1);
  t.equal(keeper.status().fault, undefined);
  t.equal(said.filter((line) => line.startsWith("error")).length, 1);
});

t.test("after a pause it waits a grace time for what rigs kept meanwhile", async (t) => {
  const scene = openScene(t.testdir(), { graceSeconds: 300 });
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  rig.attest({ windowStart: FROM });
  const time = timeAt(DAY + 2000);
  const keeper = keeperOf(scene, time);
  t.after(() => keeper.stop());
  await keeper.start();
  await turns(time);
  t.strictSame(closedIn(scene), [], "its rigs have not been heard yet");
  for (let i = 1n; i < 10n; i += 1n) rig.attest({ windowStart: FROM + i * 60n }, time.wall + 1);
  await passAwake(time, 300);
  t.strictSame(closedIn(scene), [DAY]);
  t.match(scene.db.prepare("SELECT * FROM records").all(), [
    { windows_counted: 10, hashes: "10000030", correction: "0" },
  ]);
});

t.test("a clock that steps forward closes nothing, and that shows until it is back", async (t) => {
  const scene = openScene(t.testdir(), { epochSeconds: 3600, graceSeconds: 300 });
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 864_000n, denominator: 2n });
  const { keeper, time, said } = await startedKeeper(t, scene, DAY + 100);
  time.wall += 5 * 86_400;
  await until(() => keeper.status().fault !== undefined);
  t.match(keeper.status().fault, /the clock stepped forward by 432000 s/);
  await turns(time);
  t.strictSame(closedIn(scene), []);
  time.wall -= 5 * 86_400;
  await until(() => keeper.status().fault === undefined);
  const later = { tokenId: 2n, denominator: 2n, fromTime: FROM + 3600n, toTime: FROM + 7200n };
  t.ok(rig.allocate(later, time.wall).accepted, "the future is open");
  time.wall += 290;
  await passAwake(time, 500);
  t.equal(keeper.status().fault, undefined, "a step within the grace time is none");
  t.equal(said.filter((line) => line.startsWith("error")).length, 1, "it is said once");
});

t.test("a start long after anything was heard closes nothing before a rig agrees", async (t) => {
  const scene = openScene(t.testdir(), { epochSeconds: 3600, graceSeconds: 300 });
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 8_640_000n });
  scene.db.prepare("UPDATE rigs SET last_seen_at = ?").run(DAY + 10);
  const far = DAY + 30 * 86_400;
  const { keeper, time } = await startedKeeper(t, scene, far);
  await until(() => keeper.status().fault !== undefined);
  t.match(keeper.status().fault, /no rig was heard since 2026-01-05T00:00:10/);
  const held = closedIn(scene).length;
  t.equal(held, 73, "only what lies within three days of it is closed");
  rig.attest({ windowStart: FROM + 60n }, time.wall);
  await turns(time);
  t.equal(closedIn(scene).length, held, "an old window says nothing of the clock");
  rig.attest({ windowStart: BigInt(Math.floor(time.wall / 60) * 60 - 60) }, time.wall);
  await until(() => keeper.status().fault === undefined);
  t.ok(closedIn(scene).length > held);
});

t.test("a fleet that is silent for good is closed a day after the start", async (t) => {
  const scene = openScene(t.testdir(), { epochSeconds: 86_400, graceSeconds: 300 });
  scene.rig().allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 864_000n });
  scene.db.prepare("UPDATE rigs SET last_seen_at = ?").run(DAY + 10);
  const { keeper, time } = await startedKeeper(t, scene, DAY + 864_000);
  await until(() => keeper.status().fault !== undefined);
  const held = closedIn(scene).length;
  pass(time, 86_400);
  await turns(time);
  pass(time, 50);
  await turns(time);
  t.equal(closedIn(scene).length, held, "a machine that slept waits again");
  await passAwake(time, 300);
  await until(() => keeper.status().fault === undefined);
  t.ok(closedIn(scene).length > held);
});

t.test("it stops before start and twice, and closes nothing afterwards", async (t) => {
  const scene = openScene(t.testdir());
  const keeper = keeperOf(scene, timeAt(DAY + 9000));
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
let steady = 0;
const keeper = createRecordKeeper({ db: openLedger(file), clock: () => Number(now), steady: () => (steady += 50), settings, log, pollMs: 1 });
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
    const undisturbed = { db: openLedger(copy), rules: scene.rules };
    const { keeper: reference } = await startedKeeper(t, undisturbed, now);
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
