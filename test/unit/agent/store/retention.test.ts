import t, { type Test } from "tap";
import type { Sample } from "../../../../agent/core/sample.ts";
import { Chain } from "../../../../agent/store/chain.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { Retention } from "../../../../agent/store/retention.ts";
import { SampleStore } from "../../../../agent/store/samples.ts";
import { Windows } from "../../../../agent/store/windows.ts";
import type { Hex } from "../../../../proto/hex.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 100, 0, 5);
const digest = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

function make(t: Test, budgetBytes = 64 << 20) {
  const db = openDatabase(t.testdir({}));
  t.after(() => db.close());
  const clock = new FakeClock(NOW);
  const log = new FakeLog();
  const windows = new Windows(db);
  windows.setLength(600);
  const samples = new SampleStore({
    db,
    windows,
    clock,
    log,
    meter: new FakeMeter(),
    batchMs: 1000,
  });
  const chain = new Chain(db);
  const retention = new Retention({
    db,
    clock,
    log,
    meter: new FakeMeter(),
    keepSamplesMs: 7 * DAY,
    keepAttestationsMs: 90 * DAY,
    budgetBytes,
  });
  const put = (atMs: number, padding = 0): void => {
    const sample: Sample = {
      deviceId: `asic:${"1".repeat(32)}`,
      source: "a",
      role: "miner",
      atMs,
      monotonicMs: 1,
      bootId: "b",
      spanMs: 10_000,
      readings: [],
      problems: Array.from({ length: padding }, () => ({
        // Of its own, or all samples would share the one shape.
        part: `${atMs} ${"x".repeat(46)}`,
        why: "absent",
        ask: "stats",
      })),
      increments: [],
      doubts: 0,
      replies: {},
    };
    samples.append({ sample, placedMs: atMs, flags: 0, leaf: new Uint8Array(32) });
    samples.flush();
  };
  /** Attests the window of an instant, with a receipt if wanted. */
  const attest = (n: number, atMs: number, receipted: boolean): void => {
    const start = BigInt(Math.floor(atMs / 600_000) * 600);
    chain.reserve({ start, end: start + 600n }, () => ({
      era: 1,
      sequence: BigInt(n),
      digest: digest(n),
      body: Buffer.from("b"),
    }));
    chain.attachSignature(digest(n), "0x00", Buffer.from("b"));
    if (receipted) chain.receipted(digest(n), start + 700n, Buffer.from("r"));
  };
  const count = (table: string): number =>
    (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
  return { db, log, samples, chain, retention, put, attest, count, clock };
}

t.test("old samples go once their window has its receipt, never before", async (t) => {
  const { put, attest, retention, count } = make(t);
  put(NOW - 20 * DAY);
  put(NOW - 10 * DAY);
  put(NOW - 1 * DAY);
  attest(1, NOW - 20 * DAY, true);
  attest(2, NOW - 10 * DAY, false);
  attest(3, NOW - 1 * DAY, true);
  retention.purgeByAge();
  t.equal(count("samples"), 2, "the one whose attestation waits stays, however old");
});

t.test(
  "samples of a window that is not attested yet are never deleted for their age",
  async (t) => {
    const { put, retention, count } = make(t);
    put(NOW - 30 * DAY);
    retention.purgeByAge();
    t.equal(count("samples"), 1);
  },
);

t.test(
  "attestations are kept for their time, and the tip and what has no receipt for ever",
  async (t) => {
    const { put, attest, retention, count, chain } = make(t);
    for (const [n, days, receipted] of [
      [1, 200, true],
      [2, 150, false],
      [3, 120, true],
      [4, 1, true],
    ] as const) {
      put(NOW - days * DAY);
      attest(n, NOW - days * DAY, receipted);
    }
    retention.purgeByAge();
    t.equal(count("attestations"), 2);
    t.equal(chain.holds(digest(2)), true, "without a receipt");
    t.equal(chain.holds(digest(4)), true, "the tip of the chain");
  },
);

t.test(
  "over its budget the database gives up samples of closed windows, oldest first, and never attestations",
  async (t) => {
    const { put, attest, retention, count, log } = make(t, 4 << 20);
    for (let i = 0; i < 60; i += 1) put(NOW - 2 * DAY + i * 600_000, 900);
    for (let i = 0; i < 50; i += 1) attest(i, NOW - 2 * DAY + i * 600_000, false);
    const { usedBytes, budgetBytes } = retention.usage();
    t.ok(usedBytes > 0.8 * budgetBytes, "the scene is over the samples' share");
    retention.purgeBySize();
    t.ok(retention.usage().usedBytes <= 0.8 * budgetBytes);
    t.equal(count("attestations"), 50);
    t.ok(count("samples") >= 10, "those of open windows stay");
    t.ok(log.said("warn").length === 1);
  },
);

t.test(
  "a database at its page limit takes no more samples, says so, and goes on after a purge",
  async (t) => {
    const { put, attest, retention, samples, log, count } = make(t, 1 << 20);
    await retention.start();
    t.teardown(() => retention.stop());
    for (let i = 0; i < 30; i += 1) put(NOW - 2 * DAY + i * 600_000, 900);
    t.equal(samples.state().failing, true);
    t.same(
      log.lines
        .filter(({ level }) => level === "error")
        .map(({ error }) => (error as { code: string }).code),
      ["store-full"],
    );
    const before = count("samples");
    for (let i = 0; i < 8; i += 1) attest(i, NOW - 2 * DAY + i * 600_000, true);
    retention.purgeBySize();
    t.ok(count("samples") < before);
    t.equal(
      samples.flush() || samples.state().buffered > 0,
      true,
      "what waited is written, or still waits in memory",
    );
  },
);

t.test("a wall clock that is a year ahead for a night forgets nothing", async (t) => {
  const { put, attest, retention, count, clock } = make(t);
  put(NOW - DAY);
  attest(1, NOW - DAY, true);
  clock.step(365 * DAY);
  retention.purgeByAge();
  t.equal(count("attestations") + count("samples") + count("windows"), 3);
});

t.test("a window whose attestation was deleted is never attested again", async (t) => {
  const { put, attest, retention, count, samples, db } = make(t);
  for (const [n, days] of [
    [1, 200],
    [2, 199],
    [3, 1],
  ] as const) {
    put(NOW - days * DAY);
    attest(n, NOW - days * DAY, true);
  }
  retention.purgeByAge();
  t.equal(count("attestations"), 1);
  put(NOW - 200 * DAY);
  samples.flush();
  const reopened = db.prepare("SELECT count(*) AS n FROM windows WHERE state = 'open'").get() as {
    n: number;
  };
  t.equal(reopened.n, 0);
  t.throws(() => attest(4, NOW - 200 * DAY, true), { code: "attest-window-signed" });
});

t.test("samples of another boot whose time was never known go at the start", async (t) => {
  const { db, retention, count } = make(t);
  const insert = db.prepare(
    `INSERT INTO samples (device_id, source, role, at_ms, placed_ms, monotonic_ms, boot_id, span_ms, body, unproven, leaf)
     VALUES ('d', 's', 'miner', 5, NULL, 5, ?, 0, '{}', 0, x'00')`,
  );
  insert.run("boot-1");
  insert.run("an older boot");
  await retention.start();
  await retention.stop();
  t.equal(count("samples"), 1);
});

t.test("a disk that takes no deletes is tried again and ends nothing", async (t) => {
  const { db, retention, clock, log } = make(t, 1 << 20);
  await retention.start();
  t.teardown(() => retention.stop());
  db.pragma("query_only = on");
  db.exec("PRAGMA cache_size = -100");
  for (let i = 0; i < 5; i += 1) clock.advance(60_000);
  db.pragma("query_only = off");
  t.ok(log.said("warn").length <= 1);
});

t.test("starting and stopping is safe twice and before", async (t) => {
  const { retention, samples } = make(t);
  await retention.stop();
  await retention.start();
  await retention.stop();
  await retention.stop();
  await samples.stop();
  await samples.start();
  await samples.stop();
  t.pass("nothing threw");
});
