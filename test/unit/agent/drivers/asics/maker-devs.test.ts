import t from "tap";
import {
  boardsOf,
  poolsOf,
  ratesOf,
  totalOf,
} from "../../../../../agent/drivers/asics/maker-devs.ts";

const pool = (more: object): object => ({
  URL: "stratum+tcp://pool.example:3333",
  Status: "Alive",
  Accepted: 3,
  Rejected: 1,
  Stale: 0,
  "Difficulty Accepted": 1.5,
  "Stratum Active": false,
  ...more,
});

t.test("a total needs every part", async (t) => {
  t.equal(totalOf([1.5, 0, 2]), 3.5);
  t.equal(totalOf([0, 0]), 0);
  for (const parts of [[], [1, undefined], [1, null], [1, "2"], [1, Number.NaN]])
    t.equal(totalOf(parts), undefined, String(parts));
});

t.test("boards keep their numbers, and rates of the whole are theirs together", async (t) => {
  const boards = boardsOf(
    { DEVS: [{ ASC: 0, "MHS 5s": 2, "MHS av": 1 }, 7, { PGA: 2, "MHS 5s": 3 }] },
    "5s",
  );
  t.strictSame(
    boards.map(({ number, now }) => [number, now]),
    [
      [0, 2],
      [2, 3],
    ],
  );
  t.match(ratesOf(boards), { now: 5, mean: undefined });
  t.match(ratesOf(boardsOf(undefined, "5s")), { now: undefined, boards: [] });
});

t.test("pools count together, and the one with a connection is in use", async (t) => {
  const other = pool({ URL: "stratum+tcp://other.example:3333", "Stratum Active": true });
  t.match(poolsOf({ POOLS: [pool({}), other] }), {
    accepted: 6,
    rejected: 2,
    stale: 0,
    difficulty: 3,
    inUse: { URL: "stratum+tcp://other.example:3333" },
  });
  t.equal(poolsOf({ POOLS: [other, other] })["inUse"], undefined, "of two connected, neither");
  t.match(poolsOf({ POOLS: [pool({ Accepted: "3" }), other] }), { accepted: undefined });
});

t.test("difficulty of 0 beside shares is no difficulty", async (t) => {
  t.equal(poolsOf({ POOLS: [pool({ "Difficulty Accepted": 0 })] })["difficulty"], undefined);
  t.equal(poolsOf({ POOLS: [pool({ Accepted: 0, "Difficulty Accepted": 0 })] })["difficulty"], 0);
});
