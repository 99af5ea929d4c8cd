import t from "tap";
import { Machine, type MachineTraits } from "../../../../../scripts/simulate/model/machine.ts";

const TRAITS: MachineTraits = {
  hashrate: 100e12,
  noise: 0.01,
  warmUpMs: 0,
  warmUp: "ramp",
  watts: 3000,
  idleWatts: 20,
  ambientCelsius: 20,
  riseCelsius: 50,
  difficulty: 65_536,
  hashesPerDifficulty: 2 ** 32,
  rejectedRatio: 0.02,
  misfortune: { restartsPerDay: 0, outagesPerDay: 0, outageMs: 60_000 },
  schedule: [],
};
const START = 1_700_000_000_000;
const HOUR = 3_600_000;

const machine = (traits: Partial<MachineTraits> = {}, seed = "a"): Machine =>
  new Machine({ ...TRAITS, ...traits }, START, seed);

t.test("shares times their difficulty are the hashes that were done, but for chance", async (t) => {
  const one = machine();
  const state = one.state(START + 10 * HOUR);
  const hashes = Number(one.truth(START + 10 * HOUR)?.hashes);
  const expected = hashes / (TRAITS.difficulty * TRAITS.hashesPerDifficulty);
  const found = state.accepted + state.rejected;
  t.ok(Math.abs(found - expected) < 4 * Math.sqrt(expected), `${found} of ${expected} expected`);
  const refused = found * TRAITS.rejectedRatio;
  t.ok(
    Math.abs(state.rejected - refused) < 4 * Math.sqrt(refused),
    `${state.rejected} of ${refused}`,
  );
  t.ok(found > 10_000, "enough of them to say so");
});

t.test("the mean rate is the rated one, and it is never the same twice in a row", async (t) => {
  const one = machine();
  one.advance(START + HOUR);
  const mean = Number(one.truth(START + HOUR)?.hashes) / 3600;
  t.ok(Math.abs(mean / TRAITS.hashrate - 1) < 0.003, `${mean}`);
  const rates = Array.from({ length: 60 }, (_, at) => one.state(START + HOUR + at * 1000).rate);
  t.equal(new Set(rates).size, 60);
  t.ok(
    rates.every((rate) => Math.abs(rate / TRAITS.hashrate - 1) <= 0.0301),
    "within three deviations",
  );
});

t.test("how often it is looked at changes nothing", async (t) => {
  const once = machine({ misfortune: { restartsPerDay: 40, outagesPerDay: 40, outageMs: 20_000 } });
  const often = machine({
    misfortune: { restartsPerDay: 40, outagesPerDay: 40, outageMs: 20_000 },
  });
  for (let atMs = START; atMs < START + 2 * HOUR; atMs += 137) often.state(atMs);
  const plain = (one: Machine): unknown => {
    const { mean, watts, chipCelsius, fanDuty, ...rest } = one.state(START + 2 * HOUR);
    return { ...rest, five: mean(5), truth: one.truth(START + 2 * HOUR)?.hashes };
  };
  t.strictSame(plain(once), plain(often));
});

t.test("another seed is another life, the same seed the same", async (t) => {
  const hashes = (seed: string): bigint | undefined => {
    const one = machine({}, seed);
    one.advance(START + HOUR);
    return one.truth(START + HOUR)?.hashes;
  };
  t.equal(hashes("a"), hashes("a"));
  t.not(hashes("a"), hashes("b"));
});

t.test("the truth of an instant is the exact integral of the rate", async (t) => {
  const one = machine();
  let sum = 0n;
  for (let second = 0; second < 100; second++) {
    one.advance(START + second * 1000 + 1);
    sum += BigInt(one.state(START + second * 1000 + 1).rate);
  }
  one.advance(START + 100_000);
  t.equal(one.truth(START + 100_000)?.hashes, sum);
  t.equal(one.truth(START + 100_001), undefined, "the future is not known");
  t.equal(one.truth(START - 1), undefined, "nor what was before");
  t.equal(one.truth(START)?.hashes, 0n);
});

