import t from "tap";
import { json } from "../../../../../agent/drivers/decode/json.ts";
import { defineDriver } from "../../../../../agent/drivers/driver.ts";
import {
  added,
  algorithmsIn,
  gpusIn,
  minedRows,
  STALE,
} from "../../../../../agent/drivers/miners/mined.ts";
import { readReplies } from "../../../../../agent/drivers/read-replies.ts";

/** What rows for a list of what is mined make of a reply: readings, and what there is in place of one. */
function told(reply: object, rows = minedRows()): readonly unknown[] {
  const driver = defineDriver({
    name: "made-up",
    about: "Made up",
    docs: "https://docs.example",
    kind: "gpu",
    role: "miner",
    ports: [],
    proof: [],
    asks: { all: { link: "http", target: "/", decode: json } },
    identify: () => true,
    identity: {},
    table: { all: [rows] },
  });
  return readReplies(driver, { all: Buffer.from(JSON.stringify(reply)) }).flatMap((report) => [
    ...report.readings.map(({ metric, value, algorithm }) => [metric, value, algorithm]),
    ...report.problems.map(({ metric, why }) => [metric, why]),
  ]);
}

t.test("a list is itself up to what a rig can hold, and beyond that none", async (t) => {
  for (const [listIn, most] of [
    [gpusIn, 256],
    [algorithmsIn, 16],
  ] as const) {
    const list = Array.from({ length: most }, () => ({}));
    t.equal(listIn(list), list);
    t.strictSame(listIn([]), []);
    for (const none of [[...list, {}], undefined, null, 7, "gpus", { 0: {}, length: 1 }])
      t.equal(listIn(none), undefined, String(none).slice(0, 20));
  }
});

t.test("a list that is too long is not looked through", async (t) => {
  let reads = 0;
  const list = new Proxy(
    Array.from({ length: 20_000 }, () => ({})),
    {
      get: (of, key) => {
        reads += 1;
        return Reflect.get(of, key);
      },
    },
  );
  t.equal(gpusIn(list), undefined);
  t.equal(algorithmsIn(list), undefined);
  t.equal(reads, 2, "its length, by each of the two");
});

t.test("a sum needs every part", async (t) => {
  t.equal(added([1.5, 0, 2]), 3.5);
  t.equal(added([0]), 0);
  for (const rates of [[], [1, undefined], [1, null], [1, "2"], [1, [2]], [true], ["off"], [{}]])
    t.equal(added(rates), undefined, JSON.stringify(rates));
});

t.test("each algorithm has its own rate and shares", async (t) => {
  const mined = [
    { algorithm: "etchash", rate: 61.5, accepted: 3, rejected: 0, stale: 2 },
    { algorithm: "kaspa", rate: "0", accepted: "41", rejected: null },
    { rate: "1.5e3" },
  ];
  t.strictSame(told({ mined }), [
    ["hashrate", 61.5, "etchash"],
    ["shares_accepted", 3, "etchash"],
    ["shares_rejected", 0, "etchash"],
    ["hashrate", 0, "kheavyhash"],
    ["shares_accepted", 41, "kheavyhash"],
    ["hashrate", 1500, undefined],
  ]);
  t.strictSame(told({ all: [{ rate: 7, stale: 2 }] }, minedRows("H/s", "/all", STALE)), [
    ["hashrate", 7, undefined],
    ["shares_stale", 2, undefined],
  ]);
});

t.test("a rate that is none is said to be none, and is never 0", async (t) => {
  for (const [rate, why] of [
    [undefined, "absent"],
    [null, "absent"],
    ["off", "blank"],
    ["", "blank"],
    ["12 MH/s", "not-a-number"],
    ["on", "not-a-number"],
    [true, "not-a-number"],
    [[12], "not-a-number"],
    [{}, "not-a-number"],
    [-1, "out-of-range"],
  ] as const)
    t.strictSame(told({ mined: [{ rate }] }), [["hashrate", why]], JSON.stringify(rate));
  for (const mined of [undefined, null, { 0: { rate: 1 } }, "7"])
    t.strictSame(told({ mined }), [[undefined, "wrong-shape"]], JSON.stringify(mined));
});

t.test("a unit that each says for itself is not taken from another", async (t) => {
  const mined = [{ rate: 2, unit: "kH/s" }, { rate: 3 }, { rate: 4, unit: "furlongs" }];
  t.strictSame(told({ mined }, minedRows({ at: "/unit" })), [
    ["hashrate", 2000, undefined],
    ["hashrate", "no-unit"],
    ["hashrate", "no-unit"],
  ]);
});
