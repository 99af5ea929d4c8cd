import fc from "fast-check";
import t from "tap";
import { createStakes, split, stakesAt } from "../../../../coordinator/record/shares.ts";
import type { Allocation } from "../../../../proto/messages.ts";
import { COLLECTION, GPU_A, GPU_B } from "../../../support/record-scene.ts";

const RIG = `0x${"11".repeat(20)}` as const;
const PLACE = { device: GPU_A, algorithm: "kawpow", windowStart: 600n, windowEnd: 660n };

function allocation(over: Partial<Allocation>): Allocation {
  return {
    owner: RIG,
    rig: RIG,
    device: "",
    algorithm: "",
    collection: COLLECTION,
    tokenId: 1n,
    numerator: 1n,
    denominator: 1n,
    fromTime: 0n,
    toTime: 6000n,
    promisedHashrate: 0n,
    ...over,
  };
}
const stake = (tokenId: bigint, numerator: bigint, denominator: bigint) => ({
  token: { collection: COLLECTION, tokenId },
  fraction: { numerator, denominator },
});

t.test("the remainder of a whole goes to the lowest token", async (t) => {
  t.strictSame(split(100n, [stake(1n, 1n, 3n), stake(2n, 1n, 3n), stake(3n, 1n, 3n)]), [
    34n,
    33n,
    33n,
  ]);
});

t.test("of less than the whole nothing is owed for the rest", async (t) => {
  t.strictSame(split(100n, [stake(1n, 1n, 3n), stake(2n, 1n, 3n)]), [33n, 33n]);
});

t.test("an amount without stakes is owed to nobody", async (t) => {
  t.strictSame(split(100n, []), []);
});

t.test("stakes that are the whole always add up to the amount, at any size", async () => {
  const parts = fc.array(fc.bigInt(1n, 10n ** 12n), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(parts, fc.bigInt(0n, 10n ** 30n), (weights, amount) => {
      const whole = weights.reduce((a, b) => a + b, 0n);
      const owed = split(
        amount,
        weights.map((weight, i) => stake(BigInt(i), weight, whole)),
      );
      const fair = weights.map((weight) => (amount * weight) / whole);
      return (
        owed.reduce((a, b) => a + b, 0n) === amount &&
        owed.every((part, i) => i === 0 || part === fair[i]) &&
        (owed[0] ?? 0n) - (fair[0] ?? 0n) < BigInt(weights.length)
      );
    }),
  );
});

t.test("stakes below the whole never add up to more than the amount", async () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt(1n, 10n ** 9n), { minLength: 1, maxLength: 9 }),
      fc.bigInt(1n, 10n ** 9n),
      fc.bigInt(0n, 10n ** 30n),
      (weights, unsold, amount) => {
        const whole = weights.reduce((a, b) => a + b, unsold);
        const owed = split(
          amount,
          weights.map((weight, i) => stake(BigInt(i), weight, whole)),
        );
        return owed.every((part, i) => part === (amount * (weights[i] ?? 0n)) / whole);
      },
    ),
  );
});

t.test("several allocations of one token are one stake in lowest terms", async (t) => {
  const stakes = stakesAt(
    [
      allocation({ tokenId: 2n, numerator: 1n, denominator: 4n }),
      allocation({ tokenId: 1n, numerator: 1n, denominator: 4n }),
      allocation({ tokenId: 2n, numerator: 1n, denominator: 4n, device: GPU_A }),
    ],
    PLACE,
  );
  t.strictSame(stakes, [stake(1n, 1n, 4n), stake(2n, 1n, 2n)]);
});

t.test("an allocation reaches its own device, algorithm and time only", async (t) => {
  for (const over of [
    { device: GPU_B },
    { algorithm: "ethash" },
    { fromTime: 660n },
    { toTime: 600n },
    { toTime: 659n },
  ]) {
    t.strictSame(stakesAt([allocation(over)], PLACE), [], JSON.stringify(Object.keys(over)));
  }
  for (const over of [
    { device: GPU_A },
    { algorithm: "kawpow" },
    { fromTime: 600n, toTime: 660n },
  ]) {
    t.equal(stakesAt([allocation(over)], PLACE).length, 1, JSON.stringify(Object.keys(over)));
  }
});

t.test("stakes from memory are those from the allocations, also across a change", async () => {
  const some = fc.record({
    tokenId: fc.bigInt(0n, 3n),
    device: fc.constantFrom("", GPU_A, GPU_B),
    numerator: fc.bigInt(1n, 3n),
    fromTime: fc.bigInt(0n, 8n),
    length: fc.bigInt(1n, 5n),
  });
  fc.assert(
    fc.property(
      fc.array(some, { maxLength: 6 }),
      fc.array(fc.tuple(fc.bigInt(0n, 12n), fc.bigInt(1n, 4n)), { maxLength: 12 }),
      (given, windows) => {
        const all = given.map(({ length, ...rest }) =>
          allocation({ ...rest, denominator: 9n, toTime: rest.fromTime + length }),
        );
        const stakesOf = createStakes(all);
        return windows.every(([windowStart, length]) => {
          const place = { ...PLACE, windowStart, windowEnd: windowStart + length };
          const plain = (value: unknown): string =>
            JSON.stringify(value, (_key, v) => (typeof v === "bigint" ? `${v}` : v));
          return plain(stakesOf(place)) === plain(stakesAt(all, place));
        });
      },
    ),
  );
});
