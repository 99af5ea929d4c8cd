import t, { type Test } from "tap";
import { Closer } from "../../../../agent/attest/closer.ts";
import { leafOf } from "../../../../agent/attest/leaf.ts";
import { Timeline } from "../../../../agent/attest/timeline.ts";
import type { Sample } from "../../../../agent/core/sample.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { SampleStore } from "../../../../agent/store/samples.ts";
import { Windows } from "../../../../agent/store/windows.ts";
import { FLAG, type Statement } from "../../../../proto/attestation.ts";
import { ZERO_32 } from "../../../../proto/hex.ts";
import { MerkleTree } from "../../../../proto/merkle.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

const ID = `asic:${"1".repeat(32)}`;

function make(t: Test, wallMs = Date.UTC(2027, 0, 1)) {
  const directory = t.testdir({});
  const clock = new FakeClock(wallMs);
  const log = new FakeLog();
  const meter = new FakeMeter();
  const signed: Statement[] = [];
  const state = { accept: true, fail: false };
  const db = openDatabase(directory);
  t.after(() => db.close());
  const open = () => {
    const windows = new Windows(db);
    const samples = new SampleStore({ db, windows, clock, log, meter, batchMs: 1000 });
    const timeline: Timeline = new Timeline({
      clock,
      log,
      builtAtMs: Date.UTC(2026, 0, 1),
      onStep: () => closer.closeAll(),
      onKnown: (offset, flags) => void samples.placeWaiting(clock.bootId, offset, flags),
    });
    const closer: Closer = new Closer({
      windows,
      samples,
      known: () => [{ id: ID, algorithms: ["sha256d"] }],
      timeline,
      clock,
      log,
      meter,
      longestSpanMs: 3000,
      sign: (statement) => {
        if (state.fail) throw Object.assign(new Error("disk full"), { code: "SQLITE_FULL" });
        if (state.accept) {
          signed.push(statement);
          db.prepare("UPDATE windows SET state = 'signed' WHERE start_s = ?").run(
            statement.windowStart,
          );
        }
        return state.accept;
      },
    });
    void samples.start();
    return { windows, samples, timeline, closer };
  };
  const parts = open();
  const sample = (spanMs = 2000): Sample => ({
    deviceId: ID,
    source: "a",
    role: "miner",
    atMs: clock.wallMs(),
    monotonicMs: clock.monotonicMs(),
    bootId: clock.bootId,
    spanMs,
    readings: [{ metric: "hashrate", part: "", value: 1000, algorithm: "sha256d" }],
    problems: [],
    increments: [],
    doubts: 0,
    replies: {},
  });
  /** Samples every 2 s for a while. */
  const live = (seconds: number, of = parts): void => {
    for (let i = 0; i < seconds / 2; i += 1) {
      clock.advance(2000);
      const one = sample();
      of.samples.append({ sample: one, ...of.timeline.now(), leaf: leafOf(one, ZERO_32) });
      of.closer.tick();
    }
  };
  return { ...parts, db, clock, log, signed, state, live, sample, open };
}

t.test("a window is closed once it can grow no more, and holds its samples", async (t) => {
  const { windows, live, signed, sample } = make(t);
  windows.setLength(10);
  live(8);
  t.equal(signed.length, 0);
  live(8);
  t.equal(signed.length, 1);
  const [first] = signed;
  t.equal(first?.windowEnd, (first?.windowStart ?? 0n) + 10n);
  t.equal(first?.flags, FLAG.firstAfterStart);
  t.equal(first?.devices[0]?.hashes, 10_000n);
  t.equal(first?.devices[0]?.observedMilliseconds, 10_000);
  t.not(first?.samplesRoot, ZERO_32);
  t.not(first?.samplesRoot, new MerkleTree([leafOf(sample(), ZERO_32)]).root);
  live(60);
  t.equal(signed.length, 7);
  t.same(
    signed.slice(1).map(({ flags }) => flags),
    [0, 0, 0, 0, 0, 0],
  );
});

t.test(
  "nothing is closed before a coordinator has said how long a window is, and nothing is lost",
  async (t) => {
    const { samples, live, signed } = make(t);
    live(40);
    t.equal(signed.length, 0);
    samples.setWindowLength(10);
    live(20);
    t.ok(signed.length >= 5, `${signed.length} windows`);
  },
);

