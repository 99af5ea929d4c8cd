import t from "tap";
import { avalonOf } from "../../../../../agent/drivers/asics/avalon-modules.ts";

const miner = (text: string) => ({ STATS: [{ "MM ID0": `Ver[1566-x] ${text}` }] });

t.test("a miner's own text has a board for each mean and a fan for each speed", async (t) => {
  const one = avalonOf(
    miner("GHSspd[900] MGHS[300.5 301 0] MTmax[81 82] Fan1[2700] Fan3[0] FanR[47%] HBITemp[33]"),
  );
  t.match(one, {
    whole: { Ver: "1566-x" },
    speed: "900",
    boards: [
      { number: 0, mean: "300.5", hottest: "81" },
      { number: 1, mean: "301", hottest: "82" },
      { number: 2, mean: "0", hottest: undefined },
    ],
    fans: [
      { number: 0, speed: "2700" },
      { number: 1, speed: "0" },
    ],
    duty: "47",
  });
  t.equal(one?.boards.length, 3);
  t.equal(one?.boards[0]?.inlet, undefined, "two sensors cannot be of three boards");
});

t.test("the air's sensors are of a board that is alone", async (t) => {
  const board = { number: 0, mean: "300", inlet: "33", outlet: "51" };
  t.match(avalonOf(miner("MGHS[300] HBITemp[33] HBOTemp[51]"))?.boards, [board]);
  t.match(avalonOf(miner("HBITemp[33]"))?.boards, [{ number: 0, inlet: "33", mean: undefined }]);
  t.strictSame(avalonOf(miner("HBOTemp[51]"))?.boards, []);
});

t.test(
  "modules of a controller are boards with their own numbers, and never one whole",
  async (t) => {
    const text = (more: string) => `Ver[8411] ${more}`;
    const two = avalonOf({
      STATS: [
        { "MM ID3": text("Temp[36] TMax[71] Fan[4100] FanR[60%] GHSmm[7000] ECMM[512]") },
        { Elapsed: 9, "MM ID7": text("Temp[38] GHSspd[9] PS[0 1 2 3 4 5 6] ECMM[0]") },
      ],
    });
    t.match(two, {
      speed: undefined,
      boards: [
        { number: 3, inlet: "36", hottest: "71", expected: "7000" },
        { number: 7, inlet: "38", hottest: undefined },
      ],
      fans: [
        { number: 3, speed: "4100", duty: "60" },
        { number: 7, speed: undefined },
      ],
    });
    t.strictSame([two?.whole, two?.wall, two?.supply, two?.errors], [{}, [], [], ["ECMM[512]"]]);
    t.equal(two?.boards.length, 2);
  },
);

t.test("power at the plug goes before what the supply gives out", async (t) => {
  const powerOf = (text: string): unknown => {
    const { wall, supply } = avalonOf(miner(text)) ?? {};
    return { wall, supply };
  };
  const [none, some] = [[], (watt: string) => [{ watt }]];
  for (const [text, wall, supply] of [
    ["PS[0 1214 1316 97 1276 1320 1388]", some("1388"), none],
    ["PS[0 1214 1316 97 1276 1320] WALLPOWER[1390]", some("1390"), none],
    ["PS[0 1214 1316 97 1276 1320]", none, some("1276")],
    ["PS[0 1214]", none, none],
    ["PS[]", none, none],
    ["", none, none],
  ] as const)
    t.strictSame(powerOf(text), { wall, supply }, text);
});

t.test("a code of 0 is no fault", async (t) => {
  t.strictSame(avalonOf(miner("PS[0 1] ECHU[0 0 0] ECMM[0]"))?.errors, []);
  t.strictSame(avalonOf(miner(""))?.errors, []);
  t.strictSame(avalonOf(miner("PS[8 1] ECHU[0 16 0] ECMM[1]"))?.errors, [
    "ECHU[0 16 0]",
    "ECMM[1]",
    "PS[8]",
  ]);
});

t.test("what has no module in it is no Avalon", async (t) => {
  for (const none of [
    undefined,
    null,
    {},
    { STATS: {} },
    { STATS: [7, null, "MM ID0"] },
    { STATS: [{ "MM ID0": 7 }] },
    { STATS: [{ "MM ID0": "Temp[36]" }] },
    { STATS: [{ "MM IDx": "Ver[1]" }] },
    { STATS: [{ "MM ID0": "Ver[1" }] },
  ])
    t.equal(avalonOf(none), undefined, JSON.stringify(none));
});

t.test("of modules and boards without end a bus full is read", async (t) => {
  const STATS = Array.from({ length: 20_000 }, () => ({ "MM ID1": "Ver[1]" }));
  t.equal(avalonOf({ STATS })?.boards.length, 64);
  t.equal(avalonOf(miner(`MGHS[${"1 ".repeat(20_000)}]`))?.boards.length, 64);
});
