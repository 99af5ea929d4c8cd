import t from "tap";
import type { Reading } from "../../../../agent/core/reading.ts";
import { isFrozen, type Stillness, stillnessOf } from "../../../../agent/sampler/stillness.ts";

const readings = (uptime: number | undefined, rate: number, heat: number): Reading[] => [
  { metric: "hashrate", part: "", value: rate },
  { metric: "chip_temperature", part: "board/0", value: heat },
  { metric: "shares_accepted", part: "", value: 7 },
  ...(uptime === undefined ? [] : [{ metric: "uptime" as const, part: "", value: uptime }]),
];

/** Whether a device that is asked every ten seconds is taken for frozen at the last of so many asks. */
function frozenAfter(asks: number, at: (n: number) => Reading[]): boolean {
  let still: Stillness | undefined;
  let frozen = false;
  for (let n = 0; n < asks; n += 1) {
    still = stillnessOf(still, at(n), n * 10_000);
    frozen = isFrozen(still, n * 10_000);
  }
  return frozen;
}

t.test("the same to the last digit for two minutes while the uptime rises is frozen", async (t) => {
  t.equal(
    frozenAfter(13, (n) => readings(n * 10, 1e12, 60)),
    true,
  );
  t.equal(
    frozenAfter(12, (n) => readings(n * 10, 1e12, 60)),
    false,
    "not long enough",
  );
});

t.test("what proves nothing is not frozen", async (t) => {
  t.equal(
    frozenAfter(50, (n) => readings(n * 10, 1e12 + n, 60)),
    false,
    "one value lives",
  );
  t.equal(
    frozenAfter(50, () => readings(10, 1e12, 60)),
    false,
    "the uptime stands too",
  );
  t.equal(
    frozenAfter(50, () => readings(undefined, 1e12, 60)),
    false,
    "no uptime",
  );
  t.equal(
    frozenAfter(50, (n) => readings(n * 10, 0, 20)),
    false,
    "asleep",
  );
  t.equal(
    frozenAfter(50, (n) =>
      readings(n * 10, 1e12, 60).filter((r) => r.metric !== "chip_temperature"),
    ),
    false,
    "too few values",
  );
  t.equal(
    frozenAfter(50, (n) => readings((n % 10) * 10, 1e12, 60)),
    false,
    "it restarts",
  );
});
