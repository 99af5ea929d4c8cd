import fc from "fast-check";
import t from "tap";
import { decideWelcome, missingBelow, signedFault } from "../../../../coordinator/fleet/welcome.ts";
import { type Hex, ZERO_32 } from "../../../../proto/hex.ts";

const A: Hex = `0x${"aa".repeat(32)}`;
const B: Hex = `0x${"bb".repeat(32)}`;
const HEAD: Hex = `0x${"11".repeat(32)}`;
const NOW = 1_700_000_000;

const fresh = { instance: null, era: 0, head_digest: null };
const held = { instance: A, era: 50, head_digest: HEAD };
const hello = { instance: B, era: 0, newestEra: 50, base: HEAD, signed: [] };

t.test("the first hello of a rig is granted the seconds of now", async (t) => {
  const decision = decideWelcome(fresh, { ...hello, newestEra: 0, base: ZERO_32 }, NOW);
  t.same(decision, { kind: "granted", era: NOW, limits: [] });
});

t.test("a new instance that knows the head and the newest era gets the next era", async (t) => {
  const signed = [{ era: 50, sequence: 7n }];
  t.same(decideWelcome(held, { ...hello, signed }, 10), {
    kind: "granted",
    era: 51,
    limits: signed,
  });
});

t.test("an era is never one that the rig has signed in already", async (t) => {
  const signed = [
    { era: 50, sequence: 7n },
    { era: 90, sequence: 9n },
  ];
  t.match(decideWelcome(held, { ...hello, signed }, 10), { kind: "granted", era: 91 });
  const last = [{ era: 0xffff_ffff, sequence: 1n }];
  t.match(decideWelcome(held, { ...hello, signed: last }, 10), { kind: "stale" });
});

t.test("a hello that knows less than the coordinator changes nothing", async (t) => {
  t.same(decideWelcome(held, { ...hello, base: ZERO_32 }, NOW), { kind: "stale" });
  t.same(decideWelcome(held, { ...hello, newestEra: 49 }, NOW), { kind: "stale" });
  t.same(decideWelcome(fresh, { ...hello, newestEra: 0 }, NOW), { kind: "stale" });
});

t.test("the instance of now gets its era again, with or without knowing it", async (t) => {
  const again = { kind: "again", era: 50 };
  t.same(decideWelcome(held, { ...hello, instance: A, era: 50 }, NOW), again);
  const lost = { ...hello, instance: A, newestEra: 0, base: ZERO_32 };
  t.same(decideWelcome(held, lost, NOW), again);
});

t.test("an instance whose era is over is superseded", async (t) => {
  t.same(decideWelcome(held, { ...hello, era: 49 }, NOW), { kind: "superseded" });
  t.same(decideWelcome(held, { ...hello, era: 50 }, NOW), { kind: "superseded" });
  t.same(decideWelcome(held, { ...hello, instance: A, era: 49 }, NOW), { kind: "superseded" });
  t.same(decideWelcome(fresh, { ...hello, era: 1 }, NOW), { kind: "superseded" });
});

t.test("a list of eras must be in order and believable", async (t) => {
  t.equal(signedFault([]), undefined);
  const good = [
    { era: 1, sequence: 0n },
    { era: 9, sequence: 5n },
  ];
  t.equal(signedFault(good), undefined);
  t.ok(signedFault(good.toReversed()));
  t.ok(signedFault([...good, ...good]));
  t.ok(signedFault([{ era: 0, sequence: 0n }]));
  t.ok(signedFault([{ era: 1, sequence: 1n << 60n }]));
});

t.test("missing sequences are those that are not there, the newest at most", async (t) => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(60), { maxLength: 40 }),
      fc.integer({ min: 1, max: 61 }),
      fc.nat(20),
      fc.integer({ min: 1, max: 70 }),
      (present, head, from, limit) => {
        const below = present.filter((n) => n < head).sort((a, b) => b - a);
        const wanted = Array.from({ length: head }, (_, n) => n)
          .filter((n) => n >= from && !below.includes(n))
          .slice(-limit)
          .map(BigInt);
        t.strictSame(missingBelow(head, below, from, limit), wanted);
      },
    ),
    { numRuns: 300 },
  );
  t.same(missingBelow(3, [2, 2, 0, 0]), [1n], "a sequence of two eras is there once");
});

t.test("a head out of nowhere names only its newest missing ones, fast", async (t) => {
  const missing = missingBelow(Number.MAX_SAFE_INTEGER, [5, 4]);
  t.equal(missing.length, 10_000);
  t.equal(missing.at(-1), BigInt(Number.MAX_SAFE_INTEGER - 1));
});
