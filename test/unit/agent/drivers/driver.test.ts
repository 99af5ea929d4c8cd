import t from "tap";
import type { Report } from "../../../../agent/core/reading.ts";
import { json } from "../../../../agent/drivers/decode/json.ts";
import { type Driver, defineDriver } from "../../../../agent/drivers/driver.ts";
import { readReplies } from "../../../../agent/drivers/read-replies.ts";
import type { Devices, Row, Table } from "../../../../agent/drivers/table.ts";

function driverWith(table: Table, more: Partial<Driver<"info">> = {}): Driver {
  return defineDriver<"info">({
    name: "made-up",
    about: "Made up",
    proof: ["made up"],
    docs: "https://example.com",
    kind: "asic",
    role: "miner",
    ports: [],
    asks: { info: { link: "http", target: "/", decode: json } },
    identify: () => true,
    identity: {},
    table: { info: table },
    ...more,
  });
}
const readWith = (driver: Driver, doc: unknown): Report[] =>
  readReplies(driver, { info: Buffer.from(JSON.stringify(doc)) });
const read = (table: Table, doc: unknown): Report | undefined =>
  readWith(driverWith(table), doc)[0];
const why = (row: Row, doc: unknown): string | undefined => read([row], doc)?.problems[0]?.why;

const TEMPERATURE: Row = { metric: "chip_temperature", at: "/t", unit: "°C", blank: -1 };

t.test("a value that is not there is a problem that says how it is missing", async (t) => {
  t.equal(why(TEMPERATURE, {}), "absent");
  t.equal(why(TEMPERATURE, { t: null }), "absent");
  t.equal(why(TEMPERATURE, { t: -1 }), "blank");
  t.equal(why(TEMPERATURE, { t: "" }), "blank");
  t.equal(why(TEMPERATURE, { t: "57" }), "not-a-number");
  t.equal(why(TEMPERATURE, { t: true }), "not-a-number");
  t.equal(why(TEMPERATURE, { t: [57] }), "not-a-number");
  t.equal(why(TEMPERATURE, { t: 1000 }), "out-of-range");
  t.equal(why(TEMPERATURE, { t: -273 }), "out-of-range");
  t.equal(why({ metric: "hashrate", at: "/t", unit: { at: "/u" } }, { t: 5 }), "no-unit");
  t.equal(
    why({ metric: "hashrate", at: "/t", unit: { at: "/u" } }, { t: 5, u: "furlongs" }),
    "no-unit",
  );
});

t.test("what is optional may be absent or blank, and nothing worse", async (t) => {
  const row: Row = { ...TEMPERATURE, optional: true };
  t.strictSame(readWith(driverWith([row]), {}), []);
  t.strictSame(readWith(driverWith([row]), { t: -1 }), []);
  t.equal(why(row, { t: "hot" }), "not-a-number");
  t.equal(why(row, { t: 1e6 }), "out-of-range");
});

t.test("zero is a value unless the driver says that it is blank", async (t) => {
  t.equal(read([TEMPERATURE], { t: 0 })?.readings[0]?.value, 0);
  t.equal(why({ ...TEMPERATURE, blank: [-1, 0] }, { t: 0 }), "blank");
});

t.test(
  "a number may come as text where the driver says so, and only if it is nothing else",
  async (t) => {
    const row: Row = { metric: "hashrate", at: "/t", unit: "GH/s", text: true };
    t.equal(read([row], { t: " 34942.48 " })?.readings[0]?.value, 34_942_480_000_000);
    t.equal(read([row], { t: "1.5e3" })?.readings[0]?.value, 1_500_000_000_000);
    for (const text of ["18,500.5", "12 GH/s", "0x10", "nan", "Infinity", "1_000"])
      t.equal(why(row, { t: text }), "not-a-number", text);
    t.equal(why({ ...row, blank: 0 }, { t: "0.00" }), "blank");
  },
);

t.test("the first alternative that holds something counts", async (t) => {
  const row: Row = { metric: "power", at: ["/a", "/b"], unit: "W", measured: "input", blank: 0 };
  t.equal(read([row], { a: 0, b: 7 })?.readings[0]?.value, 7);
  t.equal(read([row], { a: 3, b: 7 })?.readings[0]?.value, 3);
  t.equal(why(row, { a: 0 }), "blank");
});

