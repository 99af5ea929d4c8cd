import t from "tap";
import { classicBoards } from "../../../../../agent/drivers/asics/antminer-boards.ts";
import { factsOf } from "../../../../../agent/drivers/asics/antminer-models.ts";

type Doc = Readonly<Record<string, unknown>>;

/** A classic reply that lists so many places, with chips in those of `found`. */
function places(listed: number, found: readonly number[], more: Doc = {}): Doc {
  const chains = Array.from({ length: listed }, (_, index) => index + 1).flatMap((n) =>
    found.includes(n)
      ? [
          [`chain_acn${n}`, 76],
          [`chain_rate${n}`, "31600.25"],
        ]
      : [
          [`chain_acn${n}`, 0],
          [`chain_rate${n}`, ""],
        ],
  );
  return { ...Object.fromEntries(chains), ...more };
}

const numbers = (classic: Doc, model = ""): number[] =>
  classicBoards(classic, factsOf(model)).map(({ number }) => number);

t.test("a board that the model has and the machine does not find keeps its number", async (t) => {
  t.strictSame(numbers(places(4, [2, 3], { miner_count: 2 }), "Antminer S19"), [1, 2, 3]);
  t.strictSame(numbers(places(4, [1, 2]), "Antminer S19"), [1, 2, 3]);
  t.strictSame(numbers(places(16, [6, 8]), "Antminer S9"), [6, 7, 8]);
  t.strictSame(numbers(places(4, [1, 2, 3]), "Antminer S19"), [1, 2, 3], "the fourth is a place");
  t.strictSame(numbers(places(4, [1, 2, 3, 4]), "Antminer S19 Hyd."), [1, 2, 3, 4]);
});

t.test("of another model a board is missed where the firmware counts it", async (t) => {
  t.strictSame(numbers(places(16, [6, 7, 8], { miner_count: 3 })), [6, 7, 8]);
  t.strictSame(numbers(places(4, [1, 3, 4], { miner_count: 4 })), [1, 2, 3, 4]);
  t.strictSame(numbers(places(4, [1, 2], { miner_count: "3" })), [1, 2, 3]);
  t.strictSame(numbers(places(16, [2, 3, 9], { miner_count: 3 })), [2, 3, 9], "a hole is no board");
  t.strictSame(numbers(places(3, [1, 2], { miner_count: 99 })), [1, 2, 3], "no more than it lists");
  for (const odd of [-1, 0, "many", null, {}, Number.NaN, undefined])
    t.strictSame(numbers(places(4, [1, 2], { miner_count: odd })), [1, 2], String(odd));
});

t.test("a place that is not listed is none, and without any board none is missed", async (t) => {
  t.strictSame(numbers({ chain_acn1: 6, chain_acn2: 6, chain_acn4: 6 }, "Antminer S19"), [1, 2, 4]);
  t.strictSame(numbers(places(16, [], { miner_count: 2 }), "Antminer T17+"), []);
});

t.test("the machine's frequency is not that of a board that is missing", async (t) => {
  const boards = classicBoards(places(4, [2, 3], { frequency: 675 }), factsOf("Antminer S19"));
  t.strictSame(
    boards.map(({ frequency }) => frequency),
    [undefined, 675, 675],
  );
});
