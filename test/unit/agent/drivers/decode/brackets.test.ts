import fc from "fast-check";
import t from "tap";
import { bracketed } from "../../../../../agent/drivers/decode/brackets.ts";

t.test("names in front of brackets lead to what stands in them", async (t) => {
  t.strictSame(bracketed("Ver[15-1_a] Temp[-273] FanR[49%] PS[0 1200  5] Nonce Mask[25]E[]X[1]"), {
    Ver: "15-1_a",
    Temp: "-273",
    FanR: "49%",
    PS: "0 1200  5",
    "Nonce Mask": "25",
    E: "",
    X: "1",
  });
  t.strictSame(bracketed("'STATS':{STATE[2] SYSTEMSTATU[Work: In Idle, Hash Board: 1 ]}"), {
    STATE: "2",
    SYSTEMSTATU: "Work: In Idle, Hash Board: 1",
  });
});

t.test("a field that is cut is none", async (t) => {
  t.strictSame(bracketed("TMax[78] TAvg[7"), { TMax: "78" });
  t.strictSame(bracketed("TMax[78 TAvg[70]"), { TAvg: "70" });
});

t.test("of two fields with one name the first counts", async (t) => {
  t.strictSame(
    bracketed("MW[1] MW[2] __proto__[3]"),
    Object.fromEntries([
      ["MW", "1"],
      ["__proto__", "3"],
    ]),
  );
});

t.test("any fields come back, whatever text they stand in", async (t) => {
  const name = fc.stringMatching(/^[A-Za-z_]\w{0,20}$/);
  const value = fc.string().map((text) => text.replaceAll(/[[\]]/g, "").trim());
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { noNullPrototype: true }), async (fields) => {
      const text = Object.entries(fields)
        .map(([key, found]) => `${key}[${found}]`)
        .join(" ");
      t.strictSame(bracketed(text), fields);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => typeof bracketed(text) === "object"));
});

t.test("a long text without brackets takes no long time", async (t) => {
  const startedMs = performance.now();
  t.strictSame(bracketed("a b ".repeat(500_000)), {});
  t.ok(performance.now() - startedMs < 2000);
});
