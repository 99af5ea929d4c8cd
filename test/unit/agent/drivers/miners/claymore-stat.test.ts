import t from "tap";
import type { Report } from "../../../../../agent/core/reading.ts";
import { jsonRpc } from "../../../../../agent/drivers/decode/json-rpc.ts";
import { defineDriver } from "../../../../../agent/drivers/driver.ts";
import {
  CLAYMORE_IDENTITY,
  CLAYMORE_STAT,
  isStat,
  orderedStat,
} from "../../../../../agent/drivers/miners/claymore-stat.ts";
import { pointer } from "../../../../../agent/drivers/pointer.ts";
import { readReplies } from "../../../../../agent/drivers/read-replies.ts";
import { readsGrowth } from "../../../../support/reads-growth.ts";

const ETH = () => ({ unit: "kH/s", algorithm: "ethash" });
/** Texts by position, the rest as a program for one coin on two GPUs writes them. */
function stat(more: Readonly<Record<number, unknown>> = {}): { result: unknown[] } {
  const texts = ["15.0 - ETH", "90", "60000;33;1", "30000;30000", "0;0;0", "off;off"];
  const rest = ["61;40;62;41", "pool.example:4444", "0;0;0;0"];
  const result: unknown[] = [...texts, ...rest];
  for (const [place, text] of Object.entries(more)) result[Number(place)] = text;
  return { result: Array.from(result, (text) => text ?? "") };
}
/** What getstat2 has behind that: shares by GPU of both coins, bus numbers, power. */
const SECOND = { 9: "20;13", 10: "1;0", 12: "7;8", 13: "0;0", 15: "10;16", 17: "0" };

const driver = defineDriver({
  name: "made-up",
  about: "Made up",
  docs: "https://docs.example",
  kind: "gpu",
  role: "miner",
  ports: [],
  proof: [],
  asks: { stat: { link: "tcp", target: "", decode: jsonRpc } },
  identify: () => true,
  identity: { stat: CLAYMORE_IDENTITY },
  derive: (docs) => ({ stat: orderedStat(docs.stat, ETH) }),
  table: { stat: CLAYMORE_STAT },
});
const reportsOn = (reply: object): Report[] =>
  readReplies(driver, { stat: Buffer.from(JSON.stringify({ id: 0, ...reply })) });
/** `metric part algorithm: value`, and what there is in place of a value. */
const told = ({ readings, problems }: Report): readonly string[] => [
  ...readings.map(({ metric, part, algorithm, value }) =>
    [metric, part, algorithm, value].filter((word) => word !== undefined && word !== "").join(" "),
  ),
  ...problems.map(({ metric, part, why }) => `${metric} ${part} ${why}`),
];

t.test("only texts, and enough of them, are a stat", async (t) => {
  t.ok(isStat(stat()));
  t.ok(isStat({ result: Array(7).fill("") }));
  for (const none of [
    undefined,
    null,
    [],
    {},
    { result: null },
    { result: "15.0 - ETH" },
    { result: Array(6).fill("") },
    { result: [...Array(7).fill(""), 3] },
    { result: [...Array(7).fill(""), null] },
    { result: [["15.0"], 90, [60_000], [], [], [], []] },
    stat({ 3: [30_000, 30_000] }),
  ]) {
    t.notOk(isStat(none), JSON.stringify(none));
    t.equal(orderedStat(none, ETH), undefined, JSON.stringify(none));
  }
});

t.test("GPUs that do not say where they are, are parts of what they do together", async (t) => {
  t.match(reportsOn(stat()), [{ identity: { firmware: "15.0 - ETH", pool: "pool.example:4444" } }]);
  t.strictSame(reportsOn(stat()).map(told), [
    [
      "uptime 5400",
      "hashrate gpu/0 ethash 30000000",
      "chip_temperature gpu/0 61",
      "fan_duty gpu/0 0.4",
      "hashrate gpu/1 ethash 30000000",
      "chip_temperature gpu/1 62",
      "fan_duty gpu/1 0.41",
      "hashrate ethash 60000000",
      "shares_accepted ethash 33",
      "shares_rejected ethash 1",
    ],
  ]);
});

t.test("GPUs with bus numbers, which are decimal, are devices with their own shares", async (t) => {
  const reports = reportsOn(stat(SECOND));
  t.strictSame(
    reports.map(({ key }) => key),
    ["pci:0000:0a:00.0", "pci:0000:10:00.0"],
  );
  t.strictSame(reports.map(told), [
    [
      "hashrate ethash 30000000",
      "shares_accepted ethash 20",
      "shares_rejected ethash 1",
      "chip_temperature 61",
      "fan_duty 0.4",
      "uptime 5400",
    ],
    [
      "hashrate ethash 30000000",
      "shares_accepted ethash 13",
      "shares_rejected ethash 0",
      "chip_temperature 62",
      "fan_duty 0.41",
      "uptime 5400",
    ],
  ]);
});

