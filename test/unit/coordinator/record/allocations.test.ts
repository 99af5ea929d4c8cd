import fc from "fast-check";
import t from "tap";
import { addAllocation, allocationFault } from "../../../../coordinator/record/allocations.ts";
import { shortageOf } from "../../../../coordinator/record/room.ts";
import { signerOf } from "../../../../coordinator/verify/signature.ts";
import type { Allocation } from "../../../../proto/messages.ts";
import { COLLECTION, DAY, GPU_A, GPU_B, openScene } from "../../../support/record-scene.ts";

const FROM = BigInt(DAY);
const TO = FROM + 6000n;
const NOW = DAY + 30;

t.test(
  "an allocation that the owner signed is taken, and taken again when it comes again",
  async (t) => {
    const rig = openScene(t.testdir()).rig();
    const wanted = { tokenId: 1n, fromTime: FROM, toTime: TO };
    const first = rig.allocate(wanted, NOW);
    t.equal(first.accepted, true);
    t.strictSame(rig.allocate(wanted, NOW + 100_000), first);
  },
);

t.test("each fault of an allocation has its refusal", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  const base = { tokenId: 1n, fromTime: FROM, toTime: TO };
  const cases: [string, Partial<Allocation>, string][] = [
    ["nothing", { numerator: 0n }, "malformed"],
    ["more than all", { numerator: 5n, denominator: 4n }, "malformed"],
    ["of nothing", { numerator: 0n, denominator: 0n }, "malformed"],
    ["backwards", { fromTime: TO, toTime: FROM }, "malformed"],
    ["of no time", { toTime: FROM }, "malformed"],
    ["no device id", { device: "toaster" }, "malformed"],
    ["no algorithm", { algorithm: "No Such" }, "malformed"],
    ["beyond the calendar", { toTime: 253_402_300_800n }, "malformed"],
    ["a promise beyond belief", { promisedHashrate: 1n << 200n }, "malformed"],
    ["beginning off the grid", { fromTime: FROM + 1n }, "off-grid"],
    ["ending off the grid", { toTime: TO - 1n }, "off-grid"],
    ["beginning in a closed epoch", { fromTime: FROM - 6000n }, "closed-epoch"],
    ["of no rig", { rig: `0x${"99".repeat(20)}` }, "unknown-rig"],
    ["in somebody else's name", { owner: `0x${"99".repeat(20)}` }, "not-the-owner"],
  ];
  for (const [about, over, code] of cases) {
    const answer = rig.allocate({ ...base, ...over }, NOW);
    t.equal(answer.accepted ? "accepted" : answer.code, code, about);
  }
  const forged = rig.allocate(base, NOW, scene.rig().owner);
  t.equal(forged.accepted ? "accepted" : forged.code, "not-the-owner", "signed by another owner");
  t.equal(scene.db.prepare("SELECT count(*) FROM allocations").pluck().get(), 0);
});

t.test("a shortage to the end of the calendar is said and not thrown", async (t) => {
  const rig = openScene(t.testdir()).rig();
  const toTime = (253_402_300_799n / 60n) * 60n;
  t.equal(rig.allocate({ tokenId: 1n, fromTime: FROM, toTime }, NOW).accepted, true);
  t.match(rig.allocate({ tokenId: 2n, fromTime: FROM, toTime }, NOW), {
    accepted: false,
    code: "above-one",
    why: /to 9999-12-31/,
  });
});

t.test("what nobody has signed yet is judged by all but the signature", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  const bench = { db: scene.db, rules: scene.rules, now: NOW };
  const fine: Allocation = {
    ...{ owner: rig.owner.address, rig: rig.signer.address, device: "", algorithm: "" },
    ...{ collection: COLLECTION, tokenId: 1n, numerator: 1n, denominator: 1n },
    ...{ fromTime: FROM, toTime: TO, promisedHashrate: 0n },
  };
  t.equal(allocationFault(bench, fine), undefined);
  t.match(allocationFault(bench, { ...fine, owner: COLLECTION }), { code: "not-the-owner" });
  t.match(allocationFault(bench, { ...fine, fromTime: FROM + 1n }), { code: "off-grid" });
  t.match(allocationFault(bench, { ...fine, numerator: 2n }), { code: "malformed" });
  rig.allocate({ tokenId: 2n, fromTime: FROM, toTime: TO }, NOW);
  t.match(allocationFault(bench, fine), { code: "above-one" });
});

t.test("numbers that no signature can be about are malformed, not a crash", async (t) => {
  const { db, rules, seal } = openScene(t.testdir());
  const desk = { db, rules, seal, signerOf, now: NOW };
  const base: Allocation = {
    owner: COLLECTION,
    rig: COLLECTION,
    device: "",
    algorithm: "",
    collection: COLLECTION,
    tokenId: 1n,
    numerator: 1n,
    denominator: 1n,
    fromTime: FROM,
    toTime: TO,
    promisedHashrate: 0n,
  };
  const signature = `0x${"00".repeat(65)}` as const;
  const cases: Partial<Allocation>[] = [
    { numerator: -1n },
    { denominator: 1n << 64n },
    { tokenId: -1n },
    { tokenId: 1n << 256n },
    { fromTime: -60n },
    { toTime: 1n << 64n },
    { promisedHashrate: -1n },
  ];
  for (const [i, over] of cases.entries()) {
    t.match(
      addAllocation(desk, { message: { ...base, ...over }, signature }),
      { code: "malformed" },
      `${i}`,
    );
  }
});

