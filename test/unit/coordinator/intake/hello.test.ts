import { Wallet } from "ethers";
import t, { type Test } from "tap";
import { beaconAt } from "../../../../coordinator/fleet/beacon.ts";
import { getRig } from "../../../../coordinator/fleet/rigs.ts";
import { MAX_LOOKED_AT } from "../../../../coordinator/fleet/welcome.ts";
import { ZERO_32 } from "../../../../proto/hex.ts";
import { encodeHello } from "../../../../proto/wire.ts";
import { coordinatorSigner, openIntakeWorld } from "../../../support/coordinator-intake.ts";
import { RigSide, random32 } from "../../../support/rig-side.ts";

async function world(test: Test) {
  const opened = await openIntakeWorld(test.testdir());
  test.after(() => opened.close());
  return opened;
}

t.test("a first hello is granted an era and told how things are", async (t) => {
  const w = await world(t);
  const challenge = random32();
  t.same(await w.welcome(await w.rig.signedHello({ challenge })), {
    rig: w.rig.rig,
    challenge,
    era: w.now,
    newestEra: w.now,
    headSequence: 0n,
    headDigest: ZERO_32,
    missing: [],
    windowSeconds: 10,
    settingsVersion: 0n,
    time: BigInt(w.now),
    beacon: beaconAt(Buffer.alloc(32, 0x17), w.now),
  });
  t.match(getRig(w.db, w.rig.rig), { era: w.now, instance: w.rig.instance, last_seen_at: w.now });
});

t.test("a hello whose welcome was lost gets the same era again", async (t) => {
  const w = await world(t);
  const hello = await w.rig.signedHello();
  const first = await w.welcome(hello);
  w.now += 100;
  t.equal((await w.welcome(hello))?.era, first?.era);
  t.equal((await w.welcome(await w.rig.signedHello({ era: first?.era ?? 0 })))?.era, first?.era);
});

t.test("a hello that lingered changes nothing for the instance of now", async (t) => {
  const w = await world(t);
  const old = await w.rig.signedHello();
  const lingering = await w.rig.signedHello({ instance: random32() });
  const era = (await w.welcome(old))?.era ?? 0;
  w.now += 5;
  const answer = await w.welcome(lingering);
  t.match(answer, { era: 0, newestEra: era });
  t.match(getRig(w.db, w.rig.rig), { era, instance: w.rig.instance });
  t.equal((await w.answer(await w.rig.signed({ era })))?.kind, "receipt");
});

t.test("a stale hello learns the head with which it may ask again", async (t) => {
  const w = await world(t);
  const era = (await w.welcome(await w.rig.signedHello()))?.era ?? 0;
  await w.answer(await w.rig.signed({ era }));
  w.rig.instance = random32();
  const refused = await w.welcome(await w.rig.signedHello());
  t.equal(refused?.era, 0);
  const { headDigest: base = ZERO_32, newestEra = 0 } = refused ?? {};
  const granted = await w.welcome(await w.rig.signedHello({ base, newestEra }));
  t.ok((granted?.era ?? 0) > era);
});

t.test("limits are replaced as a whole by the next grant", async (t) => {
  const w = await world(t);
  const limits = () => w.db.prepare("SELECT era, last_sequence FROM era_limits").all();
  let newestEra = (await w.welcome(await w.rig.signedHello()))?.era ?? 0;
  const first = newestEra;
  for (const signed of [
    [
      { era: 3, sequence: 4n },
      { era: first, sequence: 9n },
    ],
    [{ era: first, sequence: 12n }],
  ]) {
    const instance = random32();
    newestEra =
      (await w.welcome(await w.rig.signedHello({ instance, newestEra, signed })))?.era ?? 0;
    t.same(
      limits(),
      signed.map(({ era, sequence }) => ({ era, last_sequence: Number(sequence) })),
    );
  }
});

