import t from "tap";
import { vnishWeb } from "../../../../../agent/drivers/asics/vnish-web.ts";
import { listOf } from "../../../../../agent/drivers/pointer.ts";

const S19 = "Antminer S19 (Vnish 1.2.6)";
const of = (miner: object, about?: unknown) =>
  vnishWeb({ miner: { miner_type: S19, ...miner } }, about, 90);

t.test("both names of a rate lead to one, each in the unit that is its own", async (t) => {
  const [newer, older] = [{ hr_realtime: 95_000 }, { instant_hashrate: 95 }];
  for (const [miner, about, rate, rateUnit, boardUnit] of [
    [newer, { hr_measure: "GH/s" }, 95_000, "GH/s", "GH/s"],
    [newer, { hr_measure: "MH/s" }, 95_000, "MH/s", "MH/s"],
    [newer, undefined, 95_000, "GH/s", "GH/s"],
    [older, { hr_measure: "GH/s" }, 95, "TH/s", "GH/s"],
    [older, { hr_measure: "MH/s" }, 95, "GH/s", "MH/s"],
    [older, undefined, 95, "TH/s", "GH/s"],
    [older, { hr_measure: "furlongs" }, 95, undefined, "furlongs"],
    [older, { algorithm: "scrypt" }, 95, "GH/s", "MH/s"],
    [newer, { algorithm: "x11" }, 95_000, undefined, undefined],
    [{ hr_realtime: "95000", ...older }, undefined, 95, "TH/s", "GH/s"],
  ] as const) {
    const found = of(miner, about);
    t.strictSame(
      [found?.["rate"], found?.["rateUnit"], found?.["boardUnit"]],
      [rate, rateUnit, boardUnit],
      JSON.stringify([miner, about]),
    );
  }
  t.match(vnishWeb({ miner: { ...newer, miner_type: "Antminer L7" } }, undefined, 0), {
    rateUnit: "MH/s",
  });
});

t.test("power is metered where the supply says that it measures, else reckoned", async (t) => {
  const metering = (said: unknown) => ({
    power_consumption: 3100,
    power_usage: 3000,
    psu: { psu_power_metering: said },
  });
  t.match(of(metering(true)), { meteredPower: 3100, reckonedPower: undefined });
  for (const said of [false, undefined, "true", 1])
    t.match(of(metering(said)), { meteredPower: undefined, reckonedPower: 3100 }, String(said));
  t.match(of({ power_usage: 3000 }), { reckonedPower: 3000 });
});

t.test("only sensors that measure count, and chips that are not given up", async (t) => {
  const sensor = (temp: unknown, status = "measure") => ({ temp, status });
  const boards = [
    {
      chip_temp_sens: [sensor(61), sensor(99, "init"), sensor("98"), 97],
      pcb_temp_sens: [sensor(50, "error")],
      chip_statuses: { red: 2, orange: 3, grey: 70 },
    },
    { chip_statuses: { red: 2, grey: 70 } },
  ];
  const read = of({ chains: [...boards, 7, null] })?.["boards"];
  t.equal(listOf(read).length, 2);
  t.match(read, [
    { chipTemperature: 61, boardTemperature: undefined, chipsWorking: 73 },
    { chipTemperature: undefined, chipsWorking: undefined },
  ]);
});

t.test("the owner's pool that is active is in use, and the maker's never", async (t) => {
  const pool = (url: string, status: string, pool_type = "UserPool") => ({
    url,
    status,
    pool_type,
  });
  const [fee, first, active] = [
    pool("fee.example", "active", "DevFee"),
    pool("a.example", "offline"),
    pool("b.example", "active"),
  ];
  t.match(of({ pools: [fee, first, active] }), { pool: active });
  t.match(of({ pools: [fee, first] }), { pool: first });
  for (const pools of [[fee], [], undefined, {}, [7, null]])
    t.equal(of({ pools })?.["pool"], undefined, JSON.stringify(pools));
});

t.test("in oil there are no fans, whatever is listed", async (t) => {
  const cooling = (name: string) => ({
    cooling: { fan_duty: 40, fans: [{ rpm: 0 }], settings: { mode: { name } } },
  });
  t.match(of(cooling("auto")), { duty: 40, fans: [{ rpm: 0 }] });
  const wet = of(cooling("immersion"));
  t.strictSame([wet?.["fans"], wet?.["duty"]], [[], undefined]);
});

t.test("what says nothing of a miner is nothing, and what is missing stays so", async (t) => {
  for (const none of [undefined, null, {}, [], "x", { miner: null }, { miner: [] }])
    t.equal(vnishWeb(none, undefined, 90), undefined, JSON.stringify(none));
  for (const odd of [undefined, null, 7, "x", [], {}]) {
    const miner = { chains: odd, psu: odd, cooling: odd, pools: odd, chip_temp: odd };
    const found = vnishWeb({ miner }, odd, undefined);
    t.strictSame([found?.["boards"], found?.["fans"]], [[], []], JSON.stringify(odd));
    t.match(
      found,
      {
        rate: undefined,
        rateUnit: undefined,
        algorithm: undefined,
        supplyTemperature: undefined,
        elapsed: undefined,
      },
      JSON.stringify(odd),
    );
  }
});
