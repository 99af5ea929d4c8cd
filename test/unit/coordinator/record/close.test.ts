import { join } from "node:path";
import t from "tap";
import {
  closeEpoch,
  draftEpoch,
  dueEpoch,
  keepEpoch,
  nextEpoch,
} from "../../../../coordinator/record/close.ts";
import type { Epoch } from "../../../../coordinator/record/expect.ts";
import { createProofs } from "../../../../coordinator/record/proofs.ts";
import { recordsIn } from "../../../../coordinator/record/record-rows.ts";
import { finish } from "../../../../coordinator/record/steps.ts";
import { createTallies } from "../../../../coordinator/record/tallies.ts";
import { KNOWN } from "../../../../proto/attestation.ts";
import { fromHex, ZERO_32 } from "../../../../proto/hex.ts";
import { rootOfProof } from "../../../../proto/merkle.ts";
import {
  COLLECTION,
  DAY,
  deviceRow,
  GPU_A,
  GPU_B,
  openScene,
  type Scene,
  type SceneRig,
} from "../../../support/record-scene.ts";

const FROM = BigInt(DAY);
const TO = FROM + 86_400n;
const at = (window: number): bigint => FROM + BigInt(window) * 60n;
const token = (tokenId: bigint) => ({ collection: COLLECTION, tokenId });

/** Closes what is due ten minutes after an epoch's start and a grace time. */
function closeNext(scene: Scene, now = Number(FROM) + 1_000_000): bigint {
  const epoch = dueEpoch(scene.db, scene.rules, now);
  if (epoch === undefined) throw new Error("nothing is due");
  return closeEpoch(scene.db, epoch, now).start;
}
const recordOf = (scene: Scene, tokenId: bigint, epoch = FROM) =>
  recordsIn(scene.db, token(tokenId), epoch);

t.test("two tokens share a rig's epoch to the last hash", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  const third = { fromTime: FROM, toTime: TO, denominator: 3n };
  rig.allocate({ tokenId: 1n, numerator: 1n, promisedHashrate: 5000n, ...third });
  rig.allocate({ tokenId: 2n, numerator: 2n, ...third });
  for (let window = 0; window < 10; window += 1) rig.attest({ windowStart: at(window) });
  t.equal(closeNext(scene), FROM);
  const [one] = recordOf(scene, 1n);
  const [two] = recordOf(scene, 2n);
  t.match(one, {
    algorithm: "kawpow",
    hashes: 3_333_350n,
    correction: 0n,
    promisedHashes: 5000n * 600n,
    observedSeconds: 600n,
    expectedSeconds: 600n,
    energyJoules: 40_010n,
    grade: 1,
    windowsCounted: 10,
    windowsExpected: 10,
    cumulativeHashes: 3_333_350n,
  });
  t.equal((one?.hashes ?? 0n) + (two?.hashes ?? 0n), 10_000_030n);
  t.equal((one?.energyJoules ?? 0n) + (two?.energyJoules ?? 0n), 120_010n);
});

t.test("a record's proof leads to the epoch's root", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  for (let id = 1n; id <= 5n; id += 1n) {
    rig.allocate({ tokenId: id, numerator: 1n, denominator: 5n, fromTime: FROM, toTime: TO });
  }
  rig.attest({ windowStart: at(0) });
  closeNext(scene);
  const proofs = createProofs(scene.db);
  const roots = [1n, 2n, 3n, 4n, 5n].map((id) => {
    const [record] = recordOf(scene, id);
    if (record === undefined) throw new Error("no record");
    const { root, proof } = proofs.proofOf(record);
    t.equal(rootOfProof(fromHex(record.leaf), proof), root, `token ${id}`);
    return root;
  });
  t.strictSame(new Set(roots).size, 1);
  t.equal(scene.db.prepare("SELECT root FROM epochs").pluck().get(), roots[0]);
});