t.test("a device in outage does not stop its windows", async (t) => {
  const { windows, samples, timeline, closer, clock, signed } = make(t);
  windows.setLength(10);
  for (let i = 0; i < 20; i += 1) {
    clock.advance(2000);
    samples.touch(timeline.now());
    closer.tick();
  }
  t.ok(signed.length >= 3);
  t.ok(signed.every(({ devices }) => devices.length === 1 && devices[0]?.known === 0));
});

t.test("statements wait without an era and are signed in order after it", async (t) => {
  const { windows, live, signed, state } = make(t);
  windows.setLength(10);
  state.accept = false;
  live(40);
  t.equal(signed.length, 0);
  t.ok(windows.counts().waiting >= 3);
  state.accept = true;
  live(2);
  t.ok(signed.length >= 3);
  t.same(
    signed.map(({ windowStart }) => windowStart),
    [...signed.map(({ windowStart }) => windowStart)].sort(),
  );
});

t.test(
  "a crash in the middle of a window keeps what was written and marks the window of the new start",
  async (t) => {
    const { windows, live, signed, clock, open } = make(t);
    windows.setLength(10);
    live(16);
    const before = signed.length;
    clock.advance(25_000);
    const again = open();
    live(26, again);
    const after = signed.slice(before);
    t.equal(after.filter(({ flags }) => flags & FLAG.firstAfterStart).length, 1);
    t.equal(
      new Set(signed.map(({ windowStart }) => windowStart)).size,
      signed.length,
      "no window twice",
    );
    const times = signed.map(({ devices }) => devices[0]?.observedMilliseconds ?? 0);
    t.ok(Math.max(...times) <= 10_000);
  },
);

for (const [name, step] of [
  ["forward", 3_600_000],
  ["back", -3_600_000],
] as const) {
  t.test(
    `a step ${name} closes the running window with a flag, and no time counts twice`,
    async (t) => {
      const { windows, live, signed, clock } = make(t);
      windows.setLength(10);
      live(26);
      clock.step(step);
      live(40);
      clock.step(-step);
      live(40);
      t.ok(signed.some(({ flags }) => flags & FLAG.clock));
      t.equal(
        new Set(signed.map(({ windowStart }) => windowStart)).size,
        signed.length,
        "no window twice",
      );
      const total = signed.reduce(
        (sum, { devices }) => sum + (devices[0]?.observedMilliseconds ?? 0),
        0,
      );
      t.ok(total <= 106_000, `${total} ms were observed in 106 s`);
    },
  );
}

t.test("a boot in 1970 places its samples when the time is known", async (t) => {
  const { windows, timeline, live, signed, clock } = make(t, 5000);
  windows.setLength(10);
  live(30);
  t.equal(signed.length, 0);
  timeline.learn(1_800_000_030n);
  live(30);
  t.ok(signed.length >= 4);
  t.ok(signed.every(({ flags }) => flags & FLAG.clock));
  t.ok(
    signed.every(
      ({ windowStart }) => windowStart >= 1_799_999_990n && windowStart < 1_800_000_100n,
    ),
  );
  t.ok(clock.wallMs() < 100_000, "the wall clock is still wrong");
});

t.test("a window that can never be attested is left out, and the next ones go on", async (t) => {
  const { windows, samples, live, signed, db, log, timeline, sample } = make(t);
  windows.setLength(10);
  const { placedMs = 0 } = timeline.now();
  const poison = { ...sample(0), deviceId: "not an id" };
  samples.append({ sample: poison, placedMs, flags: 0, leaf: leafOf(poison, ZERO_32) });
  live(60);
  t.ok(signed.length >= 4);
  t.same(db.prepare("SELECT state FROM windows WHERE why IS NOT NULL").pluck().all(), ["left-out"]);
  t.same(log.said("error"), ["a window cannot be attested and is left out"]);
});

t.test("a signature that fails for the disk's sake is tried again, not left out", async (t) => {
  const { windows, live, signed, state } = make(t);
  windows.setLength(10);
  state.fail = true;
  live(40);
  t.equal(signed.length, 0);
  state.fail = false;
  live(4);
  t.ok(signed.length >= 3);
});
