import t from "tap";
import { Timeline } from "../../../../agent/attest/timeline.ts";
import { FLAG } from "../../../../proto/attestation.ts";
import { FakeClock, FakeLog } from "../../../support/fakes.ts";

const BUILT = Date.UTC(2026, 10, 1);
const YEAR = 365 * 86_400_000;

function make(wallMs?: number) {
  const clock = new FakeClock(wallMs);
  const steps: number[] = [];
  const known: { offsetMs: number; flags: number }[] = [];
  const timeline = new Timeline({
    clock,
    log: new FakeLog(),
    builtAtMs: BUILT,
    onStep: (stepMs) => steps.push(Math.round(stepMs)),
    onKnown: (offsetMs, flags) => known.push({ offsetMs, flags }),
  });
  return { clock, steps, known, timeline };
}

t.test("a believable wall clock is used as it is", async (t) => {
  const { clock, timeline, known } = make();
  t.same(timeline.now(), { placedMs: clock.wallMs(), flags: 0 });
  t.equal(known.length, 1);
  clock.advance(60_000);
  t.same(timeline.now(), { placedMs: clock.wallMs(), flags: 0 });
});

t.test(
  "a wall clock before this program was made places nothing until the coordinator's time is known",
  async (t) => {
    const { clock, timeline, known } = make(0);
    t.equal(timeline.now().placedMs, undefined);
    clock.advance(5000);
    t.equal(timeline.now().placedMs, undefined);
    t.same(known, []);
    timeline.learn(1_800_000_000n);
    t.equal(known.length, 1);
    t.equal(known[0]?.flags, FLAG.clock);
    clock.advance(2000);
    t.same(timeline.now(), { placedMs: 1_800_000_002_000, flags: FLAG.clock });
  },
);

t.test(
  "an offset beyond 120 s is corrected and flagged, a smaller one is only known",
  async (t) => {
    const { clock, timeline, steps } = make();
    timeline.now();
    timeline.learn(BigInt(Math.round(clock.wallMs() / 1000)) + 60n);
    t.equal(timeline.aheadMs(), -60_000);
    t.same(timeline.now(), { placedMs: clock.wallMs(), flags: 0 });
    timeline.learn(BigInt(Math.round(clock.wallMs() / 1000)) + 3600n);
    t.same(timeline.now(), { placedMs: clock.wallMs() + 3_600_000, flags: FLAG.clock });
    t.same(steps, [3_600_000], "what was placed before does not mix with what comes");
  },
);

t.test("a step of a trusted wall clock is told once; slewing is not a step", async (t) => {
  const { clock, timeline, steps } = make();
  timeline.now();
  for (let i = 0; i < 20; i += 1) {
    clock.advance(1000);
    clock.step(500);
    timeline.now();
  }
  t.same(steps, []);
  clock.step(-30_000);
  timeline.now();
  timeline.now();
  t.same(steps, [-30_000]);
});

t.test("a wall clock that jumps a year after a welcome moves nothing", async (t) => {
  for (const year of [YEAR, -YEAR]) {
    const { clock, timeline, steps } = make();
    const truth = clock.wallMs();
    timeline.now();
    timeline.learn(BigInt(truth / 1000));
    clock.step(year);
    clock.advance(10_000);
    const place = timeline.now();
    t.equal(Math.abs((place.placedMs ?? 0) - truth - 10_000) < 1000, true);
    t.equal(place.flags, FLAG.clock);
    t.same(steps, []);
    clock.step(-year);
    t.equal(timeline.now().flags, 0, "and is trusted again when it is right");
  }
});

t.test("a host that is steered out of the trusted range steps, and is told", async (t) => {
  const { clock, timeline, steps } = make();
  timeline.now();
  timeline.learn(BigInt(Math.round(clock.wallMs() / 1000)));
  for (let i = 0; i < 300; i += 1) {
    clock.advance(1000);
    clock.step(500);
    timeline.now();
  }
  t.equal(steps.length, 1, "when the coordinator's time takes over");
  t.ok(Math.abs((steps[0] ?? 0) + 120_000) < 2000);
});

t.test("a welcome that was long on its way does not move time back", async (t) => {
  const { clock, timeline, steps } = make(0);
  timeline.learn(1_800_000_000n);
  clock.advance(60_000);
  timeline.learn(1_800_000_035n);
  t.equal(timeline.now().placedMs, 1_800_000_060_000);
  clock.advance(1000);
  timeline.learn(1_800_000_000n);
  t.equal(
    timeline.now().placedMs,
    1_800_000_000_000,
    "but a coordinator's clock that was put right does",
  );
  t.equal(steps.length, 1);
});

t.test("what could not be placed when the time became known is tried again", async (t) => {
  let tries = 0;
  const clock = new FakeClock(0);
  const timeline = new Timeline({
    clock,
    log: new FakeLog(),
    builtAtMs: BUILT,
    onStep: () => undefined,
    onKnown: () => {
      tries += 1;
      if (tries === 1) throw new Error("disk full");
    },
  });
  t.throws(() => timeline.learn(1_800_000_000n), /disk full/);
  t.equal(timeline.now().placedMs !== undefined, true);
  timeline.now();
  t.equal(tries, 2);
});
