import t from "tap";
import { parseDuration, parseSize } from "../../../../agent/settings/units.ts";

t.test("durations are read into milliseconds", async (t) => {
  t.strictSame(
    ["100ms", "10s", "5m", "2h", "1d"].map(parseDuration),
    [100, 10_000, 300_000, 7_200_000, 86_400_000],
  );
});

t.test("sizes are read into bytes", async (t) => {
  t.strictSame(
    ["1B", "64KiB", "256MiB", "2GiB"].map(parseSize),
    [1, 65_536, 268_435_456, 2_147_483_648],
  );
});

t.test("what has no unit, a sign, a fraction or a blank is neither", async (t) => {
  for (const text of [
    "10",
    "",
    "s",
    "-1s",
    "1.5s",
    "1 s",
    "1S",
    "10sec",
    "1e3s",
    "1_000ms",
    "99999999999s",
  ]) {
    t.equal(parseDuration(text), undefined, JSON.stringify(text));
  }
  for (const text of ["10", "10MB", "1kB", "-1B", "1.5GiB", "999999999TiB"]) {
    t.equal(parseSize(text), undefined, JSON.stringify(text));
  }
});
