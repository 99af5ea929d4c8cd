import t from "tap";
import {
  cpuOf,
  gpusOf,
  summaryTable,
  wholeOf,
} from "../../../../../agent/drivers/miners/xmrig-summary.ts";
import type { MetricName } from "../../../../../proto/metrics.ts";
import { readsGrowth } from "../../../../support/reads-growth.ts";

const RX = "rx/0";
const summary = (more: object = {}) => ({ algo: RX, hashrate: { total: [9, 8, 7] }, ...more });
const backend = (type: string, ...threads: readonly unknown[]) => ({ type, algo: RX, threads });
/** A thread of a GPU with its means. */
const thread = (bus: unknown, ...hashrate: readonly unknown[]) => ({ bus_id: bus, hashrate });
const minedBy = (backends: unknown, of: object = summary()): unknown =>
  cpuOf({ ...of }, backends)["mined"];
const ratesOf = (gpu: object | undefined): unknown => Object.entries(gpu ?? {}).find(isMined)?.[1];
const isMined = ([key]: readonly [string, unknown]): boolean => key === "mined";

t.test("the longest mean that there is counts, and none is put in place of another", async (t) => {
  for (const [total, rate, mean] of [
    [[9, 8, 7], 9, { 900: 7 }],
    [[9, 8, 0], 9, { 900: 0 }],
    [[9, 8, null], 9, { 60: 8 }],
    [[9, null, null], 9, { 60: null }],
    [[null, null, null], null, { 60: null }],
    [[null, 8, null], null, { 60: 8 }],
    [[9, 8, "7"], 9, { 60: 8 }],
    [[], undefined, { 60: undefined }],
    [undefined, undefined, { 60: undefined }],
    [null, undefined, { 60: undefined }],
    ["987", undefined, { 60: undefined }],
    [{ 0: 9 }, undefined, { 60: undefined }],
  ] as const)
    t.strictSame(
      wholeOf(summary({ hashrate: { total } }))["mined"],
      [{ algorithm: RX, rate, mean }],
      JSON.stringify(total),
    );
  t.strictSame(wholeOf({})["mined"], [
    { algorithm: undefined, rate: undefined, mean: { 60: undefined } },
  ]);
});

t.test("what a fork says of its connection only is what it mines", async (t) => {
  for (const [said, algo] of [
    [{ algo: RX, connection: { algo: "cn/r" } }, RX],
    [{ algo: null, connection: { algo: "cn/r" } }, "cn/r"],
    [{ connection: { algo: "cn/r" } }, "cn/r"],
    [{ connection: "cn/r" }, undefined],
    [{}, undefined],
  ] as const)
    t.match(wholeOf(said), { algo, mined: [{ algorithm: algo }] }, JSON.stringify(said));
});

t.test("only a program that says that it pauses does", async (t) => {
  t.equal(wholeOf({ paused: true })["halted"], "paused");
  for (const paused of [false, undefined, null, 1, "true", []])
    t.equal(wholeOf({ paused })["halted"], undefined, JSON.stringify(paused));
});

t.test("the CPU's rate has nothing of the GPUs in it", async (t) => {
  const mine = (rate: unknown, mean: object, algorithm = RX) => [{ algorithm, rate, mean }];
  const own = { ...backend("cpu"), hashrate: [5, 4, 3] };
  const gpu = { ...backend("cuda", thread("01:00.0", 4, 4, 4)), hashrate: [4, 4, 4] };
  t.strictSame(minedBy([own, gpu]), mine(5, { 900: 3 }));
  t.strictSame(
    minedBy([backend("cpu", { hashrate: [1, 2, null] }, { hashrate: [3, 4, 5] }), gpu]),
    mine(4, { 60: 6 }),
    "its threads together, where it gives no sum",
  );
  t.strictSame(
    minedBy([backend("cpu", { hashrate: [1, 1, 1] }, { hashrate: null })]),
    mine(null, { 60: null }),
    "a thread that says nothing makes the sum unknown",
  );
  t.strictSame(minedBy([{ ...own, algo: "cn/r" }]), mine(5, { 900: 3 }, "cn/r"));
  t.strictSame(minedBy([{ ...own, algo: null }]), mine(5, { 900: 3 }), "the program's algorithm");
  t.strictSame(minedBy([gpu, { ...own, enabled: false }]), [], "a CPU that is off");
  t.strictSame(minedBy([7, null, "cpu", ["cpu"], {}]), []);
});

