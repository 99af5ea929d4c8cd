import t from "tap";
import { factsOf } from "../../../../../agent/drivers/asics/antminer-models.ts";
import { statsOf } from "../../../../../agent/drivers/asics/antminer-stats.ts";

const classic = (more: object) => ({ STATS: [{}, { Elapsed: 1, "GHS 5s": 2, ...more }] });
const newer = (chain: readonly object[], more: object = {}) => ({
  STATS: [{ rate_5s: 3, rate_unit: "GH/s", chain, ...more }],
});
const S19 = factsOf("Antminer S19");
const boardOf = (stats: unknown, facts = S19) => statsOf([stats], facts).boards[0];

t.test("both forms number the same board and fan alike", async (t) => {
  const old = classic({ chain_acn1: 3, chain_acn3: 3, fan_num: 2, fan1: 10, fan2: 20 });
  const fresh = newer([{ index: 0 }, { index: 2 }], { fan: [10, 20] });
  for (const stats of [old, fresh]) {
    const { boards, fans } = statsOf([stats], S19);
    t.strictSame(
      boards.map(({ number }) => number),
      [1, 3],
    );
    t.strictSame(fans, [
      { number: 1, speed: 10 },
      { number: 2, speed: 20 },
    ]);
  }
});

t.test("a chip counts where the map shows it at work, whatever the count beside it", async (t) => {
  const working = (map: unknown) =>
    boardOf(classic({ chain_acn1: 88, chain_acs1: map }))?.chipsWorking;
  t.equal(working(" oo ox xx"), 3);
  t.equal(working(" xx xx"), 0);
  t.equal(working(" OOO__ oo--"), 5);
  for (const none of ["", "  ", "----", undefined, 88, "ok", "ooo?"])
    t.equal(working(none), undefined);
  t.equal(boardOf(newer([{ asic: "oox" }]))?.chipsWorking, 2);
});

t.test("temperatures below zero stand between dashes", async (t) => {
  const celsius = (text: string) =>
    boardOf(classic({ chain_acn1: 1, temp_pcb1: text }))?.boardTemperature;
  t.equal(celsius("2--1-20-19"), 20);
  t.equal(celsius("-8--11--10--12"), -8);
  t.equal(celsius("0-0-0-0"), 0);
  t.equal(celsius("0--5"), -5, "0 is an empty place among others");
  for (const text of ["-", "", "m-m-m-m", "1-", "1.5-2"]) t.equal(celsius(text), undefined, text);
});

t.test("water's sensors are those that the reply names, else those of the model", async (t) => {
  const sensors = { temp_pcb: [36, 46, 45, 50], temp_pic: [52, 45, 51, 47] };
  const [hydro, air] = [factsOf("Antminer S21 XP Hyd."), factsOf("Antminer S21 XP")];
  t.match(boardOf(newer([sensors]), hydro), { inletTemperature: 36, outletTemperature: 45 });
  t.equal(boardOf(newer([sensors]), air)?.inletTemperature, undefined);
  const named = { ...sensors, temp_in: [34, 44], temp_out: [42, 56] };
  t.match(boardOf(newer([named]), hydro), { inletTemperature: 34, outletTemperature: 42 });
  t.equal(boardOf(newer([{ temp_pcb: "36" }]), hydro)?.outletTemperature, undefined);
});

t.test("a machine under water has no fans that stand still", async (t) => {
  const stats = newer([], { fan: [0, 0, 0] });
  t.strictSame(statsOf([stats], factsOf("Antminer S21 XP Hyd.")).fans, []);
  t.equal(statsOf([stats], S19).fans.length, 3);
});

t.test(
  "the first reply in the newer form counts, and the classic one names the machine",
  async (t) => {
    const stats = statsOf(
      [undefined, newer([]), newer([{ index: 0 }]), classic({ miner_id: "70a1c0ffee10481c" })],
      S19,
    );
    t.match(stats, { rate: 3, minerId: "70a1c0ffee10481c", boards: [] });
  },
);

t.test("words in place of the control board's number are no number", async (t) => {
  const idOf = (miner_id: unknown): unknown => statsOf([classic({ miner_id })], S19).minerId;
  for (const none of [
    undefined,
    null,
    "",
    "no miner id now",
    "REDACTED-ID",
    "0000000000000000",
    "70a1c0ffee1",
    "70a1c0ffee10481c9",
    "70a1c0ffee10481g",
    70_000_000_000_000,
  ])
    t.equal(idOf(none), undefined, JSON.stringify(none));
  for (const id of ["70A1C0FFEE10481C", "02005e106601"]) t.equal(idOf(id), id);
});
