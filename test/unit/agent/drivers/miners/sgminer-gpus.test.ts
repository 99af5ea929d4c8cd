import t from "tap";
import { orderly } from "../../../../../agent/drivers/miners/sgminer-gpus.ts";
import { listOf, pointer } from "../../../../../agent/drivers/pointer.ts";
import { readsGrowth } from "../../../../support/reads-growth.ts";

const devs = (...gpus: readonly unknown[]) => ({ DEVS: gpus });
const pools = (Algorithm?: string) => ({
  POOLS: [{ URL: "pool.example", Status: "Alive", Algorithm }],
});
const details = (...of: readonly unknown[]) => ({ DEVDETAILS: of });
const gpu = (number: number, more: object = {}) => ({
  GPU: number,
  Status: "Alive",
  "KHS 30s": 10,
  "KHS av": 9,
  Accepted: 3,
  Rejected: 1,
  ...more,
});
/** A member of each GPU. */
const ofGpus = (replies: Parameters<typeof orderly>[0], member: string): readonly unknown[] =>
  listOf(pointer(orderly(replies), "/gpus")).map((one) => pointer(one, member));
const totalOf = (...gpus: readonly unknown[]): unknown =>
  pointer(orderly({ devs: devs(...gpus) }), "/whole/rate");

t.test("the window of a rate is the one that its name says", async (t) => {
  const windows = ["over5", "over30", "over120", "overSome"];
  for (const [key, window] of [
    ["KHS 5s", "over5"],
    ["KHS 30s", "over30"],
    ["KHS 120s", "over120"],
    ["KHS 60s", "overSome"],
    ["KHS 05s", "overSome"],
  ] as const) {
    const one = orderly({ devs: devs({ GPU: 0, "MHS av": 2, [key]: 7 }) });
    for (const list of windows)
      t.strictSame(
        listOf(pointer(one, `/gpus/0/${list}`)).map((mined) => pointer(mined, "/rate")),
        list === window ? [7] : [],
        `${key} ${list}`,
      );
  }
});

t.test("a rate in another unit or over all time is not the current one", async (t) => {
  for (const key of ["MHS 5s", "KHS av", "KHS 5m", "KHS s", "khs 5s", "KHS 5s "]) {
    const one = orderly({ devs: devs({ GPU: 0, [key]: 7 }) });
    t.equal(pointer(one, "/gpus/0/over5/0"), undefined, key);
    t.equal(pointer(one, "/gpus/0/overSome/0/rate"), undefined, key);
    t.equal(pointer(one, "/whole/rate"), undefined, key);
  }
});

t.test("a second algorithm is put to the GPU with the same number", async (t) => {
  const replies = {
    devs: devs(gpu(0), gpu(1)),
    devs2: devs(gpu(1, { "KHS 30s": 400 }), gpu(0, { "KHS 30s": 300 })),
    pools: pools("etchash"),
    pools2: pools("kaspa"),
  };
  const mined = (rate: unknown, algorithm: string) => ({
    rate,
    algorithm,
    accepted: 3,
    hangs: false,
  });
  t.match(ofGpus(replies, "/over30"), [
    [mined(10, "etchash"), mined(300, "kaspa")],
    [mined(10, "etchash"), mined(400, "kaspa")],
  ]);
});

t.test("a second rate without a name is left out, as it could not be told apart", async (t) => {
  const devs2 = devs(gpu(0, { "KHS 30s": 300 }));
  for (const pools2 of [undefined, null, {}, { POOLS: "kaspa" }, pools()])
    t.strictSame(
      ofGpus({ devs: devs(gpu(0)), devs2, pools: pools("etchash"), pools2 }, "/over30").map(
        (mined) => listOf(mined).length,
      ),
      [1],
      JSON.stringify(pools2),
    );
});

t.test("details are of the GPU whose number they name, whatever their order", async (t) => {
  const replies = {
    devs: devs(gpu(0), gpu(1), gpu(2)),
    details: details(
      { ID: 1, Model: "Navi 21", "Device Path": "1a:00.0" },
      { ID: 0, Model: "Navi 10", "Device Path": "0b:00.0" },
    ),
  };
  t.strictSame(ofGpus(replies, "/model"), ["Navi 10", "Navi 21", undefined]);
  t.strictSame(ofGpus(replies, "/address"), ["0b:00.0", "1a:00.0", undefined]);
  for (const odd of [undefined, null, 7, {}, { DEVDETAILS: { 0: {} } }, details(7, null, [])])
    t.strictSame(ofGpus({ devs: devs(gpu(0)), details: odd }, "/address"), [undefined]);
});

