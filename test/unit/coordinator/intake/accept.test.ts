import { Wallet } from "ethers";
import t, { type Test } from "tap";
import { getRig, unfreezeRig } from "../../../../coordinator/fleet/rigs.ts";
import type { Attestation } from "../../../../proto/attestation.ts";
import { type Hex, ZERO_32 } from "../../../../proto/hex.ts";
import { encodeAttestation } from "../../../../proto/wire.ts";
import { coordinatorSigner, openIntakeWorld } from "../../../support/coordinator-intake.ts";
import { RigSide, random32 } from "../../../support/rig-side.ts";

async function withEra(test: Test) {
  const world = await openIntakeWorld(test.testdir());
  test.after(() => world.close());
  const welcome = await world.welcome(await world.rig.signedHello());
  if (welcome === undefined) throw new Error("the rig was not welcomed");
  return { ...world, world, era: welcome.era };
}

t.test("an attestation is stored as it came and receipted", async (t) => {
  const { world, rig, era, db } = await withEra(t);
  const body = await rig.signed({ era });
  const answer = await world.answer(body);
  t.equal(answer?.kind, "receipt");
  const stored = db.prepare<[], Record<string, unknown>>("SELECT * FROM attestations").get();
  t.match(stored, {
    rig: rig.rig,
    era,
    sequence: 0,
    digest: answer?.message.digest,
    received_at: world.now,
    receipt_signature: answer?.signature,
  });
  t.same(stored?.["body"], Buffer.from(body));
  t.match(getRig(db, rig.rig), { head_sequence: 0, head_digest: answer?.message.digest });
});

t.test(
  "the same attestation again gets the same bytes, also later and after a restart",
  async (t) => {
    const { world, rig, era } = await withEra(t);
    const body = await rig.signed({ era });
    const first = await world.intake.receive(`rig/v1/${rig.rig}/attestation`, body);
    world.now += 3600;
    const second = await world.intake.receive(`rig/v1/${rig.rig}/attestation`, body);
    t.same(second, first);
    const folder = world.file.replace(/\/ledger\.db$/, "");
    await world.close();
    const reopened = await openIntakeWorld(folder, rig);
    t.after(() => reopened.close());
    t.same(await reopened.intake.receive(`rig/v1/${rig.rig}/attestation`, body), first);
    t.equal(reopened.attestations(), 1);
  },
);

t.test("a sequence that was skipped may come later, and the head stays the highest", async (t) => {
  const { world, rig, era, db } = await withEra(t);
  for (const sequence of [0n, 5n, 3n]) {
    const answer = await world.answer(await rig.signed({ era, sequence }));
    t.equal(answer?.kind, "receipt", `sequence ${sequence}`);
  }
  t.equal(getRig(db, rig.rig)?.head_sequence, 5);
});

// Each changes one thing in an attestation that is sound otherwise, and keeps the signature of the sound one.
const CHANGES: Readonly<Record<string, (a: Attestation) => Partial<Attestation>>> = {
  era: (a) => ({ era: a.era + 1 }),
  sequence: (a) => ({ sequence: a.sequence + 1n }),
  previous: () => ({ previous: random32() }),
  windowStart: (a) => ({ windowStart: a.windowStart + 1n }),
  windowEnd: (a) => ({ windowEnd: a.windowEnd + 1n }),
  flags: (a) => ({ flags: a.flags ^ 1 }),
  beacon: () => ({ beacon: random32() }),
  samplesRoot: () => ({ samplesRoot: random32() }),
  evidenceRoot: () => ({ evidenceRoot: random32() }),
  key: () => ({ key: random32().slice(0, 42) as Hex }),
  "devices (none)": () => ({ devices: [] }),
};
const ROW_CHANGES = {
  id: `gpu:${"cd".repeat(16)}`,
  algorithm: "ethash",
  hashes: 1n,
  observedMilliseconds: 1,
  samples: 1,
  energyJoules: 1n,
  powerSource: 1,
  maxTemperatureMilliCelsius: -1,
  sharesAccepted: 9n,
  sharesRejected: 9n,
  shareWork: 9n,
  doubts: 1,
} as const;