t.test(
  "without a list of backends the rate of all is the CPU's where nothing else can mine",
  async (t) => {
    const all = [{ algorithm: RX, rate: 9, mean: { 900: 7 } }];
    for (const backends of [undefined, null, {}, "cpu", 7]) {
      t.strictSame(minedBy(backends, summary({ features: ["api", "tls"] })), all);
      t.strictSame(minedBy(backends), all, "versions that name no features have no GPUs");
      for (const can of ["opencl", "cuda"])
        t.strictSame(minedBy(backends, summary({ features: [can] })), [{ algorithm: RX }], can);
    }
  },
);

t.test("threads of one GPU are added up, however its address is written", async (t) => {
  const gpus = gpusOf(
    [
      backend("cpu", thread("0a:00.0", 100, 100, 100)),
      backend("opencl", thread("0A:00.0", 1, 2, 3), thread("2d:00.0", 8, 8, null)),
      backend("cuda", thread("0a:00.0", 4, 5, null)),
    ],
    summary(),
  );
  t.strictSame(gpus.map(ratesOf), [
    [{ algorithm: RX, rate: 5, mean: { 60: 7 } }],
    [{ algorithm: RX, rate: 8, mean: { 60: 8 } }],
  ]);
  t.match(gpus[0], { bus_id: "0A:00.0" }, "what else the first thread says stays");
});

t.test("a rate that one of a GPU's threads does not give is not known of the GPU", async (t) => {
  for (const broken of [null, undefined, "1", [], {}, true])
    t.strictSame(
      gpusOf([backend("cuda", thread("01:00.0", 7, 7, 7), thread("01:00.0", broken))], {}).map(
        ratesOf,
      ),
      [[{ algorithm: RX, rate: null, mean: { 60: null } }]],
      JSON.stringify(broken),
    );
});

t.test("threads that do not say where they work are not taken for one GPU", async (t) => {
  const gpus = gpusOf(
    [backend("opencl", { hashrate: [1] }, thread("0a:00.0", 2), thread(null, 3), { hashrate: 4 })],
    {},
  );
  t.equal(gpus.length, 4);
});

t.test("what is no list of backends, or no thread, has no GPUs", async (t) => {
  for (const none of [
    undefined,
    null,
    {},
    "cuda",
    [],
    [7, null, "cuda", []],
    [{ type: "cuda" }],
    [{ type: "cuda", threads: { 0: thread("01:00.0", 1) } }],
    [backend("cuda", 7, null, "01:00.0", [1])],
  ])
    t.strictSame(gpusOf(none, summary()), [], JSON.stringify(none));
});

t.test("a GPU's algorithm is its backend's, else the program's", async (t) => {
  const algorithmOf = (algo: unknown, of: unknown): unknown =>
    gpusOf([{ ...backend("cuda", thread("01:00.0", 1, 1, 1)), algo }], of)[0]?.["algorithm"];
  t.equal(algorithmOf("kawpow", summary()), "kawpow");
  t.equal(algorithmOf(null, summary()), RX);
  t.equal(algorithmOf(undefined, { connection: { algo: "cn/r" } }), "cn/r");
  for (const none of [undefined, null, "XMRig"]) t.equal(algorithmOf(null, none), undefined);
});

t.test("a relative's table lacks what it does not say, and nothing else", async (t) => {
  const metrics = (...lacking: readonly MetricName[]) =>
    summaryTable(...lacking).map((entry) => ("metric" in entry ? entry.metric : undefined));
  const all = metrics();
  t.ok(all.includes("uptime") && all.includes("shares_rejected"));
  t.strictSame(
    metrics("uptime", "shares_rejected"),
    all.filter((metric) => metric !== "uptime" && metric !== "shares_rejected"),
  );
});

t.test("four times as many threads are looked at four times as often", async (t) => {
  for (const [what, busOf] of [
    ["each of its own GPU", (place: number) => `${place.toString(16)}:00.0`],
    ["all of one GPU", () => "01:00.0"],
    ["none of them placed", () => null],
  ] as const) {
    const growth = readsGrowth(
      (length) => {
        const threads = Array.from({ length }, (_, place) => thread(busOf(place), 1, 2, 3));
        return [backend("cuda", ...threads), backend("cpu", ...threads)];
      },
      (backends) => [gpusOf(backends, summary()), cpuOf(summary(), backends)],
    );
    t.ok(growth < 4.1, `${what}: ${growth}`);
  }
});
