import t from "tap";
import { Random } from "../support/random.ts";
import { copyDisk, type Disk, emptyDisk, World } from "../support/world.ts";

/** What a schedule may hold beside ordinary starts, windows and deliveries. */
interface Faults {
  readonly kill?: boolean;
  readonly loss?: boolean;
  readonly oldCopy?: boolean;
  readonly twin?: boolean;
  readonly coordinatorBackup?: boolean;
}

const STEPS = 200;
/** Schedules of each case; more of them by SIGN_ONCE_SCHEDULES. */
const SCHEDULES = Number(process.env["SIGN_ONCE_SCHEDULES"] ?? 400);

/** Runs one schedule, chosen by its seed, then lets everything settle with one machine up. */
function run(seed: number, faults: Faults): World {
  const random = new Random(seed);
  const world = new World(random);
  const [first, second] = world.machines as [World["machines"][0], World["machines"][0]];
  let copy: Disk | undefined;
  let backup: ReturnType<World["copyLedger"]> | undefined;
  const anyone = () => (faults.twin ? random.pick(world.machines) : first);
  const moves: (() => void)[] = [
    () => world.closeWindow(),
    () => world.closeWindow(faults.kill && random.below(4) === 0 ? anyone() : undefined),
    () => world.send(anyone()),
    () => world.deliver(random.below(Math.max(1, world.uplink.length)), random.below(3) === 0),
    () => world.deliver(0, false),
    () => world.deliver(0, false),
    () => world.deliver(0, false),
    () => exchange(world),
    () => world.hear(anyone()),
    () => world.hear(anyone()),
    () => world.hear(anyone()),
    () => world.hello(anyone()),
    () => {
      const machine = anyone();
      if (machine.process === undefined) world.start(machine);
    },
    () =>
      void (
        random.below(6) === 0 &&
        world.uplink.splice(random.below(Math.max(1, world.uplink.length)), 1)
      ),
  ];
  if (faults.kill)
    moves.push(() => {
      anyone().process = undefined;
    });
  const stopped = (machine: typeof first, change: () => void) => () => {
    if (random.below(4) !== 0) return;
    machine.process = undefined;
    change();
  };
  if (faults.loss)
    moves.push(
      stopped(first, () => {
        first.disk = emptyDisk();
      }),
    );
  if (faults.oldCopy) {
    moves.push(() => {
      copy ??= copyDisk(first.disk);
    });
    moves.push(
      stopped(first, () => {
        if (copy) first.disk = copyDisk(copy);
      }),
    );
  }
  if (faults.twin) {
    moves.push(
      stopped(second, () => {
        second.disk = copyDisk(first.disk);
      }),
    );
  }
  if (faults.coordinatorBackup) {
    moves.push(() => {
      backup ??= world.copyLedger();
    });
    moves.push(() => {
      if (random.below(8) !== 0 || backup === undefined) return;
      world.ledger = {
        ...backup,
        row: { ...backup.row },
        limits: new Map(backup.limits),
        entries: [...backup.entries],
      };
    });
  }
  world.start(first);
  exchange(world);
  for (let step = 0; step < STEPS; step += 1) random.pick(moves)();
  settle(world);
  return world;
}

/** No more faults: the first machine runs alone until nothing moves. */
function settle(world: World): void {
  const [first, second] = world.machines as [World["machines"][0], World["machines"][0]];
  second.process = undefined;
  if (first.process === undefined) world.start(first);
  for (let round = 0; round < 12; round += 1) {
    if (round < 11) world.closeWindow();
    world.hello(first);
    exchange(world);
    world.send(first);
    exchange(world);
  }
}

/** Everything that is under way arrives, and what it leads to. */
function exchange(world: World): void {
  for (let i = 0; i < 20; i += 1) {
    while (world.uplink.length > 0) world.deliver(0, false);
    for (const machine of world.machines) {
      while ((machine.process?.inbox.length ?? 0) > 0) world.hear(machine);
    }
  }
}

function standingOf(world: World): string | undefined {
  return world.machines[0]?.process?.session.standing;
}

const CASES: Record<string, Faults> = {
  "restarts and a broker that holds, repeats and loses messages": { kill: true },
  "the store lost": { kill: true, loss: true },
  "an old copy of the store put back": { kill: true, oldCopy: true },
  "a cloned disk started beside the first": { kill: true, twin: true },
  "a coordinator put back from its backup": { kill: true, coordinatorBackup: true },
  "all of it": { kill: true, loss: true, oldCopy: true, twin: true, coordinatorBackup: true },
};

for (const [name, faults] of Object.entries(CASES)) {
  t.test(`no honest rig equivocates, and none is wedged: ${name}`, async (t) => {
    const standings = new Map<string, number>();
    for (let seed = 1; seed <= SCHEDULES; seed += 1) {
      const world = run(seed, faults);
      if (world.equivocations.length > 0)
        t.fail(`seed ${seed} equivocated`, { found: world.equivocations });
      // A coordinator that was put back has forgotten which grants it gave, so there an old hello may fit again.
      if (world.usurpations.length > 0 && !faults.coordinatorBackup)
        t.fail(`seed ${seed} usurped`, { found: world.usurpations });
      const standing = standingOf(world) ?? "down";
      standings.set(standing, (standings.get(standing) ?? 0) + 1);
      const rows = world.machines[0]?.disk.rows ?? [];
      const waiting = rows.filter(
        (row) => row.signed && !row.receipted && row.refusal === undefined,
      );
      if (waiting.length > 0)
        t.fail(`seed ${seed} left ${waiting.length} without an answer (${standing})`);
      // Whoever may ask a person is one whose store was copied, or whose coordinator forgot.
      const mayHalt = faults.oldCopy || faults.twin || (faults.loss && faults.coordinatorBackup);
      if (standing !== "ready" && !(standing === "halted" && mayHalt))
        t.fail(`seed ${seed} ended ${standing}`);
    }
    t.comment(Object.fromEntries(standings));
    t.ok(
      (standings.get("ready") ?? 0) > SCHEDULES / 10,
      "most schedules end with a rig that goes on",
    );
  });
}

t.test("a plain restart with messages in flight loses none", async (t) => {
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    const world = run(seed, { kill: true });
    const rows = world.machines[0]?.disk.rows ?? [];
    const kept = new Set(world.ledger.entries.map(({ sequence }) => sequence));
    const lost = rows.filter((row) => row.signed && !kept.has(row.sequence));
    if (lost.length > 0 || rows.some(({ refusal }) => refusal !== undefined))
      t.fail(`seed ${seed} lost ${lost.length}`);
  }
  t.pass("none was lost or refused");
});

t.test("a person's word lets a halted rig go on, once", async (t) => {
  let resumed = 0;
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    const world = run(seed, { kill: true, oldCopy: true });
    if (standingOf(world) !== "halted") continue;
    const first = world.machines[0] as World["machines"][0];
    first.process = undefined;
    first.disk.meta.set("take_over", "1");
    settle(world);
    if (standingOf(world) !== "ready" || world.equivocations.length > 0) t.fail(`seed ${seed}`);
    if (first.disk.meta.get("take_over") === "1") t.fail(`seed ${seed} kept the word`);
    resumed += 1;
  }
  t.ok(resumed > 0, `${resumed} were halted and went on`);
});
