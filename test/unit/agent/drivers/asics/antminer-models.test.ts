import t from "tap";
import { factsOf } from "../../../../../agent/drivers/asics/antminer-models.ts";

t.test("what GHS means is known by model, and of others it is not known", async (t) => {
  for (const [model, algorithm, rateUnit] of [
    ["Antminer S19 Pro", "sha256d", "GH/s"],
    ["T21", "sha256d", "GH/s"],
    ["Antminer L3+", "scrypt", "MH/s"],
    ["Antminer L7", "scrypt", undefined],
    ["Antminer D3", "x11", "MH/s"],
    ["Antminer D7", "x11", undefined],
    ["Antminer KS5", "kheavyhash", undefined],
    ["Antminer Z15 Pro", "equihash", "kSol/s"],
    ["Antminer Z15", "equihash", "Sol/s"],
    ["Antminer Z11", "equihash", undefined],
    ["Antminer E3", "ethash", undefined],
    ["Antminer E9", undefined, undefined],
    ["Antminer", undefined, undefined],
    ["Hammer D10", undefined, undefined],
    ["SuperMiner", undefined, undefined],
    ["", undefined, undefined],
    [undefined, undefined, undefined],
    [19, undefined, undefined],
  ] as const) {
    const facts = factsOf(model);
    t.strictSame([facts.algorithm, facts.rateUnit], [algorithm, rateUnit], String(model));
  }
  t.equal(factsOf("Antminer Z15").boardUnit, "kSol/s");
});

t.test("water's sensors are known of the models whose layout is, and of no other", async (t) => {
  for (const [model, hydro, inlet] of [
    ["Antminer S21 XP Hyd.", true, ["temp_pcb", 0]],
    ["Antminer S21+ Hyd.", true, ["temp_pcb", 0]],
    ["Antminer S19 XP+ Hyd.", true, ["temp_pic", 2]],
    ["Antminer S19 Hyd.", true, undefined],
    ["Antminer S21 XP", undefined, undefined],
    ["Antminer S21 Hydra", true, undefined],
  ] as const) {
    const facts = factsOf(model);
    t.strictSame([facts.hydro, facts.inlet], [hydro, inlet], model);
  }
});

t.test(
  "which boards every machine of a model has is known of those that have no other design",
  async (t) => {
    for (const [model, boards] of [
      ["Antminer S9", [6, 7, 8]],
      ["Antminer S9j", [6, 7, 8]],
      ["Antminer S9k", undefined],
      ["Antminer S9 SE", undefined],
      ["Antminer T9+", undefined],
      ["Antminer S19", [1, 2, 3]],
      ["S19-88", [1, 2, 3]],
      ["S19x88", [1, 2, 3]],
      ["Antminer T17+", [1, 2, 3]],
      ["Antminer S191", undefined],
      ["Antminer L7", undefined],
    ] as const)
      t.strictSame(factsOf(model).boards, boards, model);
  },
);