t.test("units are the device's, whichever way it spells them", async (t) => {
  for (const [unit, value] of [
    ["GH/s", 2e9],
    ["gh", 2e9],
    ["Mh/s", 2e6],
    ["Ksol/s", 2000],
    ["sol/s", 2],
  ] as const)
    t.equal(
      read([{ metric: "hashrate", at: "/t", unit: { at: "/u" } }], { t: 2, u: unit })?.readings[0]
        ?.value,
      value,
      unit,
    );
  t.equal(
    read([{ metric: "hashrate", at: "/t", unit: "H/s", times: "/f" }], { t: 2.5, f: 1e6 })
      ?.readings[0]?.value,
    2_500_000,
  );
  t.equal(
    read([{ metric: "power", at: "/t", unit: "uW", measured: "unknown" }], { t: 131_500_000 })
      ?.readings[0]?.value,
    131.5,
  );
  t.equal(read([{ metric: "fan_duty", at: "/t", unit: "%" }], { t: 57 })?.readings[0]?.value, 0.57);
});

t.test("a reading carries its algorithm, where it is measured and over how long", async (t) => {
  const driver = driverWith(
    [
      { metric: "hashrate", at: "/h", unit: "H/s", averagedSeconds: 60 },
      { metric: "power", at: "/p", unit: "W", measured: "input" },
    ],
    { algorithm: "^/algo" },
  );
  t.strictSame(readWith(driver, { h: 1, p: 2, algo: "RX/0" })[0]?.readings, [
    {
      metric: "hashrate",
      part: "",
      value: 1,
      algorithm: "randomx",
      averagedSeconds: 60,
      path: "info#/h",
    },
    { metric: "power", part: "", value: 2, measured: "input", path: "info#/p" },
  ]);
  t.strictSame(readWith(driver, { h: 1, p: 2, algo: null })[0]?.readings[0], {
    metric: "hashrate",
    part: "",
    value: 1,
    averagedSeconds: 60,
    path: "info#/h",
  });
});

t.test("boards are parts, by their own number where they say one", async (t) => {
  const each = {
    each: "/b",
    part: "board",
    number: "/n",
    rows: [{ ...TEMPERATURE, at: "/t" }],
  } as const;
  t.strictSame(
    read([each], { b: [{ n: 6, t: 1 }, { t: 2 }, { n: "x", t: 3 }] })?.readings.map(
      ({ part }) => part,
    ),
    ["board/6", "board/1", "board/2"],
  );
  t.equal(read([each], { b: { 0: {} } })?.problems[0]?.why, "wrong-shape");
  t.equal(read([each], {})?.problems[0]?.why, "wrong-shape");
  t.equal(read([each], { b: Array.from({ length: 2000 }, () => ({})) })?.problems.length, 1);
});

const GPUS: Devices = {
  devices: "/gpus",
  pci: { at: "/bus", base: 10 },
  identity: { model: "/name" },
  rows: [{ metric: "hashrate", at: "/h", unit: "H/s" }],
};

t.test("of two readings of one quantity the first stands, and the other is told", async (t) => {
  const twice: Table = [
    { metric: "hashrate", at: "/a", unit: "H/s" },
    { metric: "hashrate", at: "/b", unit: "H/s", optional: true },
    { each: "/c", rows: [{ metric: "chip_temperature", at: "", unit: "°C" }] },
  ];
  const report = read(twice, { a: 5, b: 7, c: [60, 61] });
  t.strictSame(
    report?.readings.map(({ metric, value }) => [metric, value]),
    [
      ["hashrate", 5],
      ["chip_temperature", 60],
    ],
  );
  t.strictSame(report?.problems, [
    { metric: "hashrate", part: "", why: "wrong-shape", ask: "info" },
    { metric: "chip_temperature", part: "", why: "wrong-shape", ask: "info" },
  ]);
  t.match(read(twice, { a: "?", b: 7, c: [] })?.readings, [{ value: 7 }]);
  t.strictSame(read(twice, { a: 5, c: [] })?.problems, []);
});