t.test("missing sequences are named, also after some were filled", async (t) => {
  const w = await world(t);
  const era = (await w.welcome(await w.rig.signedHello()))?.era ?? 0;
  const missing = async () => (await w.welcome(await w.rig.signedHello({ era })))?.missing;
  for (const sequence of [0n, 1n, 4n, 6n]) await w.answer(await w.rig.signed({ era, sequence }));
  t.same(await missing(), [2n, 3n, 5n]);
  await w.answer(await w.rig.signed({ era, sequence: 2n }));
  t.same(await missing(), [3n, 5n]);
  await w.answer(await w.rig.signed({ era, sequence: 5n }));
  await w.answer(await w.rig.signed({ era, sequence: 3n }));
  t.same(await missing(), []);
  t.equal(getRig(w.db, w.rig.rig)?.whole_below, 6);
  await w.answer(await w.rig.signed({ era, sequence: 8n }));
  t.same(await missing(), [7n]);
});

t.test("an old gap is looked for among the newest sequences only", async (t) => {
  const w = await world(t);
  const { rig } = w.rig;
  const head = MAX_LOOKED_AT + 30;
  w.db.exec("DROP TRIGGER attestation_is_pending");
  const insert = w.db.prepare(
    "INSERT INTO attestations VALUES (?, 1, ?, ?, '0x', ?, ?, 0, x'', 1, '0x', '0x')",
  );
  w.db.transaction(() => {
    for (let i = 11; i <= head; i += 1) {
      if (i !== 40) insert.run(rig, i, `0x${i}`, i * 10, i * 10 + 10);
    }
  })();
  w.db
    .prepare("UPDATE rigs SET head_sequence = ?, head_digest = ? WHERE rig = ?")
    .run(head, random32(), rig);
  const hello = await w.rig.signedHello();
  t.same((await w.welcome(hello))?.missing, [40n], "not 0 to 10");
  t.equal(getRig(w.db, rig)?.whole_below, 0, "what was not looked at is not called whole");
});

t.test("a revoked rig gets no era", async (t) => {
  const w = await world(t);
  w.db.prepare("UPDATE rigs SET revoked_at = 5").run();
  t.equal(await w.welcome(await w.rig.signedHello()), undefined);
  t.match(getRig(w.db, w.rig.rig), { era: 0, instance: null });
  t.equal(w.counters.snapshot().get('rig_coordinator_hellos_unheard_total{code="revoked-key"}'), 1);
});

t.test("a hello that is not the rig's own word gets no answer and changes nothing", async (t) => {
  const w = await world(t);
  const { rig } = w;
  const before = getRig(w.db, rig.rig);
  const stranger = new RigSide(coordinatorSigner.address, Wallet.createRandom());
  const sound = await rig.signedHello();
  const cut = sound.subarray(0, sound.length - 3);
  const flipped = Buffer.from(sound);
  flipped[75] = (flipped[75] ?? 0) ^ 1;
  const forged = await stranger.signedHello({ rig: rig.rig, key: rig.rig });
  const signed = [
    { era: 2, sequence: 1n },
    { era: 1, sequence: 1n },
  ];
  const heard = await Promise.all([
    w.welcome(cut),
    w.welcome(flipped),
    w.welcome(forged),
    w.welcome(await stranger.signedHello({ rig: rig.rig })),
    w.welcome(await rig.signedHello({ coordinator: `0x${"99".repeat(20)}` })),
    w.welcome(await rig.signedHello({ signed })),
    w.welcome(sound, stranger.rig),
    w.welcome(await stranger.signedHello(), stranger.rig),
    w.welcome(encodeHello({ message: rig.hello(), signature: `0x${"00".repeat(65)}` })),
    w.welcome(Buffer.alloc((1 << 20) + 1)),
  ]);
  t.same(heard, new Array(heard.length).fill(undefined));
  t.same(getRig(w.db, rig.rig), before);
  const counted = [...w.counters.snapshot()].map(([series, n]) => `${series} ${n}`).sort();
  t.same(
    counted,
    [
      'bad-signature"} 3',
      'malformed"} 2',
      'revoked-key"} 1',
      'too-large"} 1',
      'unknown-rig"} 1',
      'wrong-coordinator"} 1',
      'wrong-topic"} 1',
    ].map((tail) => `rig_coordinator_hellos_unheard_total{code="${tail}`),
  );
});
