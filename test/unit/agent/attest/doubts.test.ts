import t from "tap";
import { foldWindow } from "../../../../agent/attest/fold.ts";
import type { FoldableSample } from "../../../../agent/attest/integral.ts";
import type { Reading } from "../../../../agent/core/reading.ts";
import { AFTER_GAP } from "../../../../agent/core/sample.ts";
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

t.test("chips that are only said to be there are not counted as dead", async (t) => {
  const expected = (part: string): Reading => of("chips_expected", 4, { part });
  const working = (value: number, part: string): Reading => of("chips_working", value, { part });
  t.equal(doubtsOf([rate(RATE), expected("")]), 0);
  t.equal(doubtsOf([rate(RATE), expected("board/0"), expected("board/1")]), 0);
  t.equal(doubtsOf([rate(RATE), expected(""), working(1, "board/0")]), 0, "another part");
  const mixed = [rate(RATE), expected("board/0"), expected("board/1"), expected("board/2")];
  t.equal(doubtsOf([...mixed, working(4, "board/0")]), 0, "those that say both are well");
  t.equal(doubtsOf([...mixed, working(2, "board/0")]), DOUBT.deadChips);
  t.equal(doubtsOf([rate(RATE), working(0, "board/0")]), 0, "none is expected");
});

t.test("dead chips are looked for in the newest sample that counts them", async (t) => {
  const sample = (placedMs: number, readings: readonly Reading[]): FoldableSample => ({
    ...{ deviceId: ID, source: "a", role: "miner", increments: [], doubts: 0 },
    ...{ placedMs, spanMs: 10_000, readings },
  });
  const chips = (working: number): Reading[] => [
    rate(RATE),
    of("chips_expected", 4),
    of("chips_working", working),
  ];
  const doubts = (...all: FoldableSample[]): unknown => foldWindow(WINDOW, all, [])[0]?.doubts;
  const silent = sample(30_000, [rate(RATE), of("chips_expected", 4)]);
  t.equal(doubts(sample(10_000, chips(4)), sample(20_000, chips(1)), silent), DOUBT.deadChips);
  t.equal(doubts(sample(10_000, chips(1)), sample(20_000, chips(4)), silent), 0);
  t.equal(doubts(sample(590_000, chips(4)), sample(605_000, chips(1))), 0, "after the window");
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

t.test("work that no pool took a share of is doubted after an hour", async (t) => {
  const life = (uptime: number): Reading[] => [
    rate(RATE),
    of("hashrate_average", RATE, { algorithm: "sha256d", averagedSeconds: "start" }),
    of("uptime", uptime),
    of("shares_accepted", 0, { algorithm: "sha256d" }),
    of("difficulty_accepted", 0, { algorithm: "sha256d" }),
  ];
  t.equal(doubtsOf(life(3000)), 0, "it may just not have found one");
  t.equal(doubtsOf(life(3600)), DOUBT.workDisagrees);
});

/** Doubts of a window of a device that mined a hundred TH/s for `part` of the shares that this brings, after its totals. */
function windowDoubts(part: number, difficulty: number, doubts = 0): number | undefined {
  const work = (RATE * 600) / 2 ** 32;
  const shares = Math.round((work / difficulty) * part);
  const samples: FoldableSample[] = Array.from({ length: 60 }, (_, i) => ({
    ...{ deviceId: ID, source: "a", role: "miner" as const, doubts: i === 0 ? doubts : 0 },
    ...{ placedMs: (i + 1) * 10_000 - 1, spanMs: 10_000 },
    readings: [
      rate(RATE),
      of("shares_accepted", 1000, { algorithm: "sha256d" }),
      of("difficulty_accepted", 1000 * difficulty, { algorithm: "sha256d" }),
    ],
    increments:
      i < 59
        ? []
        : [
            { metric: "shares_accepted" as const, algorithm: "sha256d", by: shares },
            {
              metric: "difficulty_accepted" as const,
              algorithm: "sha256d",
              by: shares * difficulty,
            },
          ],
  }));
  return foldWindow(WINDOW, samples, [{ id: ID, algorithms: ["sha256d"] }])[0]?.doubts;
}

t.test(
  "chance is judged by the shares that a claim should have brought, not by those that came",
  async (t) => {
    const few = (RATE * 600) / 2 ** 32 / 96;
    t.equal(windowDoubts(1, few), 0);
    t.equal(windowDoubts(0.7, few), 0, "of 96 so many may be missing by chance");
    t.equal(windowDoubts(12 / 96, few), DOUBT.workDisagrees, "twelve where 96 were due");
    t.equal(windowDoubts(0, few), DOUBT.workDisagrees, "none where 96 were due");
    t.equal(windowDoubts(0, few * 10), 0, "none where nine were due proves nothing");
  },
);

t.test("what a counter grew by in an outage is not held against the window after it", async (t) => {
  const few = (RATE * 600) / 2 ** 32 / 96;
  t.equal(windowDoubts(20, few), DOUBT.workDisagrees);
  t.equal(windowDoubts(20, few, AFTER_GAP), 0, "and the mark itself is not signed");
});
