import t from "tap";
import { panelOf } from "../../../../../agent/drivers/asics/iceriver-panel.ts";
import { listOf } from "../../../../../agent/drivers/pointer.ts";

t.test("the letter behind a rate goes before the unit of all, and no unit is none", async (t) => {
  for (const [rtpow, unit, amount, spelled] of [
    ["15011G", "T", "15011", "GH/s"],
    ["15011g", undefined, "15011", "gH/s"],
    ["8.25TH/s", "G", "8.25", "TH/s"],
    ["15011", "G", "15011", "GH/s"],
    ["15011", " M ", "15011", "MH/s"],
    ["15011", undefined, "15011", undefined],
    ["15011", "", "15011", undefined],
    ["15011", 7, "15011", undefined],
    ["0G", "G", "0", "GH/s"],
    ["15,011G", "G", undefined, undefined],
    ["-1G", "G", undefined, undefined],
    ["15011X", "G", undefined, undefined],
    [15_011, "G", undefined, undefined],
    [null, "G", undefined, undefined],
  ] as const)
    t.strictSame(
      panelOf({ rtpow, unit })["rate"],
      { amount, unit: spelled },
      JSON.stringify([rtpow, unit]),
    );
});

t.test("a miner is what its program is named for, where the panel says none", async (t) => {
  for (const [panel, named, algorithm] of [
    [{ softver1: "top_ks3_miner", model: "none" }, "KS3", "kheavyhash"],
    [{ softver1: "top_al0_miner" }, "AL0", "blake3"],
    [{ softver1: "top_10306_miner" }, "AL3", "blake3"],
    [{ softver1: "top_rx0_miner" }, "RX0", undefined],
    [{ softver1: "top_ks3_miner", model: "KS3M" }, "KS3M", "kheavyhash"],
    [{ softver1: "top_99999_miner", model: "none" }, undefined, undefined],
    [{ softver1: 7 }, undefined, undefined],
    [{}, undefined, undefined],
  ] as const) {
    const found = panelOf(panel);
    t.strictSame([found["named"], found["algorithm"]], [named, algorithm], JSON.stringify(panel));
  }
});

t.test("a board has the hottest of its sensors, and only one with a fault is named", async (t) => {
  const boards = [
    { no: 1, rtpow: "5000G", pcbtemp: "41.00-42.50-0.00-0.00", error: 0 },
    7,
    { no: 2, rtpow: "5000G", pcbtemp: "41.0;42.5", error: "3" },
    { no: 3, pcbtemp: 41, error: "ok" },
  ];
  const found = panelOf({ unit: "G", boards });
  t.match(found["boards"], [
    { number: 1, hottest: 42.5, rate: { amount: "5000", unit: "GH/s" } },
    { number: 2, hottest: undefined },
    { number: 3, hottest: undefined, rate: { amount: undefined } },
  ]);
  t.equal(listOf(found["boards"]).length, 3);
  t.strictSame(found["errors"], ["board 2: 3"]);
  for (const none of [undefined, null, {}, "2"]) {
    const bare = panelOf({ boards: none });
    t.strictSame([bare["boards"], bare["errors"]], [undefined, []], JSON.stringify(none));
  }
});

t.test("shares are of all pools, and the one in state 1 is in use", async (t) => {
  const [first, second] = [
    { addr: "a.example", state: 0, accepted: 3, rejected: 1 },
    { addr: "b.example", state: "1", accepted: 4, rejected: 0 },
  ];
  t.match(panelOf({ pools: [first, second] }), { accepted: 7, rejected: 1, inUse: second });
  t.match(panelOf({ pools: [first] }), { accepted: 3, inUse: first });
  t.match(panelOf({ pools: [first, { accepted: "4" }] }), { accepted: undefined, inUse: first });
  for (const pools of [undefined, null, {}, [], "a.example"])
    t.match(panelOf({ pools }), { accepted: undefined, rejected: undefined, inUse: undefined });
});
