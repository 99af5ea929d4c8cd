import t, { type Test } from "tap";
import { Chain } from "../../../../agent/store/chain.ts";
import { Meta } from "../../../../agent/store/meta.ts";
import { lockStateDirectory, openDatabase } from "../../../../agent/store/open.ts";
import { type Hex, ZERO_32 } from "../../../../proto/hex.ts";

const digest = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

function fresh(t: Test) {
  const directory = t.testdir({});
  const db = openDatabase(directory);
  t.after(() => db.close());
  const chain = new Chain(db);
  const take = (n: number, era = 1, start = n * 600): Hex => {
    const place = chain.reserve({ start: BigInt(start), end: BigInt(start + 600) }, (tip) => ({
      era,
      sequence: tip === undefined ? 0n : tip.sequence + 1n,
      digest: digest(n),
      body: Buffer.from([n]),
    }));
    return place.digest;
  };
  const sign = (n: number): void => chain.attachSignature(digest(n), "0xaa", Buffer.from([n, 1]));
  return { directory, db, chain, take, sign };
}

t.test("places follow each other, and a window is taken once", async (t) => {
  const { chain, take } = fresh(t);
  t.equal(chain.isEmpty(), true);
  take(1);
  take(2);
  t.same(chain.head(), { sequence: 1n, digest: digest(2) });
  t.throws(() => take(3, 1, 2 * 600), { code: "attest-window-signed" });
  t.throws(
    () => take(3, 1, 2 * 600 + 300),
    { code: "attest-window-signed" },
    "an overlap is the same",
  );
  t.same(chain.head(), { sequence: 1n, digest: digest(2) }, "a refused one moved nothing");
  t.equal(chain.holds(digest(1)), true);
  t.equal(chain.holds(ZERO_32), true);
  t.equal(chain.holds(digest(9)), false);
});

t.test("a failure while building leaves no trace", async (t) => {
  const { chain } = fresh(t);
  t.throws(() =>
    chain.reserve({ start: 0n, end: 600n }, () => {
      throw new Error("no");
    }),
  );
  t.equal(chain.isEmpty(), true);
});

t.test("only what is signed is in the outbox, and only an answer takes it out", async (t) => {
  const { chain, take, sign } = fresh(t);
  for (const n of [1, 2, 3]) take(n);
  t.equal(chain.unanswered(undefined, 10).length, 0);
  t.same(
    chain.unsigned().map(({ digest: d }) => d),
    [digest(1), digest(2), digest(3)],
  );
  for (const n of [1, 2, 3]) sign(n);
  t.same(
    chain.unanswered(undefined, 2).map(({ sequence }) => sequence),
    [0n, 1n],
  );
  t.same(
    chain.unanswered({ era: 1, sequence: 1n }, 10).map(({ sequence }) => sequence),
    [2n],
  );
  t.equal(chain.receipted(digest(1), 77n, Buffer.from("r")), true);
  t.equal(chain.refused(digest(2), "frozen", Buffer.from("f")), true);
  t.equal(
    chain.refused(digest(1), "frozen", Buffer.from("f")),
    false,
    "a receipt is not taken back by a refusal",
  );
  t.equal(chain.receipted(digest(9), 1n, Buffer.from("r")), false, "somebody else's");
  t.same(
    chain.unanswered(undefined, 10).map(({ sequence }) => sequence),
    [2n],
  );
  t.same(chain.delivery(), {
    outbox: 1,
    refused: 1,
    oldestUnansweredS: 2400,
    lastReceipt: { era: 1, sequence: 0n, receivedAtS: 77 },
  });
});

t.test("a welcome puts back what the coordinator lacks", async (t) => {
  const { chain, take, sign } = fresh(t);
  for (const n of [1, 2, 3, 4]) {
    take(n);
    sign(n);
    chain.receipted(digest(n), 5n, Buffer.from("r"));
  }
  t.equal(chain.reopen({ sequence: 2n, digest: digest(3) }, [0n]), 2);
  t.same(
    chain.unanswered(undefined, 10).map(({ sequence }) => sequence),
    [0n, 3n],
  );
  t.equal(chain.reopen(undefined, []), 2, "a coordinator that knows nothing gets everything");
});

t.test("after a loss the chain goes on from the coordinator's head and says so once", async (t) => {
  const { chain, db } = fresh(t);
  chain.adopt({ sequence: 41n, digest: digest(41) });
  t.equal(chain.holds(digest(41)), true);
  const seen: unknown[] = [];
  for (const n of [50, 51]) {
    chain.reserve({ start: BigInt(n * 600), end: BigInt(n * 600 + 600) }, (tip, afterLoss) => {
      seen.push([tip?.sequence, afterLoss]);
      return {
        era: 2,
        sequence: (tip?.sequence ?? 0n) + 1n,
        digest: digest(n),
        body: Buffer.from([1]),
      };
    });
  }
  t.same(seen, [
    [41n, true],
    [42n, false],
  ]);
  t.equal(new Meta(db).get("take_over"), undefined);
  t.same(chain.signedByEra(), [{ era: 2, sequence: 43n }]);
});

t.test(
  "a second process cannot take a state directory, and gets it when the first is gone",
  async (t) => {
    const directory = t.testdir({});
    const release = lockStateDirectory(directory);
    t.throws(() => lockStateDirectory(directory), { code: "store-locked" });
    release();
    release();
    lockStateDirectory(directory)();
  },
);

t.test("a database of a newer program is refused and not touched", async (t) => {
  const directory = t.testdir({});
  const db = openDatabase(directory);
  db.pragma("user_version = 99");
  db.close();
  t.throws(() => openDatabase(directory), { code: "store-newer" });
});

t.test("a file that is no database is an error, not a new database", async (t) => {
  const directory = t.testdir({
    "rig.db": "this is not a database, it is a text of some length ".repeat(50),
  });
  t.throws(() => openDatabase(directory), { code: "store-failed" });
});