t.test("a change in any signed field is a bad signature, and nothing is stored", async (t) => {
  const { world, rig, era } = await withEra(t);
  const sound = rig.attestation({ era });
  const signature = await rig.signature(sound);
  const changed = new Map<string, Attestation>(
    Object.entries(CHANGES).map(([name, change]) => [name, { ...sound, ...change(sound) }]),
  );
  for (const [field, value] of Object.entries(ROW_CHANGES)) {
    const devices = sound.devices.map((row) => ({ ...row, [field]: value }));
    changed.set(`device ${field}`, { ...sound, devices });
  }
  for (const [name, attestation] of changed) {
    const answer = await world.answer(encodeAttestation({ attestation, signature }));
    t.match(answer, { kind: "refusal", message: { code: "bad-signature" } }, name);
  }
  t.equal(world.attestations(), 0);
  t.equal(
    world.db.prepare("SELECT COUNT(*) FROM refusals WHERE code = 'bad-signature'").pluck().get(),
    changed.size,
  );
});

t.test("every single bit of the signature matters", async (t) => {
  const { world, rig, era } = await withEra(t);
  const attestation = rig.attestation({ era });
  const signature = await rig.signature(attestation);
  for (let at = 0; at < 65 * 8; at += 7) {
    const bytes = Buffer.from(signature.slice(2), "hex");
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
    const wrong = `0x${bytes.toString("hex")}` as Hex;
    const answer = await world.answer(encodeAttestation({ attestation, signature: wrong }));
    t.match(answer, { kind: "refusal", message: { code: "bad-signature" } }, `bit ${at}`);
  }
  t.equal(world.attestations(), 0);
});

t.test("the other form of a signature (high s) is refused", async (t) => {
  const { world, rig, era } = await withEra(t);
  const attestation = rig.attestation({ era });
  const signature = await rig.signature(attestation);
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = order - BigInt(`0x${signature.slice(66, 130)}`);
  const v = signature.endsWith("1b") ? "1c" : "1b";
  const high = `${signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}` as Hex;
  const answer = await world.answer(encodeAttestation({ attestation, signature: high }));
  t.match(answer, { kind: "refusal", message: { code: "bad-signature" } });
});

t.test("another key cannot speak for the rig", async (t) => {
  const { world, rig, era } = await withEra(t);
  const other = Wallet.createRandom();
  const stranger = new RigSide(coordinatorSigner.address, other);
  const attestation = rig.attestation({ era });
  const forged = encodeAttestation({
    attestation,
    signature: await stranger.signature(attestation),
  });
  t.match(await world.answer(forged), { message: { code: "bad-signature" } });
  const named = await stranger.signed({ era, rig: rig.rig });
  t.match(await world.answer(named), { message: { code: "revoked-key" } });
  t.equal(world.attestations(), 0);
});

t.test("an attestation is refused for what it says, by name, and nothing is stored", async (t) => {
  const { world, rig, era, db } = await withEra(t);
  const stranger = new RigSide(coordinatorSigner.address);
  const elsewhere = new RigSide(`0x${"77".repeat(20)}`, rig.wallet);
  const windowEnd = 1_700_000_000n;
  const cases: [string, Uint8Array, Hex?][] = [
    ["malformed", await rig.signed({ era, windowEnd })],
    ["malformed", await rig.signed({ era, sequence: 1n << 60n, windowStart: 0n, windowEnd: 10n })],
    ["malformed", await rig.signed({ era }), stranger.rig],
    ["unknown-rig", await stranger.signed({ era }), stranger.rig],
    ["wrong-coordinator", await elsewhere.signed({ era })],
    ["superseded", await rig.signed({ era: era - 1 })],
    ["superseded", await rig.signed({ era: era + 1 })],
    ["superseded", await rig.signed({ era: 0 })],
  ];
  for (const [code, payload, topic] of cases) {
    const answer = await world.answer(payload, topic);
    t.match(answer, { kind: "refusal", message: { code } }, code);
    t.equal(answer?.message.rig, topic ?? rig.rig, "the refusal is about the topic's rig");
  }
  t.equal(world.attestations(), 0);
  t.equal(getRig(db, rig.rig)?.head_sequence, null);
  db.prepare("UPDATE rigs SET revoked_at = 5").run();
  t.match(await world.answer(await rig.signed({ era })), { message: { code: "revoked-key" } });
});

t.test("nothing is accepted in era 0 before any era was granted", async (t) => {
  const world = await openIntakeWorld(t.testdir());
  t.after(() => world.close());
  const answer = await world.answer(await world.rig.signed({ era: 0 }));
  t.match(answer, { kind: "refusal", message: { code: "superseded" } });
  t.equal(world.attestations(), 0);
});

