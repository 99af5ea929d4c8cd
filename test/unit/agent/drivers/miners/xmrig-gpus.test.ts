import t from "tap";
import type { Report } from "../../../../../agent/core/reading.ts";
import { json } from "../../../../../agent/drivers/decode/json.ts";
import { defineDriver } from "../../../../../agent/drivers/driver.ts";
import { backendsOf, backendsTable } from "../../../../../agent/drivers/miners/xmrig-gpus.ts";
import { readReplies } from "../../../../../agent/drivers/read-replies.ts";

const SUMMARY = {
  algo: "rx/0",
  uptime: 90,
  worker_id: "rig7",
  connection: { pool: "pool.example:3333" },
};
const driver = defineDriver({
  name: "made-up",
  about: "Made up",
  docs: "https://docs.example",
  kind: "host",
  role: "miner",
  ports: [],
  proof: [],
  asks: { backends: { link: "http", target: "/", decode: json } },
  identify: () => true,
  identity: {},
  table: { backends: backendsTable },
});

/** Reports on a list of backends, as the table reads what `backendsOf` makes of it. */
function reportsOn(backends: unknown, summary: unknown): Report[] {
  const reply = Buffer.from(JSON.stringify(backendsOf(backends, summary)));
  return readReplies(driver, { backends: reply });
}
const onThreads = (...threads: readonly unknown[]): Report[] =>
  reportsOn([{ type: "cuda", algo: "rx/0", threads }], SUMMARY);
const thread = (bus: unknown, health?: unknown) => ({
  bus_id: bus,
  name: "RTX 3060",
  hashrate: [300, 299, 298],
  health,
});
const values = (report: Report | undefined): object =>
  Object.fromEntries(
    (report?.readings ?? []).map(({ metric, part, value }) => [
      [metric, part].filter(Boolean).join(" "),
      value,
    ]),
  );
const BARE = { hashrate: 300, hashrate_average: 298, uptime: 90 };

t.test("a GPU's bus is in hexadecimal", async (t) => {
  t.strictSame(
    onThreads(thread("10:00.0"), thread("0A:00.0"), thread("01:00.0")).map(({ key }) => key),
    ["pci:0000:10:00.0", "pci:0000:0a:00.0", "pci:0000:01:00.0"],
  );
});

t.test("what GPUs mine, they mine for the pool and worker of the program", async (t) => {
  const [report] = onThreads({ ...thread("01:00.0"), board: "Radeon RX 6800" }, thread("01:00.0"));
  t.strictSame(report?.identity, {
    model: "Radeon RX 6800",
    pool: "pool.example:3333",
    worker: "rig7",
  });
  t.strictSame(values(report), { hashrate: 600, hashrate_average: 596, uptime: 90 });
  t.strictSame(
    report?.readings.map(({ algorithm, averagedSeconds }) => [algorithm, averagedSeconds]),
    [
      ["randomx", 10],
      ["randomx", 900],
      [undefined, undefined],
    ],
  );
  t.strictSame(onThreads(thread("01:00.0"))[0]?.identity.model, "RTX 3060");
});

t.test("a mean that there is not yet is not made of another", async (t) => {
  const told = (...hashrate: readonly unknown[]) => {
    const [report] = onThreads({ ...thread("01:00.0"), hashrate });
    const rates = report?.readings.filter(({ metric }) => metric.startsWith("hashrate"));
    return [
      rates?.map(({ value, averagedSeconds }) => [averagedSeconds, value]),
      report?.problems.map(({ metric, why }) => [metric, why]),
    ];
  };
  t.strictSame(told(300, 299, null), [
    [
      [10, 300],
      [60, 299],
    ],
    [],
  ]);
  t.strictSame(told(300, null, null), [[[10, 300]], []]);
  t.strictSame(told(null, null, null), [[], [["hashrate", "absent"]]]);
  t.strictSame(told(), [[], [["hashrate", "absent"]]]);
});

