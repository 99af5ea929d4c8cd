import fc from "fast-check";
import t from "tap";
import { foldWindow } from "../../../../agent/attest/fold.ts";
import type { FoldableSample } from "../../../../agent/attest/integral.ts";
import { DOUBT, KNOWN, POWER_SOURCE } from "../../../../proto/attestation.ts";

const START = 600_000;
const WINDOW = { startMs: START, endMs: START + 600_000 };
const ID = `asic:${"1".repeat(32)}`;

function sample(
  change: Partial<FoldableSample> & { at: number; rate?: number; algorithm?: string },
): FoldableSample {
  const { at, rate, algorithm = "sha256d", ...rest } = change;
  return {
    deviceId: ID,
    source: "asic-1",
    role: "miner",
    placedMs: START + at,
    spanMs: 10_000,
    readings: rate === undefined ? [] : [{ metric: "hashrate", part: "", value: rate, algorithm }],
    increments: [],
    doubts: 0,
    ...rest,
  };
}

const fold = (samples: FoldableSample[], known = [{ id: ID, algorithms: ["sha256d"] }]) =>
  foldWindow(WINDOW, samples, known);

t.test("hashes are hashrate times the time that samples stand for, floored once", async (t) => {
  const [row] = fold([
    sample({ at: 10_000, rate: 3, spanMs: 333 }),
    sample({ at: 20_000, rate: 3, spanMs: 334 }),
  ]);
  t.equal(row?.hashes, (3n * 667n) / 1000n);
  t.equal(row?.observedMilliseconds, 667);
  t.equal(row?.samples, 2);
  t.equal(row?.known, KNOWN.hashes);
});

t.test("a span is split at the window's edges", async (t) => {
  const rows = fold([sample({ at: 4_000, rate: 1000 }), sample({ at: 604_000, rate: 1000 })]);
  t.equal(rows[0]?.observedMilliseconds, 4_000 + 6_000);
  t.equal(rows[0]?.hashes, 10_000n);
  t.equal(rows[0]?.samples, 1, "the second sample belongs to the next window");
});

t.test("a device in outage is listed with nothing known", async (t) => {
  const rows = fold(
    [],
    [
      { id: ID, algorithms: ["sha256d", "scrypt"] },
      { id: `host:${"2".repeat(32)}`, algorithms: [] },
    ],
  );
  t.same(
    rows.map(({ algorithm, known, samples, hashes }) => [algorithm, known, samples, hashes]),
    [
      ["scrypt", 0, 0, 0n],
      ["sha256d", 0, 0, 0n],
      ["", 0, 0, 0n],
    ],
  );
});

t.test("a sample without a hashrate adds no time and makes nothing zero", async (t) => {
  const [row] = fold([sample({ at: 10_000, rate: 7 }), sample({ at: 20_000 })]);
  t.equal(row?.observedMilliseconds, 10_000);
  t.equal(row?.hashes, 70n);
});

t.test("two miners that report one device are not added up", async (t) => {
  const [row] = fold([
    sample({ at: 10_000, rate: 100 }),
    sample({ at: 20_000, rate: 100 }),
    sample({ at: 10_000, rate: 100, source: "again" }),
  ]);
  t.equal(row?.hashes, 2000n);
});

t.test(
  "energy comes from the sensor where there is one, and says where it was measured",
  async (t) => {
    const power = (value: number, measured: "output" | "estimate") => ({
      metric: "power" as const,
      part: "",
      value,
      measured,
    });
    const [row] = fold([
      sample({ at: 10_000, readings: [power(500, "estimate")] }),
      sample({ at: 10_000, readings: [power(200, "output")], role: "sensor", source: "nvidia" }),
    ]);
    t.equal(row?.energyJoules, 2000n);
    t.equal(row?.powerSource, POWER_SOURCE.output);
    t.equal(row?.known, KNOWN.energy);
  },
);

t.test(
  "two algorithms of one device make two rows, with energy and temperature on the first",
  async (t) => {
    const readings = [
      { metric: "hashrate" as const, part: "", value: 50, algorithm: "kawpow" },
      { metric: "hashrate" as const, part: "", value: 5, algorithm: "blake3" },
      { metric: "power" as const, part: "", value: 100, measured: "output" as const },
      { metric: "chip_temperature" as const, part: "", value: 61.5 },
    ];
    const rows = fold([sample({ at: 10_000, readings })], []);
    t.same(
      rows.map(({ algorithm, known }) => [algorithm, known]),
      [
        ["blake3", KNOWN.hashes | KNOWN.energy | KNOWN.temperature],
        ["kawpow", KNOWN.hashes],
      ],
    );
    t.equal(rows[0]?.maxTemperatureMilliCelsius, 61_500);
  },
);

t.test("the hottest part of any source counts", async (t) => {
  const [row] = fold([
    sample({ at: 1, readings: [{ metric: "chip_temperature", part: "board/0", value: -5 }] }),
    sample({
      at: 2,
      role: "sensor",
      source: "s",
      readings: [{ metric: "hotspot_temperature", part: "", value: -3 }],
    }),
  ]);
  t.equal(row?.maxTemperatureMilliCelsius, -3000);
  t.ok((row?.known ?? 0) & KNOWN.temperature);
});

