import fc from "fast-check";
import t from "tap";
import type { Reading } from "../../../../agent/core/reading.ts";
import { countersOf, incrementsBetween } from "../../../../agent/sampler/increments.ts";

const counter = (value: number, more: Partial<Reading> = {}): Reading => ({
  ...{ metric: "shares_accepted", part: "", value, algorithm: "sha256d" },
  ...more,
});
const uptime = (value: number | undefined): Reading[] =>
  value === undefined ? [] : [{ metric: "uptime", part: "", value }];
/** What is counted between two samples: values of one counter, and the device's uptime where it says that. */
const grown = (
  before: readonly [value: number, seconds?: number],
  now: readonly [value: number, seconds?: number],
): readonly number[] => {
  const [past, present] = [before, now].map(([value, seconds]) => [
    counter(value),
    ...uptime(seconds),
  ]) as [Reading[], Reading[]];
  return incrementsBetween(countersOf(past), present).map(({ by }) => by);
};

t.test("a counter's growth is counted, and standing still is a growth of nothing", async (t) => {
  t.same(grown([100, 50], [107, 60]), [7]);
  t.same(grown([100, 50], [100, 60]), [0]);
  t.same(grown([100], [107]), [7], "without uptime");
});

t.test("a counter that falls while the device runs on gives nothing", async (t) => {
  t.same(grown([123_000, 5000], [120_000, 5010]), [], "a pool was removed");
  t.same(grown([500, 5000], [499, 5010]), [], "a dip by one");
  t.same(grown([500, 5000], [0, 5000]), [], "counters set to zero, at the same second");
});

t.test("after a fall the counter grows from where it fell to", async (t) => {
  t.same(grown([120_000, 5010], [120_004, 5020]), [4]);
});

t.test("a device that restarted is counted from zero", async (t) => {
  t.same(grown([500, 5000], [12, 40]), [12]);
  t.same(grown([500, 5000], [700, 40]), [700], "it has done more since than before");
});

t.test("a fall is a restart where an uptime is not known", async (t) => {
  t.same(grown([500], [12]), [12]);
  t.same(grown([500, 5000], [12]), [12]);
  t.same(grown([500], [12, 40]), [12]);
});

t.test("what was not there before has nothing to grow from", async (t) => {
  const before = countersOf([counter(1)]);
  t.same(
    incrementsBetween(before, [
      counter(5, { algorithm: "kawpow" }),
      counter(5, { metric: "shares_rejected" }),
      counter(5, { part: "gpu/0" }),
      counter(3),
    ]),
    [{ metric: "shares_accepted", algorithm: "sha256d", by: 2 }],
  );
});

t.test("counters of a device that runs on never give more than they grew by", async (t) => {
  const counts = fc.array(fc.nat(1e6), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(counts, (values) => {
      let [total, rises] = [0, 0];
      values.slice(1).forEach((value, at) => {
        const past = values[at] ?? 0;
        total += grown([past, at * 10], [value, at * 10 + 10])[0] ?? 0;
        rises += Math.max(0, value - past);
      });
      t.equal(total, rises);
    }),
    { numRuns: 200 },
  );
});