/** What a list of coins gives: readings with their algorithm and value, and what is told to be missing. */
const coinsOf = (coins: readonly object[]): readonly string[] => {
  const rows: Row[] = [
    { metric: "hashrate", at: "/h", unit: "H/s" },
    { metric: "shares_accepted", at: "/s", unit: "1" },
  ];
  const { readings = [], problems = [] } =
    read([{ each: "/coins", algorithm: "/name", rows }, TEMPERATURE], { coins, t: 60 }) ?? {};
  return [
    ...readings.map(({ metric, algorithm, value }) => `${metric} ${algorithm ?? "-"} ${value}`),
    ...problems.map(({ metric, why }) => `${metric} ${why}`),
  ];
};

t.test("coins are told apart by their names, and the first of one name stands", async (t) => {
  t.strictSame(
    coinsOf([
      { name: "kawpow", h: 1, s: 10 },
      { name: "Kaspa", h: 2, s: 20 },
      { name: "kHeavyHash", h: 3, s: 30 },
      { h: 4, s: 40 },
    ]),
    [
      "hashrate kawpow 1",
      "shares_accepted kawpow 10",
      "hashrate kheavyhash 2",
      "shares_accepted kheavyhash 20",
      "hashrate - 4",
      "shares_accepted - 40",
      "chip_temperature - 60",
      "hashrate wrong-shape",
      "shares_accepted wrong-shape",
    ],
  );
});

t.test("of coins without names none stands, in whatever order they come", async (t) => {
  const [one, two, three] = [1, 2, 3].map((h) => ({ h, s: 10 * h })) as [object, object, object];
  const none = ["hashrate wrong-shape", "shares_accepted wrong-shape"];
  const rest = "chip_temperature - 60";
  t.strictSame(coinsOf([one]), ["hashrate - 1", "shares_accepted - 10", rest]);
  t.strictSame(coinsOf([one, two]), [rest, ...none]);
  t.strictSame(coinsOf([two, one]), [rest, ...none]);
  t.strictSame(coinsOf([one, two, three]), [rest, ...none, ...none], "a third is no first again");
});

t.test("what has its own number or its own device is no second reading", async (t) => {
  const boards = {
    each: "/b",
    part: "board",
    number: "/n",
    rows: [{ ...TEMPERATURE, at: "/t" }],
  } as const;
  const numbered = (...numbers: number[]) =>
    read([boards], { b: numbers.map((n, t) => ({ n, t })) });
  t.strictSame(numbered(1, 2, 3)?.problems, []);
  t.match(numbered(7, 7, 8), {
    readings: [
      { part: "board/7", value: 0 },
      { part: "board/8", value: 2 },
    ],
    problems: [{ part: "board/7", why: "wrong-shape" }],
  });
  const gpus = { gpus: [9, 10].map((bus) => ({ bus, h: 1 })) };
  for (const { readings, problems } of readWith(driverWith([GPUS]), gpus))
    t.match({ readings, problems }, { readings: [{ value: 1 }], problems: [] });
});

t.test("each GPU has a report under its bus address", async (t) => {
  const reports = readWith(driverWith([GPUS]), {
    gpus: [
      { bus: 9, h: 1, name: "A" },
      { bus: 10, h: 2 },
    ],
  });
  t.strictSame(
    reports.map(({ key, identity }) => [key, identity]),
    [
      ["pci:0000:09:00.0", { model: "A" }],
      ["pci:0000:0a:00.0", {}],
    ],
  );
});

t.test("a second GPU at one address, and one without, are problems and not readings", async (t) => {
  const reports = readWith(driverWith([GPUS]), {
    gpus: [{ bus: 9, h: 1 }, { bus: 9, h: 2 }, { h: 3 }, null, { bus: 300 }],
  });
  t.equal(reports.length, 1);
  t.strictSame(
    reports[0]?.readings.map(({ value }) => value),
    [1],
  );
  t.strictSame(
    reports[0]?.problems.map(({ part }) => part),
    ["gpu/1", "gpu/2", "gpu/3", "gpu/4"],
  );
});