t.test("the pool is that of one device only where no GPU says where it is", async (t) => {
  const paths = (...at: readonly unknown[]) =>
    orderly({
      devs: devs(gpu(0), gpu(1)),
      pools: pools("etchash"),
      details: details(...at.map((path, ID) => ({ ID, "Device Path": path }))),
    });
  t.match(paths(), { unplaced: { URL: "pool.example" } });
  t.match(paths("", null), { unplaced: { URL: "pool.example" } });
  t.equal(paths("", "1a:00.0")["unplaced"], undefined);
  t.match(paths("", "1a:00.0"), { pool: { URL: "pool.example" }, algorithm: "etchash" });
});

t.test("a GPU that hangs is said to, and adds nothing to the whole", async (t) => {
  for (const [status, hangs] of [
    ["Dead", true],
    ["SICK", true],
    ["Alive", false],
    ["Disabled", false],
    [undefined, false],
    [["dead", "x"], false],
  ] as const) {
    const one = gpu(0, { Status: status, "KHS 30s": 5 });
    t.strictSame(ofGpus({ devs: devs(one) }, "/over30/0/hangs"), [hangs], String(status));
    t.equal(totalOf(one, gpu(1)), hangs ? 10 : 15, String(status));
  }
});

t.test("the rate of the whole is not known where a GPU at work gives none", async (t) => {
  t.equal(totalOf(gpu(0), gpu(1, { "KHS 30s": 0 })), 10, "0 is a rate");
  for (const odd of [{}, gpu(1, { "KHS 30s": null }), gpu(1, { "KHS 30s": "10" }), 7, null, "gpu"])
    t.equal(totalOf(gpu(0), odd), undefined, JSON.stringify(odd));
  t.equal(totalOf(), undefined, "no GPU");
  t.equal(totalOf(gpu(0, { Status: "Dead" })), undefined, "none that works");
});

t.test("a fan that is driven and counts 0 turns was not read", async (t) => {
  for (const [fan, speed] of [
    [{ "Fan Speed": 1710, "Fan Percent": 47 }, 1710],
    [{ "Fan Speed": 0, "Fan Percent": 47 }, undefined],
    [{ "Fan Speed": 0, "Fan Percent": 0 }, 0],
    [{ "Fan Speed": 0 }, undefined],
    [{ "Fan Percent": 47 }, undefined],
  ] as const)
    t.strictSame(ofGpus({ devs: devs(gpu(0, fan)) }, "/fanSpeed"), [speed], JSON.stringify(fan));
});

t.test("replies of the wrong shape hold nothing, and never make another exception", async (t) => {
  for (const odd of [undefined, null, 7, "devs", [], {}, { DEVS: 7, SUMMARY: 7, POOLS: 7 }]) {
    const all = { devs: odd, summary: odd, pools: odd, details: odd, devs2: odd, pools2: odd };
    const { gpus, pool, unplaced, whole } = orderly(all);
    t.strictSame([gpus, pool, unplaced], [[], undefined, undefined], JSON.stringify(odd));
    t.strictSame(whole, { rate: undefined }, JSON.stringify(odd));
  }
  t.strictSame(orderly({ devs: devs(7, null, "gpu") })["gpus"], [7, null, "gpu"]);
  t.strictSame(
    orderly({ devs: devs(gpu(0)), summary: { SUMMARY: [{ Elapsed: 5, rate: 99 }] } })["whole"],
    { Elapsed: 5, rate: 10 },
    "the sum is of the GPUs, whatever the summary calls a rate",
  );
});

t.test("four times as many GPUs are looked at four times as often", async (t) => {
  const growth = readsGrowth(
    (length) => {
      const all = devs(...Array.from({ length }, (_, number) => gpu(number)));
      const paths = Array.from({ length }, (_, ID) => ({ ID, "Device Path": "" }));
      return {
        devs: all,
        devs2: all,
        details: details(...paths),
        pools: pools("etchash"),
        pools2: pools("kaspa"),
      };
    },
    (replies) => orderly(replies),
  );
  t.ok(growth < 4.1, String(growth));
});