t.test("an allocated device that is not listed counts as zero and as expected", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, device: GPU_A, fromTime: FROM, toTime: TO });
  rig.allocate({ tokenId: 2n, device: GPU_B, algorithm: "ethash", fromTime: FROM, toTime: TO });
  rig.attest({ windowStart: at(0) });
  rig.attest({ windowStart: at(1), devices: [] });
  closeNext(scene);
  t.match(recordOf(scene, 1n), [{ windowsCounted: 1, windowsExpected: 10, hashes: 1_000_003n }]);
  t.match(recordOf(scene, 2n), [
    {
      algorithm: "ethash",
      windowsCounted: 0,
      windowsExpected: 10,
      hashes: 0n,
      windowsRoot: ZERO_32,
    },
  ]);
});

t.test(
  "an epoch in which nothing came still has a record, under what was mined last",
  async (t) => {
    const scene = openScene(t.testdir());
    const rig = scene.rig();
    rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 1200n, promisedHashrate: 7n });
    scene.rig().allocate({ tokenId: 2n, fromTime: FROM, toTime: FROM + 600n });
    rig.attest({ windowStart: at(0) });
    closeNext(scene);
    t.match(recordOf(scene, 2n), [
      { algorithm: "", windowsExpected: 10, windowsCounted: 0, hashes: 0n },
    ]);
    t.equal(closeNext(scene), FROM + 600n);
    t.match(recordOf(scene, 1n, FROM + 600n), [
      {
        algorithm: "kawpow",
        hashes: 0n,
        windowsExpected: 10,
        promisedHashes: 4200n,
        cumulativeHashes: 1_000_003n,
      },
    ]);
    t.equal(nextEpoch(scene.db, scene.rules), undefined);
  },
);

t.test("what comes late is a correction of the next epoch and no epoch is rewritten", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  rig.attest({ windowStart: at(0) });
  closeNext(scene);
  const before = recordOf(scene, 1n);
  rig.attest({ windowStart: at(1), devices: [deviceRow({ hashes: 77n })] }, DAY + 700);
  rig.attest({ windowStart: at(2), windowEnd: at(4), devices: [deviceRow()] }, DAY + 701);
  t.equal(closeNext(scene), FROM + 600n);
  t.strictSame(recordOf(scene, 1n), before);
  t.match(recordOf(scene, 1n, FROM + 600n), [
    {
      algorithm: "kawpow",
      hashes: 0n,
      correction: 77n,
      windowsCounted: 0,
      windowsExpected: 0,
      cumulativeHashes: 1_000_080n,
    },
  ]);
  t.strictSame(
    scene.db.prepare("SELECT verdicts FROM judgements ORDER BY sequence").pluck().all(),
    ["", "late", "bad-window,late"],
  );
});

t.test("two algorithms are two records and are never added", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  const second = {
    algorithm: "zil",
    hashes: 5n,
    known: KNOWN.hashes,
    energyJoules: 0n,
    powerSource: 0,
    sharesAccepted: 0n,
    shareWork: 0n,
  };
  for (let window = 0; window < 4; window += 1) {
    rig.attest({ windowStart: at(window), devices: [deviceRow(), deviceRow(second)] });
  }
  rig.attest({ windowStart: at(4), devices: [deviceRow()] });
  closeNext(scene);
  t.match(recordOf(scene, 1n), [
    { algorithm: "kawpow", hashes: 5_000_015n, windowsCounted: 5, windowsExpected: 10, grade: 1 },
    { algorithm: "zil", hashes: 20n, windowsCounted: 4, windowsExpected: 9, grade: 0 },
  ]);
});

t.test("a host that does not mine is no device of an allocated rig", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  const host = deviceRow({
    id: `host:${"c".repeat(32)}`,
    algorithm: "",
    known: KNOWN.energy,
    hashes: 0n,
    sharesAccepted: 0n,
    shareWork: 0n,
  });
  rig.attest({ windowStart: at(0), devices: [deviceRow(), host] });
  closeNext(scene);
  t.match(recordOf(scene, 1n), [
    { algorithm: "kawpow", windowsExpected: 10, energyJoules: 12_001n },
  ]);
});

