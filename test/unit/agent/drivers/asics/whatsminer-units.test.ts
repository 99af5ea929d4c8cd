import fc from "fast-check";
import t from "tap";
import { rateUnitOf } from "../../../../../agent/drivers/asics/whatsminer-units.ts";

t.test(
  "a rate is in the unit that its key names, as long as the factory's rate allows it",
  async (t) => {
    t.strictSame(rateUnitOf([67_000_000.5], 68_000), { rateUnit: "MH/s" });
    t.strictSame(
      rateUnitOf([undefined, 120_000.5, "x"], 68_000),
      { rateUnit: "MH/s" },
      "it starts",
    );
    t.strictSame(
      rateUnitOf([11_800_000], undefined),
      { rateUnit: "MH/s" },
      "no rate of the factory",
    );
  },
);

t.test("TH/s under the same key is told from the factory's rate, and said to be", async (t) => {
  t.strictSame(rateUnitOf([181.5], 180_000), { rateUnit: "TH/s", inferred: true });
  t.strictSame(rateUnitOf([0, 22.5], 180_000), { rateUnit: "TH/s", inferred: true }, "it starts");
});

t.test("a rate that fits neither has no unit", async (t) => {
  t.strictSame(rateUnitOf([58.97], 200), {}, "295 times the factory's");
  t.strictSame(rateUnitOf([58.97], undefined), {}, "nothing to tell by");
  t.strictSame(rateUnitOf([undefined, "1"], 180_000), {}, "no rate");
});

t.test("zero is a rate in every unit", async (t) => {
  t.strictSame(rateUnitOf([0, 0], 180_000), { rateUnit: "MH/s" });
  t.strictSame(rateUnitOf([0], undefined), { rateUnit: "MH/s" });
});

t.test("a device's own rate is never a million times what its factory measured", async (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.double({ min: 1e4, max: 1e6, noNaN: true }),
      (rate, factoryGhs) => {
        const { rateUnit, inferred } = rateUnitOf([rate], factoryGhs);
        if (rateUnit !== "TH/s") return inferred === undefined;
        return inferred === true && rate * 1e3 <= 2 * factoryGhs;
      },
    ),
  );
  t.pass("held");
});
