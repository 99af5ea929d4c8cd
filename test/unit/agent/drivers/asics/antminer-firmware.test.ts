import t from "tap";
import {
  firmwareOf,
  modelOf,
  releaseOf,
} from "../../../../../agent/drivers/asics/antminer-firmware.ts";

const version = (head: object) => ({ VERSION: [head] });

t.test("a firmware is known by its own name before the maker's", async (t) => {
  const Type = "Antminer S19";
  t.equal(firmwareOf(version({ BMMiner: "1.0.0", Type }), undefined), "stock");
  t.equal(firmwareOf(version({ LUXminer: "2026.1", BMMiner: "1.0.0", Type }), undefined), "luxos");
  t.equal(firmwareOf(version({ BMMiner: "1", Type: `${Type} (Vnish 1.2)` }), undefined), "vnish");
  t.equal(firmwareOf(version({ BMMiner: "4 rwglr", Type: `${Type} Hiveon` }), undefined), "hiveon");
  t.equal(firmwareOf(version({ BMMiner: "4 rwglr", Type: "S19-88 v.2.6" }), undefined), "mskminer");
  t.equal(firmwareOf(version({ Type, Model: "MaraFW" }), undefined), "marathon");
});

t.test("either reply is enough, and what one names the other does not unsay", async (t) => {
  const stats = { STATS: [{ Type: "Antminer S21 (Vnish 1.2.6)" }, {}] };
  t.equal(firmwareOf(undefined, stats), "vnish");
  t.equal(firmwareOf(version({ Type: "Antminer S21" }), stats), "vnish");
  t.equal(firmwareOf(undefined, { INFO: { type: "Antminer KS7" }, STATS: [] }), "stock");
});

t.test("other miners and no replies are no Antminer", async (t) => {
  for (const one of [undefined, {}, { VERSION: {} }, version({ BOSer: "24.1", API: "3.7" })])
    t.equal(firmwareOf(one, undefined), undefined);
  t.equal(firmwareOf(undefined, { STATS: "Antminer" }), undefined);
});

t.test("a release behind a model is no part of the model", async (t) => {
  for (const [type, model, release] of [
    ["Antminer S19 Pro", "Antminer S19 Pro", undefined],
    ["Antminer S19 Pro+ Hyd.", "Antminer S19 Pro+ Hyd.", undefined],
    ["Antminer S9\nV1.3.58", "Antminer S9", "1.3.58"],
    ["Antminer S9 Pro (v5.1) ", "Antminer S9 Pro", "5.1"],
    ["S19-88 v.2.6.0.39 ", "S19-88", "2.6.0.39"],
    ["Antminer S19 (Vnish 1.2.0-beta10)", "Antminer S19", "1.2.0-beta10"],
    ["Antminer S19JPRO Hiveon", "Antminer S19JPRO", undefined],
  ] as const) {
    t.equal(modelOf(undefined, "", type), model);
    t.equal(releaseOf(type), release, type);
  }
  t.equal(modelOf(7, " ", null), undefined);
});
