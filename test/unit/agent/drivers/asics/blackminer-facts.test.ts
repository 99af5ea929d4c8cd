import t from "tap";
import {
  factsOf,
  figuresOf,
  ungrouped,
  ungroupedIn,
} from "../../../../../agent/drivers/asics/blackminer-facts.ts";

t.test(
  "one firmware is known by three names, and an FPGA mines what it was loaded with",
  async (t) => {
    t.match(factsOf("Hammer D10"), { make: "Hammer", algorithm: "scrypt", pageUnit: "MH/s" });
    t.match(factsOf("VOLCMINER D1"), { make: "VolcMiner", algorithm: "scrypt" });
    t.strictSame(factsOf("Blackminer F1"), { make: "Blackminer", pageUnit: "GH/s" });
    for (const other of ["Antminer S9", "My Hammer", "", undefined, null, 7])
      t.equal(factsOf(other), undefined, String(other));
  },
);

t.test("the name of a rate is its unit, and without a rate there is none", async (t) => {
  const told = (figures: unknown) => figuresOf({ STATS: [{}, figures] });
  t.match(told({ "MHS 5s": 7, "MHS av": 6, "GHS 5s": 5 }), { now: 7, mean: 6, rateUnit: "MH/s" });
  t.match(told({ "GHS 5s": 7, "GHS av": 6, Elapsed: 9 }), {
    now: 7,
    mean: 6,
    rateUnit: "GH/s",
    elapsed: 9,
  });
  t.strictSame([told({})?.boards, told({})?.fans], [[], []]);
  t.match(told({}), { now: undefined, mean: undefined, rateUnit: undefined });
  for (const none of [undefined, null, 7, [], "GHS 5s"]) t.equal(told(none), undefined);
  t.equal(figuresOf({ STATS: [{ "GHS 5s": 7 }] }), undefined, "the first member is the title");
});

t.test("commas are taken out of numbers in groups of three, and out of nothing else", async (t) => {
  for (const [text, number] of [
    ["18,500.5", "18500.5"],
    [" 1,018,500 ", " 1018500 "],
    ["-1,000", "-1000"],
  ] as const)
    t.equal(ungrouped(text), number);
  for (const other of ["18,50", "1,5", "18500", "1000,000", ",500", "1,000,", "a,bcd", "", 7, null])
    t.equal(ungrouped(other), other);
  t.strictSame(ungroupedIn({ a: "1,000", b: ["1,000"], c: 3 }), { a: "1000", b: ["1,000"], c: 3 });
  for (const none of [undefined, null, 7, "1,000", ["1,000"]]) t.strictSame(ungroupedIn(none), {});
});
