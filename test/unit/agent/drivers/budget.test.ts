import t from "tap";
import { Budget } from "../../../../agent/drivers/budget.ts";
import { FakeClock } from "../../../support/fakes.ts";

t.test("what is left of the time is shared out evenly", async (t) => {
  const clock = new FakeClock();
  const startMs = clock.monotonicMs();
  const budget = new Budget(clock, 9000);
  t.equal(budget.untilMs(3), startMs + 3000);
  clock.advance(1000);
  t.equal(budget.untilMs(2), startMs + 5000, "what the first did not need is the others'");
  clock.advance(20_000);
  t.equal(budget.untilMs(1), clock.monotonicMs(), "nothing is left");
});
