import { join } from "node:path";
import mqtt from "mqtt";
import t, { type Test } from "tap";
import type { Attestation } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import { encodeAttestation } from "../../proto/wire.ts";
import type { PlainBundle } from "../support/bundle-shape.ts";
import { addressOf, COLLECTION, newWallet, startCoordinator } from "../support/flow-world.ts";
import { Random } from "../support/random.ts";
import { connectRig, digestIn, wordOf } from "../support/rig-client.ts";
import { CHAIN_ID, RigSide, random32 } from "../support/rig-side.ts";
import { nowSeconds, untilSeen } from "../support/tapped-world.ts";
import { until } from "../support/until.ts";

const PATIENCE_MS = 60_000;
t.setTimeout(2 * PATIENCE_MS);

/** A coordinator whose clock the test sets, with two rigs that the test plays. */
async function openPlayedWorld(test: Test) {
  const start = Math.floor(nowSeconds() / 60) * 60;
  const time = { now: start + 55 };
  const coordinator = await startCoordinator({
    directory: join(test.testdir(), "coordinator"),
    ...{ window: "10s", epoch: "1m", grace: "1s" },
    clock: () => time.now,
  });
  test.after(() => coordinator.running.stop());
  const owner = newWallet();
  const play = async () => {
    const rig = new RigSide(coordinator.address);
    const login = await coordinator.addRig(rig.rig, addressOf(owner));
    const client = await connectRig(coordinator.running.brokerUrl, login, rig);
    test.after(() => client.mqtt.endAsync(true));
    return { rig, login, client };
  };
  const counted = (prefix: string): number =>
    [...coordinator.running.counters.snapshot()]
      .filter(([name]) => name.startsWith(prefix))
      .reduce((sum, [, value]) => sum + value, 0);
  return { start: BigInt(start), time, coordinator, owner, play, counted };
}

t.test(
  "what a rig sends wrongly gets the refusal or the verdict that has a name for it",
  { timeout: PATIENCE_MS },
  async (t) => {
    const world = await openPlayedWorld(t);
    const { start, time, coordinator, owner, counted } = world;
    const { rig, client } = await world.play();
    const { era } = await client.hello();
    const device = rig.attestation().devices[0];
    if (device === undefined) throw new Error("no device");
    const tenth = { rig: rig.rig, collection: COLLECTION, device: "", algorithm: "" };
    const range = { fromTime: start, toTime: start + 3600n, promisedHashrate: 0n };

    await t.test("an allocation above 1, of nothing or by a stranger is refused", async (t) => {
      const ask = (numerator: bigint, denominator: bigint, tokenId: bigint, by = owner) =>
        coordinator.allocate(by, { ...tenth, ...range, tokenId, numerator, denominator });
      t.match(await ask(2n, 3n, 1n), { accepted: true });
      t.match(await ask(1n, 2n, 2n), { accepted: false, code: "above-one" });
      t.match(await ask(4n, 3n, 2n), { accepted: false, code: "malformed" });
      t.match(await ask(0n, 3n, 2n), { accepted: false, code: "malformed" });
      t.match(await ask(1n, 3n, 2n, newWallet()), { accepted: false, code: "not-the-owner" });
      t.match(await ask(1n, 3n, 3n), { accepted: true }, "what is left can be had");
      const least = { denominator: 1n << 63n, numerator: 1n };
      const answer = await coordinator.allocate(owner, {
        ...tenth,
        ...range,
        tokenId: 4n,
        ...least,
      });
      t.match(answer, { accepted: false, code: "above-one" }, "not even the least above it");
    });

    const at = (window: number): Partial<Attestation> => ({
      windowStart: start + BigInt(window),
      windowEnd: start + BigInt(window) + 10n,
    });
    const digests = new Map<number, Hex>();
    const digestAt = (sequence: number): Hex => {
      const digest = digests.get(sequence);
      if (digest === undefined) throw new Error(`sequence ${sequence} was not taken`);
      return digest;
    };
    /** Sends one that is signed as it should be; answers the word that it gets. */
    const send = async (over: Partial<Attestation>): Promise<string> => {
      const answer = await client.send(await rig.signed(over));
      if (answer.kind === "receipt") digests.set(Number(over.sequence), digestIn(answer));
      return wordOf(answer);
    };

    await t.test("what is changed, repeated or signed by another is not taken", async (t) => {
      const zero = await rig.signed({ era, sequence: 0n, ...at(0) });
      const first = await client.send(zero);
      t.equal(first.kind, "receipt");
      digests.set(0, digestIn(first));
      t.equal((await client.send(zero)).bytes, first.bytes, "a repetition has the same receipt");

      const one: Partial<Attestation> = { era, sequence: 1n, previous: digestAt(0), ...at(10) };
      const genuine = await rig.signed(one);
      const random = new Random(77);
      const [refused, receipted] = [
        counted("rig_coordinator_refusals_total"),
        counted("rig_coordinator_receipts_total"),
      ];
      for (let i = 0; i < 400; i += 1) {
        const changed = Buffer.from(genuine);
        const place = random.below(changed.length);
        changed[place] = (changed[place] ?? 0) ^ (1 << random.below(8));
        await client.mqtt.publishAsync(client.topic("attestation"), changed, { qos: 1 });
      }
      await until(
        "all of them to be refused",
        () => counted("rig_coordinator_refusals_total") >= refused + 400,
      );
      t.equal(counted("rig_coordinator_receipts_total"), receipted, "none has a receipt");

      const other = new RigSide(coordinator.address);
      const attestation = rig.attestation(one);
      const byOther = await other.signature(attestation);
      const wrongKey = await client.send(encodeAttestation({ attestation, signature: byOther }));
      t.equal(wordOf(wrongKey), "bad-signature");
      const named = { ...attestation, key: other.rig };
      const signature = await other.signature(named);
      const strange = await client.send(encodeAttestation({ attestation: named, signature }));
      t.equal(wordOf(strange), "revoked-key");
      t.equal(await send({ ...one, coordinator: other.rig }), "wrong-coordinator");
      t.equal(await send({ ...one, era: 0 }), "superseded");
      t.equal(await send({ ...one, era: era + 1 }), "superseded");
      const twice = { devices: [device, device] };
      t.equal(await send({ ...one, ...twice }), "malformed");
      t.equal(wordOf(await client.send(genuine)), "receipt", "and the true one is taken after it");
      digests.set(1, digestIn(client.answers.at(-1) ?? first));
    });

    await t.test("what is taken and must not count has its verdict", async (t) => {
      const previous = digestAt(1);
      t.equal(await send({ era, sequence: 3n, previous, ...at(20) }), "receipt");
      t.equal(await send({ era, sequence: 4n, previous: digestAt(3), ...at(600) }), "receipt");
      t.equal(await send({ era, sequence: 5n, previous: digestAt(4), ...at(35) }), "receipt");
      rig.instance = random32();
      const signed = [{ era, sequence: 5n }];
      const base = digestAt(5);
      const stale = await client.hello({ newestEra: era, base: previous, signed });
      t.equal(stale.era, 0, "a hello that knows an older head is granted nothing");
      const second = await client.hello({ newestEra: era, base, signed });
      t.ok(second.era > era);
      t.strictSame(second.missing, [2n], "it is told what was skipped");
      const six = { sequence: 6n, previous: digestAt(5), ...at(10) };
      t.equal(await send({ ...six, era, ...at(50) }), "superseded", "the old era is over");
      t.equal(await send({ ...six, era: second.era }), "receipt");
      const seven = { era: second.era, sequence: 7n, previous: random32(), ...at(30) };
      t.equal(await send(seven), "receipt");
      t.equal(await send({ ...seven, flags: 1 }), "equivocation");
      const eight = { era: second.era, sequence: 8n, previous: digestAt(7), ...at(40) };
      t.equal(await send(eight), "frozen", "nothing more of it is believed");
      t.equal(await send(seven), "receipt", "what was taken keeps its receipt");

      time.now = Number(start) + 700;
      const recent = await untilSeen(
        "the epochs to be closed",
        async () => {
          const { recent: seen } = await coordinator.get<{
            recent: { sequence: number; counted: boolean | null; verdicts: string[] }[];
          }>(`/api/rigs/${rig.rig}`);
          return seen.every((one) => one.counted !== null) && seen;
        },
        15_000,
      );
      t.strictSame(
        recent.map(({ sequence, counted: counts, verdicts }) => [sequence, counts, verdicts]),
        [
          [7, true, ["previous-mismatch"]],
          [6, false, ["window-overlap"]],
          [5, false, ["bad-window"]],
          [4, false, ["window-in-future"]],
          [3, true, ["gap"]],
          [1, true, []],
          [0, true, []],
        ],
      );
      const { records } = await coordinator.get<PlainBundle>(
        `/nft/${CHAIN_ID}/${COLLECTION}/1/epochs/${start}`,
      );
      t.match(
        records,
        [{ record: { windowsCounted: "4", windowsExpected: "6" } }],
        "four of six windows count",
      );
      const whole = (device.hashes * 2n) / 3n;
      const owed = BigInt(records[0]?.record["hashes"] ?? 0);
      t.equal(owed / 4n, whole + (device.hashes - whole - device.hashes / 3n));
    });
  },
);