t.test(
  "a device in outage is expected beside those that mine, and counts as nothing",
  async (t) => {
    const scene = openScene(t.testdir());
    const rig = scene.rig();
    rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
    const out = deviceRow({
      id: GPU_B,
      algorithm: "",
      known: 0,
      hashes: 0n,
      observedMilliseconds: 0,
      energyJoules: 0n,
      powerSource: 0,
      sharesAccepted: 0n,
      shareWork: 0n,
    });
    rig.attest({ windowStart: at(0), devices: [deviceRow(), out] });
    closeNext(scene);
    t.match(recordOf(scene, 1n), [{ algorithm: "kawpow", windowsCounted: 1, windowsExpected: 20 }]);
  },
);

t.test("a rig that falls silent is missed with all devices that it had", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: TO });
  rig.attest({ windowStart: at(0), devices: [deviceRow(), deviceRow({ id: GPU_B })] });
  closeNext(scene);
  rig.attest({ windowStart: at(10), devices: [deviceRow({ id: GPU_B })] });
  closeNext(scene);
  closeNext(scene);
  const expected = [FROM, FROM + 600n, FROM + 1200n].map(
    (epoch) => recordOf(scene, 1n, epoch)[0]?.windowsExpected,
  );
  t.strictSame(expected, [20, 10, 10]);
});

t.test("an epoch closes once, only after its grace time, and in order", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: TO });
  rig.attest({ windowStart: at(0) });
  t.equal(dueEpoch(scene.db, scene.rules, DAY + 659), undefined);
  const epoch = dueEpoch(scene.db, scene.rules, DAY + 660);
  t.match(epoch, { start: FROM, end: FROM + 600n });
  if (epoch === undefined) return;
  const closed = closeEpoch(scene.db, epoch, DAY + 660);
  t.strictSame(closeEpoch(scene.db, epoch, DAY + 9999), closed);
  t.match(nextEpoch(scene.db, scene.rules), { start: FROM + 600n });
});

t.test("a window of a far future or past neither counts nor holds the others up", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.attest({ windowStart: 0n }, DAY);
  rig.attest({ windowStart: FROM + 31_536_000n }, DAY);
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  rig.attest({ windowStart: at(0) });
  t.equal(closeNext(scene), 0n);
  t.equal(closeNext(scene), FROM);
  t.match(recordOf(scene, 1n), [{ windowsCounted: 1, hashes: 1_000_003n }]);
  t.match(nextEpoch(scene.db, scene.rules), { start: FROM + 31_536_000n });
});

t.test("a rig that claims the whole of 256 bits does not stop the epoch", async (t) => {
  const scene = openScene(t.testdir());
  const [liar, honest] = [scene.rig(), scene.rig()];
  for (const rig of [liar, honest]) {
    rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  }
  liar.attest({ windowStart: at(0), devices: [deviceRow({ hashes: 2n ** 256n - 1n })] });
  honest.attest({ windowStart: at(0) });
  closeNext(scene);
  t.match(recordOf(scene, 1n), [
    { algorithm: "", hashes: 0n, windowsCounted: 0, windowsExpected: 10 },
    { algorithm: "kawpow", hashes: 1_000_003n, windowsCounted: 1, windowsExpected: 10 },
  ]);
});

