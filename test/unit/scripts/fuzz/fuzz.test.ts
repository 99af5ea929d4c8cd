import t from "tap";
import { type Driver, defineDriver } from "../../../../agent/drivers/driver.ts";
import { fuzz, Spoiler } from "../../../../scripts/fuzz/fuzz.ts";
import { mutate } from "../../../../scripts/fuzz/mutate.ts";
import { donorsIn, sceneSeeds } from "../../../../scripts/fuzz/seeds.ts";
import { faultIn } from "../../../../scripts/fuzz/tame.ts";
import { createRandom } from "../../../../scripts/simulate/model/random.ts";

const REPLY = JSON.stringify({ rate: 1234.5, gpus: [{ bus: 1 }, { bus: 2 }], name: "a" });

/** A driver that takes whatever its decoder makes of a reply. */
function driverThat(decode: (reply: Uint8Array) => unknown): Driver {
  return defineDriver({
    name: "made-up",
    about: "A driver for this test",
    docs: "https://docs.example",
    kind: "gpu",
    role: "miner",
    ports: [],
    proof: [],
    asks: { all: { link: "http", target: "/", decode } },
    identify: () => true,
    identity: {},
    table: {},
  });
}

const spoilerFor = (driver: Driver, seed = "1"): Spoiler =>
  new Spoiler(seed, [{ driver, name: "made-up/one", replies: { all: Buffer.from(REPLY) } }]);

t.test("the same seed and number make the same case, others another", async (t) => {
  const driver = driverThat(() => ({}));
  const made = (seed: string, number: number): string =>
    String(spoilerFor(driver, seed).make(number).replies["all"]);
  t.equal(made("1", 5), made("1", 5));
  t.not(made("1", 5), made("2", 5));
  t.ok(new Set(Array.from({ length: 100 }, (_, number) => made("1", number))).size > 90);
});

t.test(
  "a fault that one reply in many brings out is found, and its number brings it again",
  async (t) => {
    const driver = driverThat((reply) => {
      const text = Buffer.from(reply).toString("latin1");
      if (text.includes("__proto__")) throw new TypeError("a fault of the decoder");
      return {};
    });
    const spoiler = spoilerFor(driver);
    const [first] = fuzz(spoiler, 0, 5000);
    t.match(first?.fault, /throws TypeError: a fault of the decoder/);
    const again = first === undefined ? [] : fuzz(spoiler, first.number, first.number + 1);
    t.strictSame(
      again.map(({ number }) => number),
      [first?.number],
    );
  },
);

t.test("a run that fails all the time stops early", async (t) => {
  const driver = driverThat(() => {
    throw new TypeError("always");
  });
  t.equal(fuzz(spoilerFor(driver), 0, 100_000).length, 20);
});

t.test("mutations cut, repeat, nest and change values", async (t) => {
  const random = createRandom("mutations");
  const made = Array.from({ length: 3000 }, () => mutate(REPLY, random, '{"other":1}'));
  t.ok(
    made.some((text) => text.length > 0 && REPLY.startsWith(text) && text !== REPLY),
    "cut",
  );
  t.ok(
    made.some((text) => text.length > REPLY.length * 1.5),
    "repeated",
  );
  t.ok(
    made.some((text) => text.includes("[[")),
    "nested",
  );
  t.ok(
    made.some((text) => text.includes("1e400")),
    "a value out of range",
  );
  t.ok(
    made.some((text) => text.includes("oth")),
    "spliced",
  );
  t.ok(
    made.every((text) => /^[\0-\xff]*$/.test(text)),
    "characters are bytes",
  );
  t.equal(mutate("", random, ""), "");
});

t.test("seeds are scenes of drivers, and donors any files that are not too large", async (t) => {
  const folder = t.testdir({
    trex: { one: { "summary.reply": "{}", "expected.json": "{}" }, empty: {} },
    "no-such-driver": { one: { "all.reply": "{}" } },
    huge: "x".repeat(70_000),
    nothing: "",
  });
  t.strictSame(
    sceneSeeds(folder).map(({ name, replies }) => [name, Object.keys(replies)]),
    [["trex/one", ["summary"]]],
  );
  t.equal(donorsIn(folder).length, 3);
});

t.test("what takes more than a second of a processor is wild, what waits is not", async (t) => {
  const busy = (): undefined => {
    const before = process.cpuUsage();
    const usedUs = (): number => {
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    while (usedUs() < 1_100_000);
    return undefined;
  };
  t.match(faultIn(busy), /^takes \d+ ms of a processor$/);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  t.equal(
    faultIn(() => {
      Atomics.wait(idle, 0, 0, 1100);
      return undefined;
    }),
    undefined,
  );
});
