import t, { type Test } from "tap";
import type { Sample } from "../../../../agent/core/sample.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { SampleStore } from "../../../../agent/store/samples.ts";
import { Windows } from "../../../../agent/store/windows.ts";
import { FLAG } from "../../../../proto/attestation.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

function make(t: Test) {
  const db = openDatabase(t.testdir({}));
  t.after(() => db.close());
  const clock = new FakeClock();
  const log = new FakeLog();
  const windows = new Windows(db);
  windows.setLength(10);
  const samples = new SampleStore({
    db,
    windows,
    clock,
    log,
    meter: new FakeMeter(),
    batchMs: 1000,
  });
  const put = (atMs: number, problems = 0): void => {
    const sample: Sample = {
      deviceId: `asic:${"1".repeat(32)}`,
      source: "a",
      role: "miner",
      atMs,
      monotonicMs: 1,
      bootId: "b",
      spanMs: 0,
      readings: [],
      problems: Array.from({ length: problems }, () => ({ part: "", why: "absent", ask: "a" })),
      increments: [],
      doubts: 0,
      replies: {},
    };
    samples.append({ sample, placedMs: atMs, flags: 0, leaf: new Uint8Array(32) });
  };
  return { db, clock, log, windows, samples, put };
}

t.test(
  "while the disk takes nothing samples wait in memory, it is said once, and they are written when it does",
  async (t) => {
    const { db, clock, log, samples, put } = make(t);
    await samples.start();
    t.teardown(() => samples.stop());
    db.pragma("query_only = on");
    for (let i = 0; i < 30; i += 1) {
      put(i * 1000);
      clock.advance(1000);
    }
    t.equal(log.said("error").length, 1);
    t.same(samples.state(), { buffered: 30, shed: 0, failing: true });
    db.pragma("query_only = off");
    clock.advance(12_000);
    t.same(samples.state(), { buffered: 0, shed: 0, failing: false });
    t.equal((db.prepare("SELECT count(*) AS n FROM samples").get() as { n: number }).n, 30);
  },
);

t.test(
  "beyond what memory is given the oldest are shed without touching the disk, and their windows say so",
  async (t) => {
    const { db, clock, samples, windows, put } = make(t);
    db.pragma("query_only = on");
    for (let i = 0; i < 260; i += 1) put(i * 10_000, 1000);
    const { buffered, shed } = samples.state();
    t.ok(shed > 0 && buffered < 260, `${shed} were shed`);
    db.pragma("query_only = off");
    clock.advance(11_000);
    t.equal(samples.flush(), true);
    const flagged = windows
      .due(Number.MAX_SAFE_INTEGER, 1000)
      .filter(({ flags }) => flags & FLAG.shed);
    t.equal(flagged.length, shed);
  },
);

t.test(
  "the window of the first sample is marked once, also when its first write failed",
  async (t) => {
    const { db, clock, samples, windows, put } = make(t);
    put(5000);
    db.pragma("query_only = on");
    t.equal(samples.flush(), false);
    db.pragma("query_only = off");
    clock.advance(11_000);
    samples.flush();
    put(15_000);
    samples.flush();
    t.same(
      windows.due(1e9).map(({ flags }) => flags),
      [FLAG.firstAfterStart, 0],
    );
  },
);