t.test("a second coin counts beside the first, and what it is nobody says", async (t) => {
  const dual = stat({ ...SECOND, 4: "900;15;0", 5: "400;500" });
  t.strictSame(pointer(orderedStat(dual, ETH), "/gpus/1/mined"), [
    { unit: "kH/s", algorithm: "ethash", rate: "30000", accepted: "13", rejected: "0" },
    { unit: "kH/s", rate: "500", accepted: "8", rejected: "0" },
  ]);
});

t.test(
  "a second coin beside a first without a name is left out, as it could not be told apart",
  async (t) => {
    const dual = stat({ ...SECOND, 4: "900;15;0", 5: "400;500" });
    for (const speech of [{}, { unit: "kH/s" }])
      t.strictSame(
        pointer(
          orderedStat(dual, () => speech),
          "/gpus/1/mined",
        ),
        [{ ...speech, rate: "30000", accepted: "13", rejected: "0" }],
        JSON.stringify(speech),
      );
    t.strictSame(
      pointer(
        orderedStat(dual, () => ({ algorithm: "ethash" })),
        "/gpus/1/mined/1",
      ),
      { rate: "500", accepted: "8", rejected: "0" },
      "where the first has no unit, the second has none",
    );
  },
);

t.test("a coin that every GPU has off is not mined, and one that some have is", async (t) => {
  const ratesOf = (first: string, second: string): unknown =>
    pointer(orderedStat(stat({ 3: first, 5: second }), ETH), "/totals/length") ?? 0;
  t.equal(ratesOf("30000;off", "off;off"), 1);
  t.equal(ratesOf("30000;30000", "off;1"), 2);
  t.equal(ratesOf("0;0", ""), 1, "0 is a rate");
  t.equal(ratesOf("off;off", "off;off"), 0);
  t.ok(
    reportsOn(stat({ 3: "30000;off" }))
      .flatMap(told)
      .includes("hashrate gpu/1 blank"),
  );
});

t.test("a sensor that says nothing, or a list that is too short, gives no reading", async (t) => {
  for (const sensors of ["", "0;0;0;0", ";;;", "61"]) {
    const all = reportsOn(stat({ ...SECOND, 6: sensors })).map(told);
    t.notOk(
      all[1]?.some((one) => one.startsWith("chip_temperature")),
      sensors,
    );
  }
  const garbled = reportsOn(stat({ ...SECOND, 6: "hot;40;62C;n/a" })).map(told);
  t.ok(garbled[0]?.includes("chip_temperature  not-a-number"));
  t.ok(garbled[1]?.includes("fan_duty  not-a-number"));
});

t.test("power is of a GPU only where there is one, since it is the sum of all", async (t) => {
  const powerOf = (rates: string, buses: string): readonly unknown[] =>
    reportsOn(stat({ ...SECOND, 3: rates, 15: buses, 17: "118" }))
      .flatMap(({ readings }) => readings)
      .filter(({ metric }) => metric === "power")
      .map(({ value, measured }) => [value, measured]);
  t.strictSame(powerOf("30000", "10"), [[118, "unknown"]]);
  t.strictSame(powerOf("30000;30000", "10;16"), []);
});

t.test("a GPU without a bus number beside others that have one is not placed", async (t) => {
  for (const buses of ["10", "10;", "10;x", "10;999", "10;10"]) {
    const reports = reportsOn(stat({ ...SECOND, 15: buses }));
    t.strictSame(
      reports.map(({ key }) => key),
      ["pci:0000:0a:00.0"],
      buses,
    );
    t.match(reports[0]?.problems, [{ part: "gpu/1", why: "wrong-shape" }], buses);
    t.strictSame(pointer(orderedStat(stat({ ...SECOND, 15: buses }), ETH), "/totals"), [], buses);
  }
});

t.test("a number is a number and nothing else, and one without a unit is no reading", async (t) => {
  for (const [rate, why] of [
    ["30 MH/s", "not-a-number"],
    ["-1", "out-of-range"],
    ["0x7530", "not-a-number"],
    ["1e400", "not-a-number"],
  ] as const)
    t.ok(
      reportsOn(stat({ 3: `${rate};30000` }))
        .flatMap(told)
        .includes(`hashrate gpu/0 ${why}`),
      rate,
    );
  const bare = orderedStat(stat(), () => ({}));
  t.strictSame(pointer(bare, "/gpus/0/mined/0/unit"), undefined);
});

t.test("texts are taken apart once, however many GPUs they are of", async (t) => {
  const reply = (length: number, bus: string) => {
    const list = (text: string): string => Array.from({ length }, () => text).join(";");
    return stat({
      3: list("1"),
      5: list("2"),
      6: list("61;40"),
      9: list("3"),
      15: bus && list(bus),
    });
  };
  const work = (of: object): unknown => orderedStat(of, ETH);
  t.equal(
    readsGrowth((length) => reply(length, ""), work),
    1,
  );
  const placed = readsGrowth((length) => reply(length, "1"), work);
  t.ok(placed < 4.1, String(placed));
});
