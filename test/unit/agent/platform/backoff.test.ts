import t from "tap";
import { Backoff } from "../../../../agent/platform/backoff.ts";

t.test("the edge doubles up to the most, and a success starts again", async (t) => {
  const backoff = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 0.5 });
  const take = (count: number): number[] => Array.from({ length: count }, () => backoff.next());
  t.strictSame(take(6), [50, 100, 200, 400, 500, 500]);
  t.equal(backoff.attempts, 6);
  backoff.reset();
  t.strictSame(take(1), [50]);
});

t.test("a delay is anything from nothing to its edge", async (t) => {
  const at = (random: number): number =>
    new Backoff({ firstMs: 100, maxMs: 1000, random: () => random }).next();
  t.strictSame([at(0), at(0.999_999)], [0, 100]);
});

t.test("after thousands of failures the delay is still a number below the most", async (t) => {
  const backoff = new Backoff({ firstMs: 1, maxMs: 60_000 });
  for (let i = 0; i < 5000; i += 1) {
    const delayMs = backoff.next();
    if (!(delayMs >= 0 && delayMs <= 60_000)) t.fail(`${delayMs} ms at attempt ${i}`);
  }
  t.pass();
});
