import t, { type Test } from "tap";
import type { Sample } from "../../../../agent/core/sample.ts";
import { DeviceBook } from "../../../../agent/store/device-book.ts";
import { openDatabase } from "../../../../agent/store/open.ts";
import { ReplyBook, ReplyKeeper } from "../../../../agent/store/replies.ts";
import { SampleStore } from "../../../../agent/store/samples.ts";
import { Windows } from "../../../../agent/store/windows.ts";
import { keccak } from "../../../../proto/keccak.ts";
import { packReplies } from "../../../../proto/replies.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

const ID = `asic:${"1".repeat(32)}`;
const sample = (text: string, change: Partial<Sample> = {}): Sample => ({
  deviceId: ID,
  source: "antminer-1",
  role: "miner",
  atMs: 1_700_000_000_000,
  monotonicMs: 1000,
  bootId: "boot",
  spanMs: 0,
  readings: [],
  problems: [],
  increments: [],
  doubts: 0,
  replies: { stats: Buffer.from(text), version: Uint8Array.of(0, 255, 10) },
  ...change,
});

function open(t: Test) {
  const db = openDatabase(t.testdir());
  t.after(() => db.close());
  const windows = new Windows(db);
  const tools = { db, clock: new FakeClock(), log: new FakeLog(), meter: new FakeMeter() };
  const samples = new SampleStore({ ...tools, windows, batchMs: 1000 });
  new DeviceBook(db).write(
    {
      place: "antminer-1",
      tokenKind: "serial",
      token: "s",
      algorithms: [],
      device: {
        ...{ id: ID, kind: "asic", label: "antminer-1", sources: ["antminer-1"] },
        ...{ identity: {}, unproven: false },
      },
    },
    0,
  );
  return { db, samples, keeper: new ReplyKeeper(() => 600), book: new ReplyBook(db) };
}

t.test("the first reply of a device in a window is kept, byte for byte", async (t) => {
  const { samples, keeper, book } = open(t);
  const kept = [0, 10_000, 590_000, 600_000].map((atMs) => {
    const one = sample(`at ${atMs}`, { atMs });
    const reply = keeper.choose(one, atMs);
    samples.append({ sample: one, placedMs: atMs, flags: 0, leaf: new Uint8Array(32), reply });
    return reply !== undefined;
  });
  t.strictSame(kept, [true, false, false, true]);
  samples.flush();
  const listed = book.list("antminer-1", 10);
  t.strictSame(
    listed.map(({ placedMs }) => placedMs),
    [600_000, 0],
    "newest first",
  );
  t.strictSame(book.list(ID.slice(0, 10), 1).length, 1);
  t.strictSame(book.list("asic:2", 10), []);
  const [{ hash } = { hash: "0x" as const }] = listed;
  const { replies } = sample("at 600000");
  t.equal(hash, keccak(packReplies(replies)));
  t.equal(Buffer.from(book.read(hash)?.["stats"] ?? []).toString(), "at 600000");
  t.strictSame([...(book.read(hash)?.["version"] ?? [])], [0, 255, 10]);
});

t.test(
  "two devices of one reply share what is kept of it, and the last one takes it along",
  async (t) => {
    const { db, samples, keeper } = open(t);
    for (const deviceId of [ID, `gpu:${"2".repeat(32)}`]) {
      const one = sample("same", { deviceId });
      const reply = keeper.choose(one, 0);
      samples.append({ sample: one, placedMs: 0, flags: 0, leaf: new Uint8Array(32), reply });
    }
    samples.flush();
    const count = (): unknown => db.prepare("SELECT count(*) FROM replies").pluck().get();
    t.equal(count(), 1);
    db.prepare("DELETE FROM samples WHERE device_id = ?").run(ID);
    t.equal(count(), 1);
    db.prepare("DELETE FROM samples").run();
    t.equal(count(), 0);
  },
);

t.test("a reply that is too large is not kept, and one that was changed is not read", async (t) => {
  const { db, samples, keeper, book } = open(t);
  t.equal(keeper.choose(sample("x".repeat(300_000)), 0), undefined);
  t.equal(keeper.choose(sample("", { replies: {} }), 600_000), undefined);
  const one = sample("kept");
  const reply = keeper.choose(one, 1_200_000);
  samples.append({ sample: one, placedMs: 0, flags: 0, leaf: new Uint8Array(32), reply });
  samples.flush();
  const hash = reply?.hash ?? "0x";
  t.ok(book.read(hash));
  const other = keeper.choose(sample("other"), 1_800_000);
  db.prepare("UPDATE replies SET body = ?").run(other?.body);
  t.equal(book.read(hash), undefined);
  t.equal(book.read(`0x${"0".repeat(64)}`), undefined);
});

t.test(
  "without a known window length or time a reply is kept every ten minutes of uptime",
  async (t) => {
    const keeper = new ReplyKeeper(() => undefined);
    const kept = [0, 599_999, 600_000].map(
      (monotonicMs) => keeper.choose(sample("x", { monotonicMs }), undefined) !== undefined,
    );
    t.strictSame(kept, [true, false, true]);
  },
);
