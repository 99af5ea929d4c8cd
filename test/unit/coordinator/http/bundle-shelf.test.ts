import t, { type Test } from "tap";
import { createBundleShelf } from "../../../../coordinator/http/bundle-shelf.ts";
import { tokenBundle } from "../../../../coordinator/record/bundle.ts";
import { closeEpoch, nextEpoch } from "../../../../coordinator/record/close.ts";
import { createProofs } from "../../../../coordinator/record/proofs.ts";
import { COLLECTION, DAY, openScene } from "../../../support/record-scene.ts";

const FROM = BigInt(DAY);
const token = { collection: COLLECTION, tokenId: 1n };

/** A ledger with so many closed epochs of a token. */
function closedScene(t: Test, epochs: number) {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  const to = FROM + BigInt(epochs) * 600n;
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: to });
  for (let start = FROM; start < to; start += 60n) rig.attest({ windowStart: start });
  for (let epoch = nextEpoch(scene.db, scene.rules); epoch !== undefined; ) {
    closeEpoch(scene.db, epoch, Number(to) + 1000);
    epoch = nextEpoch(scene.db, scene.rules);
  }
  const bundler = {
    db: scene.db,
    chainId: 1n,
    coordinator: scene.coordinator.address,
    proofs: createProofs(scene.db),
    windowSeconds: scene.rules.windowSeconds,
  };
  t.after(() => {
    scene.db.close();
  });
  return { scene, bundler };
}

t.test("what is on the shelf is the bundle, written out", async (t) => {
  const { bundler } = closedScene(t, 1);
  const found = await createBundleShelf(bundler).find(token, FROM);
  t.strictSame(JSON.parse(String(found?.body)), tokenBundle(bundler, token, FROM));
  t.equal(await createBundleShelf(bundler).find(token, FROM + 600n), undefined);
});

t.test("beyond its bytes the one that was not asked for the longest goes", async (t) => {
  const { scene, bundler } = closedScene(t, 3);
  const size = (await createBundleShelf(bundler).find(token, FROM))?.body.length ?? 0;
  const shelf = createBundleShelf(bundler, size * 2.5);
  const epochs = [FROM, FROM + 600n, FROM + 1200n] as const;
  await shelf.find(token, epochs[0]);
  await shelf.find(token, epochs[1]);
  await shelf.find(token, epochs[0]);
  await shelf.find(token, epochs[2]);
  scene.db.exec("DROP TABLE judgements");
  t.ok(await shelf.find(token, epochs[0]));
  t.ok(await shelf.find(token, epochs[2]));
  await t.rejects(shelf.find(token, epochs[1]), { code: "SQLITE_ERROR" });
  await t.rejects(shelf.find(token, epochs[1]), { code: "SQLITE_ERROR" }, "and no fault is kept");
  t.ok(await shelf.find(token, epochs[0]), "a fault of one does not hold up the next");
});

t.test("one bundle is made at a time, and others work in between", async (t) => {
  const { bundler } = closedScene(t, 3);
  const begun: string[] = [];
  const watched = new Proxy(bundler.db, {
    get(db, name) {
      if (name !== "prepare") return Reflect.get(db, name);
      return (sql: string) => {
        if (/FROM epochs WHERE/.test(sql)) begun.push("bundle");
        return db.prepare(sql);
      };
    },
  });
  const shelf = createBundleShelf({ ...bundler, db: watched });
  let turns = 0;
  const done = ["first", "second", "third"].map(async (name, i) => {
    await shelf.find(token, FROM + BigInt(i) * 600n);
    begun.push(name);
  });
  let going = true;
  const all = Promise.all(done).then(() => {
    going = false;
  });
  while (going) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  await all;
  const begins = begun.flatMap((what, i) => (what === "bundle" ? [i] : []));
  t.equal(begins.length, 3);
  t.ok((begins[2] ?? 0) > begun.indexOf("first"), "the third waits for the first");
  t.ok(turns > 6, `${turns} turns`);
});

t.test("closing ends what is being made, and nothing touches the ledger afterwards", async (t) => {
  const { scene, bundler } = closedScene(t, 1);
  const shelf = createBundleShelf(bundler);
  const coming = shelf.find(token, FROM);
  await shelf.close();
  scene.db.close();
  t.equal(await coming, undefined);
  t.equal(await shelf.find(token, FROM), undefined);
});
