import t from "tap";
import { sharesOf } from "../../../../../agent/drivers/asics/pool-shares.ts";

t.test("shares of all pools belong together", async (t) => {
  t.equal(sharesOf([{ a: 3 }, { a: 0 }, { a: 40 }], "/a"), 43);
});

t.test("a count that is missing or broken makes the whole unknown", async (t) => {
  t.equal(sharesOf([], "/a"), undefined, "no pool");
  for (const broken of [undefined, null, "3", 1.5, Number.NaN, 2 ** 60])
    t.equal(sharesOf([{ a: 3 }, { a: broken }], "/a"), undefined, String(broken));
});
