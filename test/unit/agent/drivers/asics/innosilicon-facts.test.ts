import t from "tap";
import {
  allOf,
  chainsOf,
  factsOf,
  membersOf,
  modelOf,
} from "../../../../../agent/drivers/asics/innosilicon-facts.ts";

t.test("what MHS means is known by model, and of others it is not known", async (t) => {
  for (const [model, algorithm, rateUnit] of [
    ["A9++", "equihash", "Sol/s"],
    ["T2Turbo", "sha256d", "MH/s"],
    ["A10 Pro", undefined, "MH/s"],
    ["A11", undefined, "MH/s"],
    ["A4+", "scrypt", "MH/s"],
    ["a6", "scrypt", "MH/s"],
    ["A5", "x11", "MH/s"],
    ["A8", undefined, undefined],
    ["S11", undefined, undefined],
    [undefined, undefined, undefined],
    [null, undefined, undefined],
    [["T2", "A9"], "sha256d", "MH/s"],
  ] as const) {
    const facts = factsOf(model);
    t.strictSame([facts.algorithm, facts.rateUnit], [algorithm, rateUnit], String(model));
  }
});

t.test("a model is taken out of its program's name only", async (t) => {
  for (const [description, model] of [
    ["innominer a9-1.1.0", "A9"],
    ["Innominer_T2-2.0", "T2"],
    ["cgminer 4.10.0", undefined],
    ["my innominer a9", undefined],
    [undefined, undefined],
    [7, undefined],
  ] as const)
    t.equal(modelOf(description), model, String(description));
});

t.test("a list is the same however many keys the firmware spreads it over", async (t) => {
  const whole = [{ STATS: 0 }, { STATS: 1 }];
  t.strictSame(membersOf({ STATS: whole }, "STATS"), whole);
  t.strictSame(membersOf({ STATS0: [whole[0]], STATS1: [whole[1]], id: 1 }, "STATS"), whole);
  t.strictSame(membersOf({ POOLS: [{ POOL: 0 }], POOLS2: [{ POOL: 1 }] }, "POOL").length, 2);
  for (const none of [
    undefined,
    null,
    [],
    7,
    { STATS: {} },
    { STATS: [7, null] },
    { STATUS: [{}] },
  ])
    t.strictSame(membersOf(none, "STATS"), [], JSON.stringify(none));
});

t.test("members with chips are boards, and a board of 0 chips is one", async (t) => {
  const chains = chainsOf({
    STATS: [
      { STATS: 0, Elapsed: 9 },
      { STATS: 1, "Chain ID": 7, "Num chips": 60, "Num active chips": 0, "MHS av": 5, Temp: 61 },
      { STATS: 2, "Num active chips": 58 },
    ],
  });
  t.match(chains, [
    { number: 7, chips: 60, working: 0, mean: 5, temperature: 61, duty: undefined },
    { number: 2, chips: undefined, working: 58 },
  ]);
  t.equal(chains.length, 2);
});

t.test("a page's summary without boards has an empty list of them", async (t) => {
  t.strictSame(allOf({ all: { chain: [1], a: 2 } }), { chain: [1], a: 2, chains: [1] });
  t.strictSame(allOf({ all: {} }), { chains: [] });
  t.strictSame(allOf({ all: { chain: "none" } })?.["chains"], []);
  for (const none of [undefined, null, {}, { all: [] }, { all: "x" }])
    t.equal(allOf(none), undefined);
});