t.test("the grade follows the shares", async (t) => {
  const cases: [string, Parameters<typeof deviceRow>[0], number][] = [
    ["work agrees", {}, 1],
    ["work is half", { shareWork: 500_000n, sharesAccepted: 1000n }, 0],
    ["so few shares that nothing could disagree", { sharesAccepted: 1n }, 0],
    [
      "work is not known",
      { known: KNOWN.hashes | KNOWN.energy | KNOWN.accepted, shareWork: 0n },
      0,
    ],
  ];
  const directory = t.testdir({ 0: {}, 1: {}, 2: {}, 3: {} });
  for (const [i, [about, over, grade]] of cases.entries()) {
    const scene = openScene(join(directory, String(i)));
    const rig = scene.rig();
    rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
    rig.attest({ windowStart: at(0), devices: [deviceRow(over)] });
    closeNext(scene);
    t.equal(recordOf(scene, 1n)[0]?.grade, grade, about);
  }
});

const gpu = (n: number): string => `gpu:${n.toString(16).padStart(32, "0")}`;
const idle = {
  ...{ algorithm: "x", known: 0, hashes: 0n, observedMilliseconds: 0, samples: 0 },
  ...{ energyJoules: 0n, powerSource: 0, sharesAccepted: 0n, shareWork: 0n },
};
/** Rows of so many devices, the first with this number. */
const devicesFrom = (first: number, count: number, over: object = idle) =>
  Array.from({ length: count }, (_, i) => deviceRow({ id: gpu(first + i), ...over }));
const verdictsIn = (scene: Scene): unknown[] =>
  scene.db.prepare("SELECT verdicts FROM judgements ORDER BY rig, sequence").pluck().all();

t.test("a rig with devices by the ten thousand does not keep an epoch open", async (t) => {
  const scene = openScene(t.testdir(), { windowSeconds: 600, epochSeconds: 86_400 });
  const [honest, endless] = [scene.rig(), scene.rig()];
  scene.db.pragma("synchronous = OFF");
  for (const rig of [honest, endless]) {
    rig.allocate({ tokenId: 1n, denominator: 2n, fromTime: FROM, toTime: TO });
  }
  honest.attest({ windowStart: FROM });
  for (let i = 0; i < 32; i += 1) {
    const windowStart = FROM + BigInt(i) * 600n;
    endless.attest({ windowStart, devices: devicesFrom(i * 4096, 4096) });
  }
  endless.attest({ windowStart: FROM + 32n * 600n, devices: devicesFrom(0, 4096) });
  closeNext(scene);
  const of = (rig: SceneRig): unknown[] =>
    scene.db
      .prepare("SELECT verdicts FROM judgements WHERE rig = ? ORDER BY sequence")
      .pluck()
      .all(rig.signer.address);
  t.strictSame(of(honest), [""]);
  t.strictSame(of(endless), ["", "", ...new Array(30).fill("implausible"), ""]);
  t.equal(scene.db.prepare("SELECT count(*) FROM rig_devices").pluck().get(), 8193);
  t.match(recordOf(scene, 1n), [
    { algorithm: "kawpow", hashes: 500_001n, windowsExpected: 144 },
    { algorithm: "x", windowsExpected: 8192 * 144, windowsCounted: 0 },
  ]);
});

t.test("a rig names at most 32 algorithms in an epoch", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  const named = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      deviceRow({ ...idle, algorithm: `a${100 + from + i}` }),
    );
  rig.attest({ windowStart: at(0), devices: named(0, 32) });
  rig.attest({ windowStart: at(1), devices: named(1, 32) });
  rig.attest({ windowStart: at(2), devices: named(31, 1) });
  closeNext(scene);
  t.strictSame(verdictsIn(scene), ["", "implausible", ""]);
  t.equal(recordOf(scene, 1n).length, 32);
});