t.test("counters are summed where the sample lies, and unknown where there was none", async (t) => {
  const [row] = fold([
    sample({
      at: 10_000,
      rate: 1,
      increments: [{ metric: "shares_accepted", algorithm: "sha256d", by: 3 }],
    }),
    sample({
      at: 20_000,
      rate: 1,
      increments: [{ metric: "shares_accepted", algorithm: "sha256d", by: 0 }],
    }),
    sample({
      at: 601_000,
      rate: 1,
      increments: [{ metric: "shares_accepted", algorithm: "sha256d", by: 9 }],
    }),
  ]);
  t.equal(row?.sharesAccepted, 3n);
  t.equal((row?.known ?? 0) & KNOWN.accepted, KNOWN.accepted);
  t.equal((row?.known ?? 0) & KNOWN.rejected, 0);
});

t.test(
  "share work far from the hashes is doubted, and only with enough shares and time",
  async (t) => {
    const run = (difficulty: number, shares: number, until = 600_000) => {
      const samples = Array.from({ length: until / 10_000 }, (_, i) =>
        sample({ at: i * 10_000 + 9_999, rate: 2 ** 32 }),
      );
      const last = { ...(samples.at(-1) as FoldableSample) };
      const increments = [
        { metric: "difficulty_accepted" as const, algorithm: "sha256d", by: difficulty },
        { metric: "shares_accepted" as const, algorithm: "sha256d", by: shares },
      ];
      return fold([...samples.slice(0, -1), { ...last, increments }])[0]?.doubts;
    };
    t.equal(run(600, 2000), 0, "work and hashes agree");
    t.equal(run(300, 2000), DOUBT.workDisagrees, "half the work");
    t.equal(run(300, 20), 0, "too few shares to say");
    t.equal(run(300, 2000, 300_000), 0, "too little of the window to say");
  },
);

t.test("an unproven driver is doubted", async (t) => {
  t.equal(
    fold([sample({ at: 10_000, rate: 1, doubts: DOUBT.unproven })])[0]?.doubts,
    DOUBT.unproven,
  );
});

t.test("a hashrate that stands for no time is not known", async (t) => {
  const [row] = fold([sample({ at: 10_000, rate: 1e14, spanMs: 0 })]);
  t.equal(row?.known, 0);
  t.equal(row?.hashes, 0n);
  t.equal(row?.samples, 1);
});

t.test("spans that overlap are credited for no more than the window", async (t) => {
  const twice = [0, 1].flatMap(() =>
    Array.from({ length: 60 }, (_, i) => sample({ at: i * 10_000 + 9_999, rate: 1000 })),
  );
  const [row] = fold(twice);
  t.ok((row?.hashes ?? 0n) <= 600_000n);
  t.equal(row?.observedMilliseconds, 600_000);
});

t.test("a million temperatures fold like ten", async (t) => {
  const readings = Array.from({ length: 1000 }, (_, i) => ({
    metric: "chip_temperature" as const,
    part: `chip/${i}`,
    value: i / 10,
  }));
  const rows = fold(Array.from({ length: 300 }, (_, i) => sample({ at: i * 1000, readings })));
  t.equal(rows[0]?.maxTemperatureMilliCelsius, 99_900);
});

t.test("however spans lie, no more time is observed than the window has", async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -20_000, max: 640_000 }), fc.nat(15_000)), {
        maxLength: 80,
      }),
      (spans) => {
        const rows = fold(spans.map(([at, spanMs]) => sample({ at, spanMs, rate: 1 })));
        return rows.every(
          ({ observedMilliseconds }) =>
            observedMilliseconds <= 600_000 && observedMilliseconds >= 0,
        );
      },
    ),
  );
  t.pass("held");
});

t.test("a sensor that told for a moment does not take the miner's energy away", async (t) => {
  const power = (value: number) => [{ metric: "power" as const, part: "", value }];
  const miner = Array.from({ length: 60 }, (_, i) =>
    sample({ at: i * 10_000 + 9_999, readings: power(200) }),
  );
  const sensor = (at: number, spanMs: number) =>
    sample({ at, spanMs, source: "nvidia", role: "sensor", readings: power(210) });
  const energy = (...more: FoldableSample[]) => fold([...miner, ...more])[0]?.energyJoules;
  t.equal(energy(), 119_999n);
  t.equal(energy(sensor(300_000, 0)), 119_999n);
  t.equal(energy(sensor(10_000, 10_000)), 119_999n);
  const all = Array.from({ length: 60 }, (_, i) => sensor(i * 10_000 + 9_999, 10_000));
  t.equal(energy(...all), 125_999n, "one that told all the time measures the thing itself");
});

t.test("difficulties below one are added up before they become work", async (t) => {
  const samples = Array.from({ length: 60 }, (_, i) =>
    sample({
      at: i * 10_000 + 9_999,
      rate: 1000,
      algorithm: "scrypt",
      increments: [
        { metric: "shares_accepted", algorithm: "scrypt", by: 1 },
        { metric: "difficulty_accepted", algorithm: "scrypt", by: 0.4 },
      ],
    }),
  );
  const [row] = fold(samples, [{ id: ID, algorithms: ["scrypt"] }]);
  t.equal(row?.sharesAccepted, 60n);
  t.ok(Math.abs(Number(row?.shareWork) - 24 * 65_536) < 4);
});
