import t, { type Test } from "tap";
import { createQuietWarn } from "../../../../coordinator/intake/quiet.ts";
import { openLedger } from "../../../../coordinator/ledger/open.ts";
import { coordinatorSigner, openIntakeWorld } from "../../../support/coordinator-intake.ts";
import { createKeptLog } from "../../../support/quiet-log.ts";
import { RigSide, random32 } from "../../../support/rig-side.ts";

async function withEra(test: Test) {
  const world = await openIntakeWorld(test.testdir());
  test.after(() => world.close());
  const era = (await world.welcome(await world.rig.signedHello()))?.era ?? 0;
  return { world, era };
}

t.test("messages that come together share a commit, and each gets its own answer", async (t) => {
  const { world, era } = await withEra(t);
  let commits = 0;
  const bodies = await Promise.all(
    Array.from({ length: 150 }, (_, i) => world.rig.signed({ era, sequence: BigInt(i) })),
  );
  // A second connection sees one change for each commit.
  const watcher = openLedger(world.file);
  t.after(() => {
    watcher.close();
  });
  let version = watcher.pragma("data_version", { simple: true });
  const answers = await Promise.all(
    bodies.map(async (body) => {
      const answer = await world.answer(body);
      const now = watcher.pragma("data_version", { simple: true });
      if (now !== version) commits += 1;
      version = now;
      return answer?.message.sequence;
    }),
  );
  t.same(
    answers,
    Array.from({ length: 150 }, (_, i) => BigInt(i)),
  );
  t.ok(commits >= 1 && commits < 5, `${commits} commits`);
});

t.test("the receipt is not given before another connection can see the attestation", async (t) => {
  const { world, era } = await withEra(t);
  const other = openLedger(world.file);
  t.after(() => {
    other.close();
  });
  await world.answer(await world.rig.signed({ era }));
  t.equal(other.prepare("SELECT COUNT(*) FROM attestations").pluck().get(), 1);
});

t.test("a fault with one message does not lose the others", async (t) => {
  const { world, era } = await withEra(t);
  // Something that no check foresees, after half of the message is written.
  world.db.exec(`CREATE TRIGGER no_seven BEFORE UPDATE ON rigs WHEN new.head_sequence = 7
    BEGIN SELECT RAISE(ABORT, 'seven is not taken'); END`);
  const answers = await Promise.all(
    [6n, 7n, 8n].map(async (sequence) => world.answer(await world.rig.signed({ era, sequence }))),
  );
  t.same(
    answers.map((answer) => answer?.kind),
    ["receipt", undefined, "receipt"],
  );
  t.equal(world.attestations(), 2);
  t.match(
    world.lines.filter(({ level }) => level === "error"),
    [{ facts: { error: /seven/ } }],
  );
});

t.test("a reply that cannot be made does not lose those of its batch", async (t) => {
  const { world, era } = await withEra(t);
  const { log } = world;
  const [good, bad] = [await world.rig.signed({ era }), await world.rig.signed({ era: era + 1 })];
  const told = log.warn;
  // Telling of the refused one fails, after the commit.
  log.warn = () => {
    throw new Error("the log is full");
  };
  const answers = await Promise.all([world.answer(bad), world.answer(good)]);
  log.warn = told;
  t.same(
    answers.map((answer) => answer?.kind),
    [undefined, "receipt"],
  );
  t.equal(world.attestations(), 1);
  t.match(
    world.lines.filter(({ level }) => level === "error"),
    [{ facts: { error: /the log is full/ } }],
  );
});

t.test("a ledger that cannot grow gives no receipt, and goes on when it can", async (t) => {
  const { world, era } = await withEra(t);
  const pages = world.db.pragma("page_count", { simple: true }) as number;
  world.db.pragma(`max_page_count = ${pages + 2}`);
  const bodies = await Promise.all(
    Array.from({ length: 60 }, (_, i) => world.rig.signed({ era, sequence: BigInt(i) })),
  );
  const first = await Promise.all(bodies.map((body) => world.answer(body)));
  const receipted = first.filter((answer) => answer?.kind === "receipt").length;
  t.ok(receipted < 60, `${receipted} receipts`);
  t.equal(world.attestations(), receipted, "what is receipted is there, and nothing else");
  world.db.pragma("max_page_count = 1000000");
  const second = await Promise.all(bodies.map((body) => world.answer(body)));
  t.ok(second.every((answer) => answer?.kind === "receipt"));
  t.equal(world.attestations(), 60);
});

t.test("topics that are not ours and messages of no meaning are passed over", async (t) => {
  const { world } = await withEra(t);
  const { rig } = world.rig;
  for (const topic of [
    "",
    "elsewhere",
    "rig/v1/0x12/hello",
    "rig/v2/x",
    `rig/v1/${rig}`,
    `rig/v1/${rig}/else`,
  ]) {
    t.equal(await world.intake.receive(topic, Buffer.from("x")), undefined, topic);
  }
});

t.test("after stop nothing is taken, and what was taken before is answered", async (t) => {
  const { world, era } = await withEra(t);
  const pending = world.answer(await world.rig.signed({ era }));
  await world.intake.stop();
  t.equal((await pending)?.kind, "receipt");
  t.equal(await world.answer(await world.rig.signed({ era, sequence: 1n })), undefined);
});

t.test("strangers by the thousand leave a few lines in the log and no rows", async (t) => {
  const { world } = await withEra(t);
  const body = await world.rig.signed({ era: 1 });
  for (let i = 0; i < 300; i += 1) {
    const stranger = random32().slice(0, 42) as `0x${string}`;
    await Promise.all([
      world.intake.receive(`rig/v1/${stranger}/attestation`, body),
      world.intake.receive(`rig/v1/${stranger}/hello`, Buffer.from("nonsense")),
      world.intake.receive(
        `rig/v1/${stranger}/presence`,
        Buffer.from('{"online":true,"version":"1","since":1}'),
      ),
    ]);
  }
  const stranger = new RigSide(coordinatorSigner.address);
  for (let i = 0; i < 20; i += 1) {
    await world.answer(await stranger.signed({ sequence: BigInt(i) }), stranger.rig);
  }
  t.ok(world.lines.filter(({ level }) => level === "warn").length < 5);
  t.equal(world.db.prepare("SELECT COUNT(*) FROM refusals").pluck().get(), 0);
  t.equal(world.db.prepare("SELECT COUNT(*) FROM rigs").pluck().get(), 1);
});

t.test("a warning is said once, then with the number of its repetitions", async (t) => {
  const log = createKeptLog();
  let now = 0;
  const warn = createQuietWarn(log, () => now, 10);
  for (const at of [0, 1, 9]) {
    now = at;
    warn("a", "Something", { at });
  }
  warn("b", "Other", {});
  now = 10;
  warn("a", "Something", { at: 10 });
  now = 30;
  warn("a", "Something", { at: 30 });
  t.same(
    log.lines.map(({ message, facts }) => [message, facts]),
    [
      ["Something", { at: 0 }],
      ["Other", {}],
      ["Something", { at: 10, repeated: 2 }],
      ["Something", { at: 30 }],
    ],
  );
});
