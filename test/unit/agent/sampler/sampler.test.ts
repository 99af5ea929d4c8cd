import t from "tap";
import { RigError } from "../../../../agent/core/errors.ts";
import type { Report } from "../../../../agent/core/reading.ts";
import type { Outage, Sample } from "../../../../agent/core/sample.ts";
import { countersOf, incrementsBetween } from "../../../../agent/sampler/increments.ts";
import { Inventory } from "../../../../agent/sampler/inventory.ts";
import { type AskableSource, Sampler } from "../../../../agent/sampler/sampler.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

const reportOf = (shares: number, uptime = 1e6): Report => ({
  key: "",
  identity: { serial: "S1" },
  readings: [
    { metric: "hashrate", part: "", value: 100, algorithm: "sha256d" },
    { metric: "shares_accepted", part: "", value: shares, algorithm: "sha256d" },
    { metric: "uptime", part: "", value: uptime },
  ],
  problems: [],
});

function sourceOf(
  name: string,
  reports: (signal: AbortSignal) => Promise<readonly Report[]>,
): AskableSource {
  return {
    name,
    kind: "asic",
    role: "miner",
    make: "x",
    address: name,
    local: false,
    unproven: false,
    intervalMs: 10_000,
    timeoutMs: 5_000,
    ask: async (signal) => ({ reports: await reports(signal), replies: {} }),
  };
}

function run(sources: AskableSource[], keep: (sample: Sample) => void = () => undefined) {
  const clock = new FakeClock();
  const log = new FakeLog();
  const samples: Sample[] = [];
  const outages: Outage[] = [];
  const inventory = new Inventory({
    book: { read: () => [], write: () => undefined },
    clock,
    log,
    salt: `0x${"00".repeat(32)}`,
    machineId: "m",
    sources,
  });
  const sampler = new Sampler({
    sources,
    inventory,
    clock,
    log,
    meter: new FakeMeter(),
    random: () => 0,
    sink: {
      sample: (sample) => {
        keep(sample);
        samples.push(sample);
      },
      outage: (outage) => outages.push(outage),
    },
  });
  return { clock, log, samples, outages, sampler };
}

t.test("each source is asked on its own schedule without drift", async (t) => {
  let asks = 0;
  const { clock, samples, sampler } = run([
    sourceOf("a", async () => {
      asks += 1;
      return [reportOf(asks)];
    }),
  ]);
  await sampler.start();
  await clock.advanceSlowly(60_500);
  await sampler.stop();
  t.equal(asks, 7);
  t.same(
    samples.map(({ spanMs }) => Math.round(spanMs / 1000)),
    [0, 10, 10, 10, 10, 10, 10],
  );
  t.same(samples.at(-1)?.increments, [{ metric: "shares_accepted", algorithm: "sha256d", by: 1 }]);
  t.same(samples[0]?.increments, [], "the first has nothing to grow from");
});

t.test("one that hangs for ever delays nobody, and is asked again", async (t) => {
  let hung = 0;
  const { clock, samples, outages, sampler } = run([
    sourceOf("hangs", () => {
      hung += 1;
      return new Promise(() => undefined);
    }),
    sourceOf("fine", async () => [reportOf(1)]),
  ]);
  await sampler.start();
  await clock.advanceSlowly(42_000);
  await sampler.stop();
  t.equal(samples.length, 5);
  t.ok(hung >= 2, "given up and asked again");
  t.ok(outages.length >= 1 && outages.every(({ code }) => code === "driver-timeout"));
});

t.test(
  "an outage is told per device, said once, and a source in outage is asked less often",
  async (t) => {
    let asks = 0;
    const { clock, log, outages, samples, sampler } = run([
      sourceOf("a", async () => {
        asks += 1;
        if (asks > 1 && asks < 6) throw new RigError("driver-unreachable", "gone");
        return [reportOf(asks)];
      }),
    ]);
    await sampler.start();
    await clock.advanceSlowly(400_000, 500);
    await sampler.stop();
    t.equal(outages.length, 4);
    t.ok(outages.every(({ deviceId }) => deviceId === samples[0]?.deviceId));
    t.equal(log.said("warn").length, 1);
    t.ok(log.said("info").includes("a source answers again"));
    t.equal(
      samples[1]?.spanMs,
      15_000,
      "after an outage a sample stands for one and a half intervals, no more",
    );
  },
);

t.test("a fault that is no RigError is a bug that stops nothing", async (t) => {
  const { clock, outages, sampler } = run([
    sourceOf("a", async () => {
      throw new TypeError("oops");
    }),
  ]);
  await sampler.start();
  await clock.advanceSlowly(12_000);
  await sampler.stop();
  t.equal(outages[0]?.code, "bug");
});

t.test("stopping aborts an ask that is under way", async (t) => {
  let aborted = false;
  const { clock, sampler, outages } = run([
    sourceOf(
      "a",
      (signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(signal.reason);
          }),
        ),
    ),
  ]);
  await sampler.start();
  await clock.advanceSlowly(1000);
  await sampler.stop();
  t.equal(aborted, true);
  t.same(outages, [], "a stop is no outage");
});

t.test("counters grow, restart and go missing", async (t) => {
  const by = (before: Report, now: Report) =>
    incrementsBetween(countersOf(before.readings), now.readings).map((i) => i.by);
  t.same(by(reportOf(10, 100), reportOf(14, 110)), [4]);
  t.same(
    by(reportOf(10, 100), reportOf(3, 5)),
    [3],
    "restarted: what it shows is what it did since",
  );
  t.same(by(reportOf(10, 100), reportOf(12, 5)), [12], "restarted and already past the old count");
  t.same(by(reportOf(10, 100), reportOf(9, 110)), [], "it fell and the device ran on");
  t.same(by({ ...reportOf(1), readings: [] }, reportOf(9)), []);
});

t.test("a sink that throws ends nothing and is no outage of the device", async (t) => {
  let kept = 0;
  const { clock, log, outages, samples, sampler } = run(
    [sourceOf("a", async () => [reportOf(1)])],
    () => {
      kept += 1;
      if (kept < 3) throw new Error("disk full");
    },
  );
  await sampler.start();
  await clock.advanceSlowly(42_000);
  await sampler.stop();
  t.equal(samples.length, 3);
  t.same(outages, []);
  t.equal(log.said("error").length, 2);
});
