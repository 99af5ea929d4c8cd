import t from "tap";
import { foldWindow } from "../../../../agent/attest/fold.ts";
import type { FoldableSample } from "../../../../agent/attest/integral.ts";
import type { Reading } from "../../../../agent/core/reading.ts";
import { DOUBT } from "../../../../proto/attestation.ts";

const WINDOW = { startMs: 0, endMs: 600_000 };
const ID = `asic:${"1".repeat(32)}`;
const RATE = 100e12;
const of = (metric: Reading["metric"], value: number, more: Partial<Reading> = {}): Reading => ({
  ...{ metric, part: "", value },
  ...more,
});
const rate = (value: number, part = ""): Reading =>
  of("hashrate", value, { part, algorithm: "sha256d" });

/** Doubts of a window in which a device said the same every ten seconds, up to an instant. */
function doubtsOf(
  readings: readonly Reading[],
  { untilMs = 600_000, rated }: { untilMs?: number; rated?: number } = {},
): number | undefined {
  const samples: FoldableSample[] = Array.from({ length: untilMs / 10_000 }, (_, i) => ({
    ...{ deviceId: ID, source: "a", role: "miner" as const, increments: [], doubts: 0 },
    ...{ placedMs: (i + 1) * 10_000 - 1, spanMs: 10_000, readings },
  }));
  const known = { id: ID, algorithms: ["sha256d"], ...(rated ? { rated: () => rated } : {}) };
  return foldWindow(WINDOW, samples, [known])[0]?.doubts;
}

t.test("boards that do not add up to the total are doubted", async (t) => {
  const boards = (each: number): Reading[] => [
    rate(RATE),
    ...[0, 1, 2].map((n) => rate(each, `board/${n}`)),
  ];
  t.equal(doubtsOf(boards(RATE / 3)), 0);
  t.equal(doubtsOf(boards((RATE / 3) * 1.05)), 0, "means over different times");
  t.equal(doubtsOf(boards((RATE / 3) * 0.8)), DOUBT.boardsDisagree);
  t.equal(doubtsOf(boards(RATE)), DOUBT.boardsDisagree, "each claims the whole");
  t.equal(doubtsOf(boards(RATE), { untilMs: 200_000 }), 0, "too little of the window");
  t.equal(doubtsOf([rate(0), rate(0, "board/0")]), 0, "nothing is nothing");
});

t.test("a chip map that is mostly dead is doubted", async (t) => {
  const chips = (working: number): Reading[] => [
    rate(RATE),
    ...[0, 1].flatMap((n) => [
      of("chips_expected", 88, { part: `board/${n}` }),
      of("chips_working", n === 0 ? 88 : working, { part: `board/${n}` }),
    ]),
  ];
  t.equal(doubtsOf(chips(88)), 0);
  t.equal(doubtsOf(chips(10)), 0);
  t.equal(doubtsOf(chips(0)), DOUBT.deadChips);
  t.equal(doubtsOf([rate(RATE), of("chips_expected", 0), of("chips_working", 0)]), 0);
});

t.test("joules per hash far from what the model is rated at are doubted", async (t) => {
  const rated = 3250 / 110e12;
  const at = (watts: number): Reading[] => [
    rate(110e12),
    of("power", watts, { measured: "input" }),
  ];
  t.equal(doubtsOf(at(3250), { rated }), 0);
  t.equal(doubtsOf(at(2200), { rated }), 0, "tuned down");
  t.equal(doubtsOf(at(5500), { rated }), 0, "tuned up");
  t.equal(doubtsOf(at(1500), { rated }), DOUBT.efficiency);
  t.equal(doubtsOf(at(9000), { rated }), DOUBT.efficiency);
  t.equal(doubtsOf(at(9000)), 0, "an unknown model");
  t.equal(doubtsOf(at(9000), { rated, untilMs: 300_000 }), 0, "half a window warms up");
  t.equal(doubtsOf([rate(110e12)], { rated }), 0, "power unknown");
});

t.test("a lifetime's accepted difficulty is held against the mean that is claimed", async (t) => {
  const life = (part: number, shares = 5000, averagedSeconds: number | "start" = "start") => [
    rate(RATE),
    of("hashrate_average", RATE, { algorithm: "sha256d", averagedSeconds }),
    of("uptime", 1e6),
    of("shares_accepted", shares, { algorithm: "sha256d" }),
    of("difficulty_accepted", (part * RATE * 1e6) / 2 ** 32, { algorithm: "sha256d" }),
  ];
  t.equal(doubtsOf(life(1)), 0);
  t.equal(doubtsOf(life(0.91)), 0);
  t.equal(doubtsOf(life(0.57)), DOUBT.workDisagrees);
  t.equal(doubtsOf(life(7.9)), DOUBT.workDisagrees);
  t.equal(doubtsOf(life(0.57, 20)), 0, "too few shares to say");
  t.equal(doubtsOf(life(0.57, 5000, 900)), 0, "another mean");
});

t.test("what a sample was doubted for its window is doubted for", async (t) => {
  const sample = (at: number, doubts: number): FoldableSample => ({
    ...{ deviceId: ID, source: "a", role: "miner", increments: [], doubts },
    ...{ placedMs: at, spanMs: 10_000, readings: [rate(RATE)] },
  });
  const rows = foldWindow(
    WINDOW,
    [sample(10_000, DOUBT.unitInferred), sample(20_000, DOUBT.frozen), sample(30_000, 0)],
    [],
  );
  t.equal(rows[0]?.doubts, DOUBT.unitInferred | DOUBT.frozen);
});