t.test("a restart sets uptime and counters to 0 and takes no hash back", async (t) => {
  const one = machine();
  const before = one.state(START + HOUR);
  t.ok(before.accepted > 0 && before.uptimeSeconds === 3600, "it has counted");
  one.restart(START + HOUR, 5000);
  const off = one.state(START + HOUR + 4999);
  t.ok(off.off && off.rate === 0 && off.accepted === 0, "it is off");
  const done = one.truth(START + HOUR)?.hashes;
  t.equal(one.truth(START + HOUR + 4999)?.hashes, done, "nothing is done meanwhile");
  const after = one.state(START + HOUR + 65_000);
  t.equal(after.uptimeSeconds, 60);
  t.notOk(after.off);
  t.ok(after.accepted < before.accepted && after.accepted > 0, "it counts anew");
  t.ok((one.truth(START + HOUR + 65_000)?.hashes ?? 0n) > (done ?? 0n), "the truth goes on");
});

t.test("an ASIC climbs from 0, a GPU waits under full load", async (t) => {
  const asic = machine({ warmUpMs: 60_000 });
  const rates = [1, 20, 40, 70].map((second) => asic.state(START + second * 1000).rate);
  t.strictSame(
    [...rates].sort((a, b) => a - b),
    rates,
    "it climbs",
  );
  t.ok((rates[0] ?? 1) < 0.05 * TRAITS.hashrate, "from nearly nothing");
  const gpu = machine({ warmUpMs: 15_000, warmUp: "wait" });
  const waiting = gpu.state(START + 10_000);
  t.equal(waiting.rate, 0);
  t.equal(waiting.accepted, 0);
  t.ok(waiting.watts > 0.9 * TRAITS.watts, `${waiting.watts} W`);
  t.ok(gpu.state(START + 16_000).rate > 0.9 * TRAITS.hashrate, "then it hashes");
});

t.test("temperature and fans follow the load", async (t) => {
  const one = machine();
  const cold = one.state(START + 1000);
  const warm = one.state(START + HOUR);
  t.ok(cold.chipCelsius < 25, `${cold.chipCelsius}`);
  t.ok(Math.abs(warm.chipCelsius - 70) < 1, `${warm.chipCelsius}`);
  t.ok(warm.fanDuty > cold.fanDuty, "fans work harder");
  one.restart(START + HOUR, 600_000);
  const cooled = one.state(START + HOUR + 590_000);
  t.ok(cooled.chipCelsius < 21, `${cooled.chipCelsius}`);
  t.equal(cooled.watts, TRAITS.idleWatts);
});

t.test("energy is the integral of the power", async (t) => {
  const one = machine();
  one.advance(START + HOUR);
  const joules = one.truth(START + HOUR)?.joules ?? 0;
  t.ok(Math.abs(joules / (3000 * 3600) - 1) < 0.003, `${joules}`);
});

t.test("scheduled events come at their instants", async (t) => {
  const one = machine({
    schedule: [
      { atMs: START + 30_500, kind: "off", forMs: 10_000 },
      { atMs: START + 60_000, kind: "silent", forMs: 5000 },
    ],
  });
  t.notOk(one.state(START + 30_499).off);
  t.ok(one.state(START + 30_501).off);
  t.ok(one.state(START + 40_499).off);
  t.equal(one.state(START + 43_500).uptimeSeconds, 3);
  t.notOk(one.state(START + 59_999).silent);
  const silent = one.state(START + 60_001);
  t.ok(silent.silent && silent.rate > 0, "it goes on hashing in silence");
  t.notOk(one.state(START + 65_001).silent);
});

t.test("chance brings restarts about as often as it is told to", async (t) => {
  const one = machine({ misfortune: { restartsPerDay: 240, outagesPerDay: 0, outageMs: 0 } });
  let restarts = 0;
  let uptime = 0;
  for (let atMs = START; atMs <= START + 24 * HOUR; atMs += 1000) {
    const now = one.state(atMs).uptimeSeconds;
    if (now < uptime) restarts++;
    uptime = now;
  }
  t.ok(Math.abs(restarts - 240) < 4 * Math.sqrt(240), `${restarts}`);
});

t.test("a clock that goes back changes nothing", async (t) => {
  const one = machine();
  const { accepted, atMs } = one.state(START + HOUR);
  const earlier = one.state(START + 1000);
  t.strictSame([earlier.accepted, earlier.atMs], [accepted, atMs]);
});

t.test("what lies too far back is not known any more, and memory does not grow", async (t) => {
  const one = machine();
  one.advance(START + 10 * HOUR);
  t.equal(one.truth(START + 1000), undefined);
  t.ok(one.truth(START + 9 * HOUR), "the newest hours are");
});
