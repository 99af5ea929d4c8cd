import t from "tap";
import type { Report } from "../../../../agent/core/reading.ts";
import { Uptimes } from "../../../../agent/drivers/uptimes.ts";
import { FakeClock } from "../../../support/fakes.ts";

const up = (value: number | undefined, key = ""): Report => ({
  key,
  identity: {},
  readings: value === undefined ? [] : [{ metric: "uptime", part: "", value }],
  problems: [],
});

t.test("a device whose uptime grows with the clock ran on", async (t) => {
  const clock = new FakeClock();
  const uptimes = new Uptimes(clock);
  for (const value of [100, 110, 119, 131]) {
    t.equal(uptimes.ranOn([up(value), up(undefined, "pci:0000:01:00.0")]), true, `${value}`);
    clock.advance(10_000);
  }
});

t.test("an uptime that fell, or grew by more than the time since, is another run", async (t) => {
  const clock = new FakeClock();
  const uptimes = new Uptimes(clock);
  uptimes.ranOn([up(1000), up(50, "b")]);
  clock.advance(10_000);
  t.equal(uptimes.ranOn([up(1010), up(3, "b")]), false, "of one machine of several");
  clock.advance(10_000);
  t.equal(uptimes.ranOn([up(5000), up(13, "b")]), false);
  clock.advance(10_000);
  t.equal(uptimes.ranOn([up(5010), up(23, "b")]), true);
});

t.test("an uptime that is left out for once is compared with the one before", async (t) => {
  const clock = new FakeClock();
  const uptimes = new Uptimes(clock);
  uptimes.ranOn([up(1000)]);
  clock.advance(10_000);
  t.equal(uptimes.ranOn([up(undefined)]), true, "nothing says that it is another");
  clock.advance(10_000);
  t.equal(uptimes.ranOn([up(30)]), false);
});
