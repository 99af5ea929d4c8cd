import fc from "fast-check";
import t from "tap";
import { hottest } from "../../../../../agent/drivers/asics/hottest.ts";

t.test("the hottest sensor counts, and an empty place among others does not", async (t) => {
  for (const [found, celsius] of [
    [[61, 74.5, 0], 74.5],
    [[0, -5], -5],
    [[-8, -11], -8],
    [[0, 0], 0],
    [[70, "99", null, [99], undefined], 70],
    [["70"], undefined],
    [[], undefined],
  ] as const)
    t.equal(hottest(found), celsius, JSON.stringify(found));
});

t.test("it is one of the sensors, and none that is not 0 is hotter", async () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 150 }), { minLength: 1 }), (found) => {
      const celsius = hottest(found) ?? Number.NaN;
      return found.includes(celsius) && found.every((one) => one === 0 || one <= celsius);
    }),
  );
});

t.test("as many sensors as a reply can hold are too many for no stack", async (t) => {
  t.equal(hottest(Array(500_000).fill(61)), 61);
});