t.test("what is above 1 is refused with the range and what is free", async (t) => {
  const rig = openScene(t.testdir()).rig();
  rig.allocate({ tokenId: 1n, numerator: 1n, denominator: 2n, fromTime: FROM, toTime: TO }, NOW);
  rig.allocate(
    {
      tokenId: 2n,
      device: GPU_A,
      numerator: 1n,
      denominator: 3n,
      fromTime: FROM + 600n,
      toTime: FROM + 1200n,
    },
    NOW,
  );
  const answer = rig.allocate(
    { tokenId: 3n, numerator: 1n, denominator: 4n, fromTime: FROM, toTime: TO },
    NOW,
  );
  t.match(answer, {
    accepted: false,
    code: "above-one",
    why: `from 2026-01-05T00:10:00.000Z to 2026-01-05T00:20:00.000Z only 1/6 of ${GPU_A} is free, and 1/4 was asked for`,
  });
});

t.test("a whole is reached exactly and then nothing fits beside it", async (t) => {
  const rig = openScene(t.testdir()).rig();
  const third = { numerator: 1n, denominator: 3n, fromTime: FROM, toTime: TO };
  for (const tokenId of [1n, 2n, 3n])
    t.equal(rig.allocate({ tokenId, ...third }, NOW).accepted, true);
  const tiny = { tokenId: 4n, numerator: 1n, denominator: (1n << 64n) - 1n };
  t.match(rig.allocate({ ...tiny, fromTime: FROM, toTime: TO }, NOW), { code: "above-one" });
  t.equal(rig.allocate({ ...tiny, fromTime: TO, toTime: TO + 60n }, NOW).accepted, true);
});

t.test(
  "two algorithms of a device are two wholes, and one without a name reaches both",
  async (t) => {
    const rig = openScene(t.testdir()).rig();
    const base = { device: GPU_B, fromTime: FROM, toTime: TO };
    t.equal(rig.allocate({ tokenId: 1n, algorithm: "kawpow", ...base }, NOW).accepted, true);
    t.equal(rig.allocate({ tokenId: 2n, algorithm: "ethash", ...base }, NOW).accepted, true);
    t.match(rig.allocate({ tokenId: 3n, ...base }, NOW), { code: "above-one" });
    t.equal(rig.allocate({ tokenId: 3n, ...base, device: GPU_A }, NOW).accepted, true);
  },
);

t.test("whatever is taken, no device, algorithm and instant is ever above 1", async () => {
  const devices = ["", GPU_A, GPU_B];
  const algorithms = ["", "kawpow", "ethash"];
  const wanted = fc
    .record({
      device: fc.constantFrom(...devices),
      algorithm: fc.constantFrom(...algorithms),
      tokenId: fc.bigInt(0n, 4n),
      numerator: fc.bigInt(1n, 5n),
      over: fc.bigInt(0n, 8n),
      start: fc.bigInt(0n, 6n),
      length: fc.bigInt(1n, 4n),
    })
    .map(
      ({ start, length, over, ...rest }): Allocation => ({
        ...rest,
        denominator: rest.numerator + over,
        fromTime: start * 60n,
        toTime: (start + length) * 60n,
        owner: COLLECTION,
        rig: COLLECTION,
        collection: COLLECTION,
        promisedHashrate: 0n,
      }),
    );
  const whole = 2n * 3n * 2n * 5n * 7n * 2n * 3n * 11n * 13n;
  const load = (
    taken: readonly Allocation[],
    device: string,
    algorithm: string,
    at: bigint,
  ): bigint =>
    taken
      .filter((a) => a.device === "" || a.device === device)
      .filter((a) => a.algorithm === "" || a.algorithm === algorithm)
      .filter((a) => a.fromTime <= at && at < a.toTime)
      .reduce((sum, a) => sum + (whole * a.numerator) / a.denominator, 0n);
  fc.assert(
    fc.property(fc.array(wanted, { maxLength: 25 }), (all) => {
      const taken: Allocation[] = [];
      for (const next of all) {
        const shortage = shortageOf(next, taken);
        const places = [GPU_A, GPU_B, "another"].flatMap((d) =>
          ["kawpow", "ethash", "another"].flatMap((a) =>
            [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n].map((w) =>
              load([...taken, next], d, a, w * 60n),
            ),
          ),
        );
        const fits = places.every((sum) => sum <= whole);
        if (fits !== (shortage === undefined)) return false;
        if (fits) taken.push(next);
      }
      return true;
    }),
  );
});