t.test("a rig cannot speak or listen on another rig's topics", async (t) => {
  const { coordinator, counted, start, play } = await openPlayedWorld(t);
  const [thief, victim] = [await play(), await play()];
  const { era } = await victim.client.hello();
  const url = coordinator.running.brokerUrl;

  const topics = [victim.client.topic("receipt"), victim.client.topic("#"), "#"];
  const granted = await thief.client.mqtt.subscribeAsync(topics, { qos: 1 }).catch(() => []);
  t.ok(
    granted.every(({ qos }) => qos >= 128),
    "it may not listen",
  );
  const windows = { windowStart: start, windowEnd: start + 10n };
  const stolen = await victim.rig.signed({ era, ...windows });
  thief.client.mqtt.publish(victim.client.topic("attestation"), Buffer.from(stolen), { qos: 1 });
  await until("it to be cut off", () => !thief.client.mqtt.connected);
  t.equal(counted("rig_coordinator_publishes_denied_total"), 1, "and that is counted");
  const held = (): unknown =>
    coordinator.inLedger((db) => db.prepare("SELECT count(*) FROM attestations").pluck().get());
  t.equal(held(), 0, "what it said is not taken");

  const again = await connectRig(url, thief.login, thief.rig);
  t.after(() => again.mqtt.endAsync(true));
  const onOwn = await again.send(stolen);
  t.equal(wordOf(onOwn), "malformed", "nor is it on its own topic");
  t.equal(onOwn.message.rig, thief.rig.rig, "and the word is not about the other rig");
  t.equal(wordOf(await victim.client.send(stolen)), "receipt", "the other rig is not disturbed");
  for (const wrong of [
    { ...thief.login, password: victim.login.password },
    { ...victim.login, password: "" },
    { username: "nobody", password: "x" },
  ]) {
    const options = { protocolVersion: 4, reconnectPeriod: 0, ...wrong } as const;
    await t.rejects(mqtt.connectAsync(url, options, false), wrong.username);
  }
});