t.test("bytes without a digest are counted, get no answer and harm nobody", async (t) => {
  const { world, rig, era } = await withEra(t);
  const sound = await rig.signed({ era });
  const power = rig.attestation({ era });
  const wide = encodeAttestation({
    attestation: { ...power, devices: power.devices.map((row) => ({ ...row, powerSource: 300 })) },
    signature: `0x${"11".repeat(65)}`,
  });
  const answers = await Promise.all([
    world.answer(new Uint8Array(0)),
    world.answer(Buffer.from("hello there")),
    world.answer(sound.subarray(0, sound.length - 9)),
    world.answer(Buffer.alloc((1 << 20) + 1)),
    world.answer(wide),
    world.answer(sound),
  ]);
  t.same(answers.slice(0, 5), [undefined, undefined, undefined, undefined, undefined]);
  t.equal(answers[5]?.kind, "receipt", "the sound one in the same batch is receipted");
  const counted = world.counters.snapshot();
  t.equal(counted.get('rig_coordinator_refusals_total{code="malformed"}'), 4);
  t.equal(counted.get('rig_coordinator_refusals_total{code="too-large"}'), 1);
  t.equal(world.lines.filter(({ level }) => level === "warn").length, 2, "each kind once");
});

for (const [clash, over] of [
  ["sequence", { sequence: 0n, windowStart: 1_700_000_500n, windowEnd: 1_700_000_510n }],
  ["window", { sequence: 7n, windowStart: 1_700_000_000n, windowEnd: 1_700_000_010n }],
] as const) {
  t.test(`two attestations for one ${clash} freeze the rig and both are kept`, async (t) => {
    const { world, rig, era, db } = await withEra(t);
    const first = await rig.signed({ era });
    const receipt = await world.answer(first);
    const other = await rig.signed({ era, ...over });
    const answer = await world.answer(other);
    t.match(answer, { kind: "refusal", message: { code: "equivocation" } });
    t.match(db.prepare("SELECT * FROM equivocations").all(), [
      {
        rig: rig.rig,
        kind: clash,
        kept_digest: receipt?.message.digest,
        other_digest: answer?.message.digest,
        other_body: Buffer.from(other),
      },
    ]);
    t.equal(world.attestations(), 1);
    t.match(getRig(db, rig.rig), { frozen_at: world.now, frozen_why: new RegExp(clash) });
    t.match(
      world.lines.filter(({ level }) => level === "error"),
      [{ facts: { rig: rig.rig } }],
    );

    const next = await rig.signed({ era, sequence: 1n });
    t.match(await world.answer(next), { message: { code: "frozen" } });
    t.match(await world.answer(other), { message: { code: "frozen" } });
    t.same(await world.answer(first), receipt, "what was receipted stays so");
    t.equal((await world.welcome(await rig.signedHello({ era })))?.era, era, "still welcomed");

    unfreezeRig(db, rig.rig);
    t.equal((await world.answer(next))?.kind, "receipt", "a person lets it go on");
  });
}

t.test("an older era is accepted up to what the hello listed, and no further", async (t) => {
  const { world, rig, era } = await withEra(t);
  const answer = await world.answer(await rig.signed({ era }));
  const base = answer?.message.digest ?? ZERO_32;
  rig.instance = random32();
  const signed = [{ era, sequence: 2n }];
  const welcome = await world.welcome(await rig.signedHello({ base, newestEra: era, signed }));
  t.ok((welcome?.era ?? 0) > era);
  t.equal((await world.answer(await rig.signed({ era, sequence: 2n })))?.kind, "receipt");
  t.match(await world.answer(await rig.signed({ era, sequence: 3n })), {
    message: { code: "superseded" },
  });
  t.equal((await world.answer(await rig.signed({ era, sequence: 1n })))?.kind, "receipt");
  const now = { era: welcome?.era ?? 0, sequence: 3n };
  t.equal((await world.answer(await rig.signed(now)))?.kind, "receipt");
});

t.test("refusals are counted rather than repeated, and only so many are kept", async (t) => {
  const { world, rig, era, db } = await withEra(t);
  const body = await rig.signed({ era: era + 1 });
  for (let i = 0; i < 3; i += 1) await world.answer(body);
  t.match(db.prepare("SELECT * FROM refusals").all(), [{ code: "superseded", times: 3 }]);
  const insert = db.prepare("INSERT INTO refusals VALUES (?, 1, 1, ?, 'superseded', 0, 1)");
  for (let i = 0; i < 999; i += 1) insert.run(rig.rig, `0x${i}`);
  await world.answer(await rig.signed({ era: era + 2 }));
  t.equal(db.prepare("SELECT COUNT(*) FROM refusals").pluck().get(), 1000);
});
