import t from "tap";
import {
  devicesOf,
  hasRates,
  withRates,
} from "../../../../../agent/drivers/asics/cgminer-rates.ts";
import { listOf, pointer } from "../../../../../agent/drivers/pointer.ts";
import { readsGrowth } from "../../../../support/reads-growth.ts";

t.test("the shortest rate there is counts, in the unit that its name says", async (t) => {
  for (const [doc, list, amount, unit] of [
    [{ "MHS 5s": 7, "MHS 1m": 8 }, "over 5s", 7, "MH/s"],
    [{ "MHS 20s": 7, "MHS av": 9 }, "over 20s", 7, "MH/s"],
    [{ "KHS 30s": 7 }, "over 30s", 7, "kH/s"],
    [{ "MHS 5s": null, "GHS 1m": 0 }, "over 1m", 0, "GH/s"],
    [{ "THS 5s": "7" }, "over 5s", "7", "TH/s"],
    [{ "HS 5s": 7 }, "over 5s", 7, "H/s"],
  ] as const) {
    const found: Readonly<Record<string, unknown>> = withRates(doc);
    for (const span of ["over 5s", "over 20s", "over 30s", "over 1m"])
      t.strictSame(found[span], span === list ? [{ amount, unit }] : [], `${list} ${span}`);
    t.strictSame(found["missing"], []);
    t.ok(hasRates(doc));
  }
});

t.test("a mean since the start is not put in place of a rate that is missing", async (t) => {
  t.strictSame(withRates({ "MHS av": 9 }), {
    "MHS av": 9,
    missing: [{}],
    mean: { amount: 9, unit: "MH/s" },
    "over 5s": [],
    "over 20s": [],
    "over 30s": [],
    "over 1m": [],
  });
  t.ok(hasRates({ "MHS av": 9 }));
  t.strictSame(withRates({ "PHS 5s": 7, "MHS 15m": 7 })["missing"], [{}]);
  for (const none of [undefined, null, 7, "MHS 5s", [], {}, { "MHS 5s": null }, { "mhs 5s": 7 }])
    t.notOk(hasRates(none), JSON.stringify(none));
});

t.test("boards and GPUs are told apart, each by its own number", async (t) => {
  const devs = {
    DEVS: [
      { ASC: 0, "MHS 5s": 1 },
      7,
      { GPU: 0, "KHS 20s": 2 },
      { PGA: 3, "MHS av": 3 },
      { ID: 4, "MHS 5s": 0 },
    ],
  };
  const [boards, gpus] = [devicesOf(devs, "board"), devicesOf(devs, "gpu")];
  t.strictSame(
    listOf(boards["board"]).map((one) => [pointer(one, "/number"), pointer(one, "/mean/amount")]),
    [
      [0, undefined],
      [3, 3],
      [4, undefined],
    ],
  );
  t.strictSame(boards["board over 5s"], [
    { number: 0, amount: 1, unit: "MH/s" },
    { number: 4, amount: 0, unit: "MH/s" },
  ]);
  t.strictSame(boards["board over 20s"], []);
  t.equal(listOf(gpus["gpu"]).length, 1);
  t.strictSame(gpus["gpu over 20s"], [{ number: 0, amount: 2, unit: "kH/s" }]);
  for (const none of [undefined, null, {}, { DEVS: { ASC: 0 } }, { DEVS: [7, null, []] }])
    t.strictSame(devicesOf(none, "board")["board"], [], JSON.stringify(none));
});

t.test("of a list without end no more is looked at than a table would refuse", async (t) => {
  const replyOf = (length: number) => ({ DEVS: Array.from({ length }, () => ({ ASC: 0 })) });
  t.equal(
    readsGrowth(replyOf, (devs) => devicesOf(devs, "board")),
    1,
  );
  const { board } = devicesOf(replyOf(20_000), "board");
  t.ok(Array.isArray(board) && board.length > 1024, "so that the table sees that there are more");
});
