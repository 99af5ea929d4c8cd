import t from "tap";
import type { Reading, Report } from "../../agent/core/reading.ts";
import { compare } from "./recordings/compare.ts";
import { readExpected } from "./recordings/expected.ts";

// What judges all drivers is itself judged here, on values that are made up.
const reading = (
  metric: Reading["metric"],
  value: number,
  part = "",
  algorithm?: string,
): Reading =>
  algorithm === undefined ? { metric, part, value } : { metric, part, value, algorithm };
const report = (readings: readonly Reading[], key = ""): Report => ({
  key,
  identity: {},
  readings,
  problems: [],
});

t.test("a hashrate agrees within one part in a hundred, summed over devices", async (t) => {
  const gpus = (first: number): Report[] => [
    report([reading("hashrate", first, "", "kawpow")], "pci:0000:01:00.0"),
    report([reading("hashrate", 30e6, "", "kawpow")], "pci:0000:02:00.0"),
  ];
  const theirs = { hashrate: { value: 60e6, slack: 0 } };
  t.strictSame(compare(gpus(30.5e6), theirs), { hashrate: undefined });
  t.match(compare(gpus(31e6), theirs), { hashrate: "we read 61000000, they 60000000" });
  t.match(compare([], theirs), { hashrate: "we read nothing, they 60000000" });
  t.strictSame(compare([], { hashrate: { value: 0, slack: 0 } }), { hashrate: undefined });
  t.match(compare(gpus(1), { hashrate: { value: 0, slack: 0 } }), { hashrate: String });
});

t.test("one of two algorithms may be theirs, and the source's own total goes first", async (t) => {
  const dual = [
    report([
      reading("hashrate", 50e6, "", "etchash"),
      reading("hashrate", 900e6, "", "blake3"),
      reading("hashrate", 7, "gpu/0", "etchash"),
    ]),
    report([reading("hashrate", 1, "", "etchash")], "pci:0000:01:00.0"),
  ];
  for (const value of [50e6, 900e6])
    t.strictSame(compare(dual, { hashrate: { value, slack: 0 } }), { hashrate: undefined });
  t.match(compare(dual, { hashrate: { value: 950e6, slack: 0 } }), { hashrate: String });
});

t.test("our temperatures are among theirs, and their hottest is ours", async (t) => {
  const ours = [
    report([55.4, 61].map((value, at) => reading("chip_temperature", value, `board/${at}`))),
  ];
  const judge = (values: number[], complete = true) =>
    compare(ours, { temperatures: { values, complete } })["temperatures"];
  t.equal(judge([40, 55, 61, 0]), undefined);
  t.type(judge([55, 62]), "string", "their hottest is not ours");
  t.type(judge([61, 70 - 9]), "string", "one of ours is not theirs");
  t.equal(judge([61], false), undefined, "they assert one of several");
});

t.test("fans agree both ways, or by number where speeds are not said", async (t) => {
  const ours = [report([3000, 0].map((value, at) => reading("fan_speed", value, `fan/${at}`)))];
  const judge = (values: number[]) => compare(ours, { fans: { unit: "rpm", values } })["fans"];
  t.equal(judge([3000, 0]), undefined);
  t.type(judge([3000]), "string");
  t.type(judge([3000, 0, 2000]), "string");
  t.equal(compare(ours, { fans: { count: 2 } })["fans"], undefined);
  t.type(compare(ours, { fans: { count: 3 } })["fans"], "string");
  const driven = [report([reading("fan_duty", 0.62, "fan/0")])];
  t.equal(compare(driven, { fans: { unit: "percent", values: [62] } })["fans"], undefined);
});

t.test("power agrees within one part in a hundred, shares to the last one", async (t) => {
  const ours = [
    report([
      reading("power", 3200),
      reading("shares_accepted", 100),
      reading("shares_rejected", 2),
    ]),
  ];
  t.strictSame(compare(ours, { power: 3230 }), { power: undefined });
  t.match(compare(ours, { power: 3300 }), { power: String });
  t.strictSame(compare(ours, { shares: { accepted: 100, rejected: 2 } }), { shares: undefined });
  t.match(compare(ours, { shares: { accepted: 101, rejected: 2 } }), { shares: String });
  t.match(compare(ours, { shares: { accepted: 100, rejected: 3 } }), { shares: String });
});

t.test("every form of expected values is brought to one", async (t) => {
  const json = (value: unknown): string => JSON.stringify(value);
  const root = t.testdir({
    asic: {
      "expected.json": json({
        stats: {
          "pool[]": [{ counts: [5, 1, 0] }, { counts: [2, 0, 0] }],
          "asic[]": [
            {
              hashRate: 9e13,
              "temp[]": [60, 70],
              fanInfo: { "speed[]": [4000], speedUnits: "RPM" },
            },
          ],
        },
      }),
    },
    assertions: {
      "expected.json": json({
        hashrate: { value: 90, unit: "TeraHash" },
        wattage: { value: 3000, unit: "W" },
        "fans.len()": 4,
        "hashboards[0].board_temperature.as_celsius": 55,
        average_temperature: { value: 50 },
        reported_max_temperature_c: 99,
      }),
    },
    rounded: { "expected.json": json({ hashrate_TH_rounded: 90, fans_rpm: [1, 2] }) },
    unitless: { "expected.json": json({ "hashrate.value": 90 }) },
    card: {
      "expected.json": json({
        stats: {
          temps: { edge: { current: 44 } },
          fan: { speed_current: 900 },
          power: { average: 41 },
        },
      }),
      "expected_load.metrics.txt":
        'nvidia_smi_power_draw_watts{uuid="a"} 99.5\nnvidia_smi_temperature_gpu{uuid="a"} 61\n',
    },
    none: {},
  });
  t.strictSame(readExpected(root, "asic"), {
    hashrate: { value: 9e13, slack: 0 },
    temperatures: { values: [60, 70], complete: true },
    fans: { unit: "rpm", values: [4000] },
    shares: { accepted: 7, rejected: 1 },
  });
  t.strictSame(readExpected(root, "assertions"), {
    hashrate: { value: 9e13, slack: 0 },
    temperatures: { values: [55], complete: false },
    fans: { count: 4 },
    power: 3000,
  });
  t.strictSame(readExpected(root, "rounded"), {
    hashrate: { value: 9e13, slack: 5e11 },
    fans: { unit: "rpm", values: [1, 2] },
  });
  t.strictSame(readExpected(root, "unitless"), {});
  t.strictSame(readExpected(root, "card"), {
    temperatures: { values: [44], complete: true },
    fans: { unit: "rpm", values: [900] },
    power: 41,
  });
  t.strictSame(readExpected(root, "card#load"), {
    temperatures: { values: [61], complete: false },
    power: 99.5,
  });
  t.strictSame(readExpected(root, "none"), {});
});
