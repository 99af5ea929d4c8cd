import t, { type Test } from "tap";
import type { Sample } from "../../../../agent/core/sample.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { Retention } from "../../../../agent/store/retention.ts";
import { SampleStore } from "../../../../agent/store/samples.ts";
import { Windows } from "../../../../agent/store/windows.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

const ID = `asic:${"1".repeat(32)}`;
const rate = (value: number, part = ""): Sample["readings"][number] => ({
  ...{ metric: "hashrate", part, value, algorithm: "sha256d", averagedSeconds: 5 },
});

function open(t: Test) {
  const db = openDatabase(t.testdir());
  t.after(() => db.close());
  const tools = { db, clock: new FakeClock(), log: new FakeLog(), meter: new FakeMeter() };
  const windows = new Windows(db);
  const samples = new SampleStore({ ...tools, windows, batchMs: 1000 });
  const retention = new Retention({
    ...tools,
    ...{ keepSamplesMs: 1, keepAttestationsMs: 1, budgetBytes: 1 },
  });
  const put = (atMs: number, said: Partial<Sample>): void => {
    const sample: Sample = {
      ...{ deviceId: ID, source: "a", role: "miner", atMs, monotonicMs: atMs, bootId: "b" },
      ...{ spanMs: 0, readings: [], problems: [], increments: [], doubts: 0, replies: {} },
      ...said,
    };
    samples.append({ sample, placedMs: atMs, flags: 0, leaf: new Uint8Array(32) });
  };
  const all = (): unknown[] =>
    samples.between(ID, 0, 1e9, 0).map(({ readings, increments }) => ({ readings, increments }));
  const shapes = (): unknown => db.prepare("SELECT count(*) FROM shapes").pluck().get();
  return { db, samples, retention, put, all, shapes };
}

t.test("samples come back as they went in, and like ones share a shape", async (t) => {
  const { samples, put, all, shapes } = open(t);
  const increments = [
    { metric: "shares_accepted" as const, algorithm: "sha256d", by: 3 },
    { metric: "difficulty_accepted" as const, algorithm: "sha256d", by: 0.1 + 0.2 },
  ];
  const said = [
    { readings: [rate(1e14), rate(5e13, "board/0")], increments },
    { readings: [rate(34942480000000.004), rate(0, "board/0")], increments },
    { readings: [], increments: [] },
    { readings: [{ ...rate(1), inferred: true as const }], increments: [] },
  ];
  for (const [n, one] of said.entries()) put(n, one);
  samples.flush();
  t.strictSame(all(), said);
  t.equal(shapes(), 3);
});

t.test(
  "a shape that was purged is made again when its like comes again, never confused",
  async (t) => {
    const { db, samples, retention, put, all, shapes } = open(t);
    put(1, { readings: [rate(1)] });
    put(2, { readings: [rate(1), rate(2, "board/0")] });
    samples.flush();
    t.equal(all().length, 2, "both shapes are in memory now");
    db.prepare("DELETE FROM samples").run();
    put(3, { readings: [rate(7, "fan/0")] });
    samples.flush();
    db.prepare("UPDATE samples SET placed_ms = NULL").run();
    retention.purgeBySize();
    t.equal(shapes(), 0);
    const said = [{ readings: [rate(5, "board/9")] }, { readings: [rate(1)] }];
    for (const [n, one] of said.entries()) put(10 + n, one);
    samples.flush();
    t.strictSame(
      all().map((one) => (one as { readings: unknown }).readings),
      said.map(({ readings }) => readings),
    );
  },
);

t.test(
  "a transaction that was given up leaves no shape behind that later samples trust",
  async (t) => {
    const { db, samples, put, all } = open(t);
    db.exec("CREATE TRIGGER deny BEFORE INSERT ON samples BEGIN SELECT raise(ABORT, 'no'); END");
    put(1, { readings: [rate(1)] });
    t.equal(samples.flush(), false);
    db.exec("DROP TRIGGER deny");
    await samples.stop();
    t.strictSame(all(), [{ readings: [rate(1)], increments: [] }]);
  },
);