t.test("GPUs that do not say where they are become parts of one device", async (t) => {
  const unplaced = [{ metric: "hashrate", at: "/total", unit: "H/s" }] as const;
  const reports = readWith(driverWith([{ ...GPUS, unplaced }]), {
    total: 3,
    gpus: [{ h: 1 }, { h: 2 }],
  });
  t.strictSame(
    reports.map(({ key, readings }) => [key, readings.map(({ part, value }) => [part, value])]),
    [
      [
        "",
        [
          ["", 3],
          ["gpu/0", 1],
          ["gpu/1", 2],
        ],
      ],
    ],
  );
});

t.test("no GPU at all gives no report", async (t) => {
  t.strictSame(readWith(driverWith([GPUS]), { gpus: [] }), []);
});

t.test("identity is trimmed text, without what stands for nothing", async (t) => {
  const identity = {
    info: { make: { always: "M" }, model: ["/a", "/b"], serial: "/s", uuid: "/u" },
  } as const;
  const driver = driverWith([TEMPERATURE], { identity });
  const of = (doc: unknown): unknown => readWith(driver, doc)[0]?.identity;
  t.strictSame(of({ a: " [N/A] ", b: "S9\nV2\0", s: "To Be Filled By O.E.M.", u: 12 }), {
    make: "M",
    model: "S9 V2",
    uuid: "12",
  });
  t.strictSame(of({ a: "x".repeat(500), u: {}, s: "" }), { make: "M", model: "x".repeat(200) });
});

t.test("a missing reply is a problem, and a missing optional one is none", async (t) => {
  const asks = { info: { link: "http", target: "/", decode: json, optional: true } } as const;
  t.strictSame(readReplies(driverWith([TEMPERATURE]), {})[0]?.problems, [
    { part: "", why: "no-reply", ask: "info" },
  ]);
  t.strictSame(readReplies(driverWith([TEMPERATURE], { asks }), {}), []);
  t.strictSame(
    readReplies(driverWith([TEMPERATURE], { asks }), { info: Buffer.from("{") })[0]?.problems[0]
      ?.why,
    "garbled",
  );
});

t.test(
  "a unit told from the size of the number is marked, and an old value is a problem",
  async (t) => {
    const rows: Table = [
      { metric: "hashrate", at: "/h", unit: "TH/s", inferred: "/big", stale: "/old" },
    ];
    t.match(read(rows, { h: 1, big: true })?.readings, [{ value: 1e12, inferred: true }]);
    t.equal(read(rows, { h: 1, big: false })?.readings[0]?.inferred, undefined);
    t.match(read(rows, { h: 1, old: true }), { readings: [], problems: [{ why: "stale" }] });
  },
);

t.test("a device's own word for its state is kept, and known ones are understood", async (t) => {
  const rows: Table = [
    { metric: "hashrate", at: "/h", unit: "H/s" },
    { state: ["/s", "/t"], words: { sleep: "sleeping", "init*": "starting" } },
    { errors: "/e", code: "/code" },
  ];
  const told = (doc: object): unknown => read(rows, doc)?.condition;
  t.strictSame(told({ h: 0, s: " Sleep " }), { state: "sleeping", said: "Sleep" });
  t.strictSame(told({ h: 0, t: "INITIALISING" }), { state: "starting", said: "INITIALISING" });
  t.strictSame(told({ h: 0, s: "woken" }), { said: "woken" });
  t.strictSame(told({ h: 5, s: "woken" }), { said: "woken", state: "mining" });
  t.strictSame(told({ h: 0 }), undefined, "no work and no word says nothing");
  t.strictSame(told({ h: 0, e: [{ code: 110 }, { code: "E4" }, { code: 110 }, {}] }), {
    errors: ["110", "E4"],
  });
});

t.test("errors are listed whatever shape the firmware gives them", async (t) => {
  const rows: Table = [{ metric: "uptime", at: "/u", unit: "s" }, { errors: "/e" }];
  const told = (e: unknown): unknown => read(rows, { u: 1, e })?.condition?.errors;
  t.strictSame(told(["a", 3, 0, "", null, false]), ["a", "3"]);
  t.strictSame(told({ 110: "since noon", 600: "" }), ["110", "600"]);
  t.strictSame(told([{ 0: "x" }, { 206: "y" }]), ["0", "206"]);
  t.strictSame(told("overheated"), ["overheated"]);
  t.strictSame(told([]), undefined);
  t.equal((told(Array.from({ length: 500 }, (_, n) => `e${n}`)) as string[]).length, 32);
});
