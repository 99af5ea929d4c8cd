import t from "tap";
import {
  algorithmOfModel,
  fromDevs,
  fromWeb,
  macOf,
} from "../../../../../agent/drivers/asics/goldshell-boards.ts";

t.test("a board has the chips of its own number, and the hottest of its sensors", async (t) => {
  const { boards, fans } = fromDevs(
    {
      DEVS: [
        { ID: 1, "MHS 20s": 7, "MHS av": 6, "tstemp-0": 61, "tstemp-1": 74, fan0: 2700, fan3: 0 },
        null,
        { ID: 0, "tstemp-0": "61", fan0: 9 },
      ],
    },
    { DEVDETAILS: [{ ID: 0, "chips-nr": 16 }, 7, { ID: 1, "chips-nr": 18 }] },
  );
  t.match(boards, [
    { number: 1, rate: 7, mean: 6, chips: 18, chipTemperature: 74 },
    { number: 0, rate: undefined, chips: 16, chipTemperature: undefined },
  ]);
  t.equal(boards.length, 2);
  t.strictSame(fans, [2700, 0], "the miner's, which every board repeats");
});

t.test("a number is read out of a text where its unit stands behind it", async (t) => {
  const of = (board: object) => fromWeb({ data: [board] });
  t.equal(of({ temp: "82.0 °C / 79.7 °C" }).boards[0]?.chipTemperature, 82);
  t.equal(of({ temp: "60 °C", r_temp: "-3.5°C", t_temp: "71 °C" }).boards[0]?.chipTemperature, 71);
  t.strictSame(of({ fanspeed: "2700 rpm / 0 rpm" }).fans, [2700, 0]);
  for (const none of ["82", "82 F", "hot", "", 82, null, ["82 °C"], `${" ".repeat(200)}82 °C`])
    t.equal(of({ temp: none }).boards[0]?.chipTemperature, undefined, JSON.stringify(none));
});

t.test("a sum needs every board", async (t) => {
  const board = { hashrate: 7, av_hashrate: 6, accepted: 3, rejected: 0 };
  t.match(fromWeb({ data: [board, board] }), { rate: 14, mean: 12, accepted: 6, rejected: 0 });
  for (const odd of [{}, { hashrate: "7", av_hashrate: null, accepted: "3", rejected: 1.5 }])
    t.match(fromWeb({ data: [board, odd] }), {
      rate: undefined,
      mean: undefined,
      accepted: undefined,
      rejected: undefined,
    });
  for (const none of [undefined, null, {}, { data: {} }, { data: [] }, { data: [7, null] }])
    t.strictSame(
      fromWeb(none),
      {
        boards: [],
        fans: [],
        rate: undefined,
        mean: undefined,
        accepted: undefined,
        rejected: undefined,
        elapsed: undefined,
      },
      JSON.stringify(none),
    );
});

t.test("what a model mines is said where it mines one thing", async (t) => {
  for (const [model, algorithm] of [
    ["Goldshell-LT6", "scrypt"],
    ["Goldshell Mini-DOGE Pro", "scrypt"],
    ["DG Max", "scrypt"],
    ["KD6", "blake2s"],
    ["CK6", "eaglesong"],
    ["KA-BOX", "kheavyhash"],
    ["AL-BOX", "blake3"],
    ["SC5 Pro", "blake2b-sia"],
    ["HS5", undefined],
    ["Goldshell", undefined],
    [undefined, undefined],
    [7, undefined],
  ] as const)
    t.equal(algorithmOfModel(model), algorithm, String(model));
});

t.test("a name that is no hardware address is the owner's word", async (t) => {
  t.equal(macOf({ name: "02:00:5E:10:00:01" }), "02:00:5E:10:00:01");
  t.equal(macOf({ name: "02-00-5e-10-00-01" }), "02-00-5e-10-00-01");
  for (const name of ["shelf 3", "02:00:5E:10:00", "02:00:5E:10:00:01:02", "", null, 2, ["02"]])
    t.equal(macOf({ name }), undefined, String(name));
  for (const none of [undefined, null, "02:00:5E:10:00:01"]) t.equal(macOf(none), undefined);
});
