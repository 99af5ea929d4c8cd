import t from "tap";
import { pinRules, readRules } from "../../../../coordinator/record/rules.ts";
import { DAY, openScene } from "../../../support/record-scene.ts";

t.test("how time is cut may change until anything rests on it", async (t) => {
  const { db, rules, rig } = openScene(t.testdir());
  pinRules(db, rules);
  t.strictSame(readRules(db), rules);
  const other = { windowSeconds: 10, epochSeconds: 60, graceSeconds: 5 };
  pinRules(db, other);
  t.strictSame(readRules(db), other);
  pinRules(db, rules);
  rig().attest({ windowStart: BigInt(DAY) });
  for (const [over, message] of [
    [{ windowSeconds: 10 }, /window 10s.*counted with 60s/],
    [{ epochSeconds: 1200 }, /epoch 1200s.*counted with 600s/],
  ] as const) {
    t.throws(() => pinRules(db, { ...rules, ...over }), {
      code: "state-other-grid",
      exit: 78,
      message,
    });
  }
  t.strictSame(readRules(db), rules, "what was refused is not noted");
  pinRules(db, { ...rules, graceSeconds: 7 });
  t.match(readRules(db), { graceSeconds: 7 }, "nothing rests on the grace time");
});

t.test("an allocation rests on the grid, too", async (t) => {
  const { db, rules, rig } = openScene(t.testdir());
  pinRules(db, rules);
  const from = BigInt(DAY);
  rig().allocate({ tokenId: 1n, fromTime: from, toTime: from + 60n });
  t.throws(() => pinRules(db, { ...rules, windowSeconds: 1 }), { code: "state-other-grid" });
});