t.test("a rig that cannot be read counts nothing, says so, and is still expected", async (t) => {
  const scene = openScene(t.testdir());
  const [honest, broken] = [scene.rig(), scene.rig()];
  for (const rig of [honest, broken]) {
    rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
    rig.attest({ windowStart: at(0) });
    rig.attest({ windowStart: at(1) });
  }
  scene.db
    .prepare("UPDATE attestations SET body = x'00' WHERE rig = ? AND sequence = 1")
    .run(broken.signer.address);
  const epoch = nextEpoch(scene.db, scene.rules) as Epoch;
  const draft = finish(draftEpoch(scene.db, epoch));
  t.match(draft.failed, [{ rig: broken.signer.address, cause: { code: "malformed" } }]);
  closeNext(scene);
  t.same(new Set(verdictsIn(scene)), new Set(["", "failed"]));
  t.match(recordOf(scene, 1n), [
    { algorithm: "", windowsExpected: 10, windowsCounted: 0 },
    { algorithm: "kawpow", hashes: 2_000_006n, windowsExpected: 10 },
  ]);
  t.equal(scene.db.prepare("SELECT count(*) FROM pending").pluck().get(), 0);
});

t.test("a fault of the ledger itself is no rig's fault", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  rig.attest({ windowStart: at(0) });
  scene.db.exec("ALTER TABLE rig_devices RENAME TO elsewhere");
  t.throws(() => closeNext(scene), { code: /^SQLITE_/ });
  scene.db.exec("ALTER TABLE elsewhere RENAME TO rig_devices");
  closeNext(scene);
  t.match(recordOf(scene, 1n), [{ windowsCounted: 1 }]);
});

t.test("windows that no record can hold are not added, and the epoch closes", async (t) => {
  const tallies = createTallies();
  const more = createTallies();
  const [one, other] = [token(1n), token(2n)];
  tallies.of(one, "x").windowsExpected = 0xffff_fff0;
  more.of(other, "x").windowsExpected = 1;
  more.of(one, "x").windowsExpected = 0x10;
  t.throws(() => tallies.add(more), /more windows than a record can hold/);
  t.strictSame(
    tallies.sorted().map(({ windowsExpected }) => windowsExpected),
    [0xffff_fff0],
    "nothing of it is added",
  );
  more.of(one, "x").windowsExpected = 0xf;
  tallies.add(more);
  t.strictSame(
    tallies.sorted().map(({ windowsExpected }) => windowsExpected),
    [0xffff_ffff, 1],
  );
});

t.test("adding up a rig lets others work every few rows", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  rig.allocate({ tokenId: 1n, fromTime: FROM, toTime: FROM + 600n });
  for (let window = 0; window < 10; window += 1) {
    rig.attest({ windowStart: at(window), devices: devicesFrom(0, 1000) });
  }
  const drafting = draftEpoch(scene.db, nextEpoch(scene.db, scene.rules) as Epoch);
  let steps = 0;
  while (!drafting.next().done) steps += 1;
  t.ok(steps > 20, `${steps} steps`);
});

t.test("an allocation that is taken while its epoch is added up is in it", async (t) => {
  const scene = openScene(t.testdir());
  const rig = scene.rig();
  const half = { denominator: 2n, fromTime: FROM, toTime: FROM + 600n };
  rig.allocate({ tokenId: 2n, ...half });
  rig.attest({ windowStart: at(0) });
  const epoch = nextEpoch(scene.db, scene.rules) as Epoch;
  const draft = finish(draftEpoch(scene.db, epoch));
  t.ok(rig.allocate({ tokenId: 1n, ...half }, DAY + 659).accepted);
  t.equal(keepEpoch(scene.db, draft, DAY + 661), undefined, "the draft is of the past");
  t.equal(scene.db.prepare("SELECT count(*) FROM epochs").pluck().get(), 0);
  const far = { denominator: 2n, fromTime: FROM + 6000n, toTime: FROM + 6600n };
  const again = finish(draftEpoch(scene.db, epoch));
  t.ok(rig.allocate({ tokenId: 3n, ...far }, DAY + 661).accepted);
  t.ok(keepEpoch(scene.db, again, DAY + 661), "one that begins later does not matter");
  t.match(recordOf(scene, 1n), [{ hashes: 500_002n }]);
  t.match(recordOf(scene, 2n), [{ hashes: 500_001n }]);
});
