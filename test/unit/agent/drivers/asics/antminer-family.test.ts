import t from "tap";
import { antminerDocs } from "../../../../../agent/drivers/asics/antminer-family.ts";

const version = (head: object) => ({ VERSION: [head] });
const stats = (head: object, figures: object = {}) => ({ STATS: [head, figures] });

t.test("a model is known by either reply, and the unit of its rates goes with it", async (t) => {
  for (const docs of [
    {
      version: version({ Type: "Antminer L3+" }),
      stats: stats({}, { Elapsed: 9, "GHS 5s": "504.5" }),
    },
    { stats: stats({ Type: "Antminer L3+" }, { Elapsed: 9, "GHS 5s": "504.5" }) },
  ])
    t.match(antminerDocs(docs).stats, {
      model: "Antminer L3+",
      algorithm: "scrypt",
      rate: "504.5",
      rateUnit: "MH/s",
    });
  t.match(
    antminerDocs({ stats: stats({ Type: "Antminer X1" }, { Elapsed: 9, "GHS 5s": 7 }) }).stats,
    {
      algorithm: undefined,
      rate: 7,
      rateUnit: undefined,
    },
  );
});

t.test("a newer reply goes before the classic one, and names the machine", async (t) => {
  const newer = {
    INFO: { type: "Antminer S21", miner_version: "1.2" },
    STATS: [{ rate_5s: 200, rate_unit: "TH/s", chain: [] }],
  };
  t.match(
    antminerDocs({ stats: stats({}, { Elapsed: 9, "GHS 5s": 7 }) }, [undefined, newer]).stats,
    {
      model: "Antminer S21",
      firmware: "1.2",
      rate: 200,
      rateUnit: "TH/s",
    },
  );
  const other = { STATS: [{ rate_5s: 9, rate_unit: "TH/s", chain: [] }] };
  t.match(antminerDocs({ stats: other }, [newer]).stats, { rate: 200 });
});

t.test("firmware goes by the release in the type, else the miner's, else its day", async (t) => {
  for (const [head, firmware] of [
    [{ Type: "Antminer S9 (v5.1)", Miner: "2.0", CompileTime: "Mon" }, "5.1"],
    [{ Type: "Antminer S9", Miner: "2.0", CompileTime: "Mon" }, "2.0"],
    [{ Type: "Antminer S9", CompileTime: "Mon" }, "Mon"],
    [{ Type: "Antminer S9" }, undefined],
  ] as const)
    t.strictSame(antminerDocs({ version: version(head) }).version, {
      model: "Antminer S9",
      firmware,
    });
  t.match(antminerDocs({ stats: stats({ Type: "Antminer S9", Miner: "2.0" }) }).stats, {
    firmware: "2.0",
  });
});

t.test("what was not answered is not made up", async (t) => {
  t.strictSame(antminerDocs({}), {});
  t.strictSame(Object.keys(antminerDocs({ version: {}, summary: {}, pools: {} })), [
    "version",
    "summary",
    "pools",
  ]);
  t.strictSame(antminerDocs({ version: {} }).version, { model: undefined, firmware: undefined });
  t.equal(antminerDocs({ pools: { POOLS: [] } }).pools, undefined);
});