t.test("sensors are read where the library for them is there, each fan for itself", async (t) => {
  const health = { temperature: 61, power: 118.5, clock: 1800, mem_clock: 7300, rpm: 1510 };
  const [report] = onThreads(thread("01:00.0", { ...health, fan_speed: [44, 0, 51] }));
  t.strictSame(values(report), {
    ...BARE,
    chip_temperature: 61,
    power: 118.5,
    frequency: 1_800_000_000,
    memory_frequency: 7_300_000_000,
    "fan_duty fan/0": 0.44,
    "fan_duty fan/1": 0,
    "fan_duty fan/2": 0.51,
    "fan_speed fan/0": 1510,
  });
});

t.test("a sensor that is not there has no reading, and is no problem", async (t) => {
  for (const health of [
    undefined,
    null,
    {},
    [],
    "fine",
    { fan_speed: [], rpm: null },
    { temperature: 0, power: 0, clock: 0, mem_clock: 0 },
  ]) {
    const [report] = onThreads(thread("01:00.0", health));
    t.strictSame(values(report), BARE, JSON.stringify(health));
    t.strictSame(report?.problems, [], JSON.stringify(health));
  }
});

t.test("a sensor that says what cannot be is a problem", async (t) => {
  for (const [health, why] of [
    [{ temperature: "hot" }, "not-a-number"],
    [{ temperature: 9999 }, "out-of-range"],
    [{ power: [118] }, "not-a-number"],
    [{ power: -1 }, "out-of-range"],
    [{ fan_speed: ["44"] }, "not-a-number"],
    [{ rpm: true }, "not-a-number"],
  ] as const) {
    const [report] = onThreads(thread("01:00.0", health));
    t.strictSame(values(report), BARE, JSON.stringify(health));
    t.strictSame(
      report?.problems.map((problem) => problem.why),
      [why],
      JSON.stringify(health),
    );
  }
});

t.test("a GPU that does not say where it is has no readings, and that is said", async (t) => {
  for (const bus of [undefined, null, "", "zz:00.0", "0x0a", -1, 300, {}]) {
    const reports = onThreads(thread("01:00.0"), thread(bus));
    t.strictSame(
      reports.map(({ key }) => key),
      ["pci:0000:01:00.0"],
    );
    t.match(reports[0]?.problems, [{ part: "gpu/1", why: "wrong-shape" }], JSON.stringify(bus));
    t.strictSame(values(reports[0]), BARE, "what it does is not given to another");
  }
});

t.test("all GPUs sleep where the program pauses", async (t) => {
  const backends = [{ type: "cuda", threads: [{ ...thread("01:00.0"), hashrate: [0, 0, 0] }] }];
  t.match(reportsOn(backends, { ...SUMMARY, paused: true })[0]?.condition, { state: "sleeping" });
  for (const paused of [false, undefined, "true", 1])
    t.equal(reportsOn(backends, { ...SUMMARY, paused })[0]?.condition?.state, undefined);
});

t.test("without a summary nothing is said of pool, worker, time and algorithm", async (t) => {
  for (const summary of [undefined, null, "XMRig", [], {}]) {
    const [report] = reportsOn([{ type: "cuda", threads: [thread("01:00.0")] }], summary);
    t.strictSame(report?.identity, { model: "RTX 3060" });
    t.strictSame(values(report), { hashrate: 300, hashrate_average: 298 });
    t.equal(report?.readings[0]?.algorithm, undefined);
  }
});

t.test("no backends are no GPUs, and more than a rig can hold are none of its", async (t) => {
  for (const none of [
    undefined,
    null,
    {},
    "cuda",
    [],
    [{ type: "cpu", threads: [thread("01:00.0")] }],
  ])
    t.strictSame(reportsOn(none, SUMMARY), [], JSON.stringify(none));
  const many = Array.from({ length: 257 }, (_, place) => thread(`${place.toString(16)}:00.0`));
  const reports = onThreads(...many);
  t.match(reports, [{ key: "", problems: [{ why: "wrong-shape" }] }]);
  t.strictSame(reports.map(values), [{}]);
});
