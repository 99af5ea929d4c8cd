import t from "tap";
import { dragonmint } from "../../../../../agent/drivers/asics/dragonmint.ts";
import { isDragonmint } from "../../../../../agent/drivers/asics/dragonmint-overview.ts";
import { innosilicon } from "../../../../../agent/drivers/asics/innosilicon.ts";

const overview = (type: unknown, platform: unknown) => ({
  success: true,
  type,
  version: { platform_v: platform },
});

t.test("one page belongs to one maker", async (t) => {
  for (const [type, platform, maker] of [
    ["T1", "t1_20180512_101010", "dragonmint"],
    ["T1", "t2_20180512_101010", "innosilicon"],
    ["T2", "t1_20180512_101010", "innosilicon"],
    ["T2T", "t2t_20190523_071756", "innosilicon"],
    ["T1", undefined, undefined],
    [undefined, "t1_20180512_101010", undefined],
    [["T1"], "t1_20180512_101010", undefined],
  ] as const) {
    const docs = { overview: overview(type, platform) };
    const known = [dragonmint, innosilicon].filter((driver) => driver.identify(docs));
    t.strictSame(
      known.map(({ name }) => name),
      maker === undefined ? [] : [maker],
      `${type} ${platform}`,
    );
  }
});

t.test("what is no overview is no DragonMint's", async (t) => {
  for (const odd of [undefined, null, 7, "T1", [], {}, { type: "T1" }, { type: "T1", version: 1 }])
    t.equal(isDragonmint(odd), false, JSON.stringify(odd));
});
