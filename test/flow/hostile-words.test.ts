import Database from "better-sqlite3";
import t from "tap";
import { type Attestation, digestOf } from "../../proto/attestation.ts";
import { ZERO_32 } from "../../proto/hex.ts";
import type { Receipt, Refusal, Welcome } from "../../proto/messages.ts";
import { sealFor } from "../../proto/typed-data.ts";
import {
  decodeAnswer,
  decodeAttestation,
  decodeHello,
  encodeAnswer,
  encodeWelcome,
} from "../../proto/wire.ts";
import { Random } from "../support/random.ts";
import { CHAIN_ID, random32 } from "../support/rig-side.ts";
import { knownMachines } from "../support/served-replies.ts";
import {
  nowSeconds,
  openTappedWorld,
  type TappedWorld,
  untilAllWell,
  untilSeen,
} from "../support/tapped-world.ts";
import { signedByEthers } from "../support/typed-by-ethers.ts";

const PATIENCE_MS = 120_000;
t.setTimeout(PATIENCE_MS);
const seal = sealFor(CHAIN_ID);

/** Every way to speak on a rig's topics without the coordinator's key that we could think of. */
async function forgeries(
  { broker, coordinator, rig, stranger, topic }: TappedWorld,
  pending: Attestation,
): Promise<readonly (readonly [topic: string, payload: Uint8Array])[]> {
  const lastOf = (tail: string): Buffer => {
    const found = broker.passed.findLast((passed) => passed.topic === topic(tail));
    if (found === undefined) throw new Error(`nobody said ${tail}`);
    return found.payload;
  };
  const { era, sequence } = pending;
  const about = { rig, era, sequence, digest: digestOf(seal, pending) };
  const receipt: Receipt = {
    ...about,
    receivedAt: BigInt(Math.floor(nowSeconds())),
    beacon: ZERO_32,
  };
  const refusal: Refusal = { ...about, code: "superseded" };
  const welcome: Welcome = {
    ...{ rig, challenge: decodeHello(lastOf("hello")).message.challenge },
    ...{ era: era + 1000, newestEra: era + 1000, headSequence: 10_000n, headDigest: random32() },
    ...{ missing: [], windowSeconds: 3600, settingsVersion: 0n, time: 1n, beacon: ZERO_32 },
  };
  const genuine = decodeAnswer(lastOf("receipt"));
  const changed = Buffer.from(lastOf("receipt"));
  changed[changed.length - 80] = (changed[changed.length - 80] ?? 0) ^ 1;
  const byStranger = {
    receipt: await signedByEthers(stranger, "Receipt", receipt),
    refusal: await signedByEthers(stranger, "Refusal", refusal),
    welcome: await signedByEthers(stranger, "Welcome", welcome),
  };
  // Signed by the stranger who calls himself this rig's coordinator somewhere else, for another rig.
  const elsewhere = { ...receipt, rig: coordinator.now.address };
  return [
    [
      topic("receipt"),
      encodeAnswer({ kind: "receipt", message: receipt, signature: byStranger.receipt }),
    ],
    [
      topic("receipt"),
      encodeAnswer({ kind: "receipt", message: receipt, signature: genuine.signature }),
    ],
    [
      topic("receipt"),
      encodeAnswer({ kind: "receipt", message: elsewhere, signature: genuine.signature }),
    ],
    [
      topic("receipt"),
      encodeAnswer({ kind: "refusal", message: refusal, signature: byStranger.refusal }),
    ],
    [topic("receipt"), changed],
    [topic("receipt"), Buffer.alloc(0)],
    [topic("receipt"), Buffer.from(new Random(1).hex(500).slice(2), "hex")],
    [topic("welcome"), encodeWelcome({ message: welcome, signature: byStranger.welcome })],
    [topic("welcome"), encodeWelcome({ message: welcome, signature: genuine.signature })],
    [topic("welcome"), Buffer.from(new Random(2).hex(500).slice(2), "hex")],
  ];
}

t.test(
  "words that the coordinator's key did not sign do not move the rig",
  { timeout: PATIENCE_MS },
  async (t) => {
    const devices = [
      { driver: "axeos" as const, age: "10m" },
      { driver: "antminer" as const, age: "10m" },
    ];
    const world = await openTappedWorld(t, devices, "127.0.63.0");
    const { agent, broker, coordinator, site, rig, stranger, topic } = world;
    // A stranger answers each hello before the coordinator does, to the right challenge.
    const usurped: Promise<void>[] = [];
    broker.hear(({ topic: name, payload }) => {
      if (name !== topic("hello")) return;
      const { challenge } = decodeHello(payload).message;
      const message: Welcome = {
        ...{ rig, challenge, era: 4_000_000_000, newestEra: 4_000_000_000, headSequence: 0n },
        ...{ headDigest: ZERO_32, missing: [], windowSeconds: 3600, settingsVersion: 0n },
        ...{ time: BigInt(Math.floor(nowSeconds())), beacon: ZERO_32 },
      };
      const said = signedByEthers(stranger, "Welcome", message).then((signature) =>
        broker.say(topic("welcome"), encodeWelcome({ message, signature })),
      );
      usurped.push(said);
    });
    const machines = await knownMachines(site, coordinator.now.salt, "none");
    await agent.app.start();
    t.after(() => agent.app.stop());
    const first = await untilAllWell(world, machines);
    await Promise.all(usurped);
    t.ok(usurped.length > 0, "the stranger was there at the hello");
    t.equal(world.forged(), usurped.length, "each forged welcome was counted");
    t.not(first.statement.era, "4000000000", "and none was taken");

    await t.test("forged words are counted, and nothing leaves the outbox by them", async (t) => {
      await coordinator.now.running.stop();
      const outbox = (): string[] => {
        const db = new Database(world.database, { readonly: true });
        try {
          return db
            .prepare(
              "SELECT digest FROM attestations WHERE receipted_at IS NULL AND refusal IS NULL ORDER BY sequence",
            )
            .pluck()
            .all() as string[];
        } finally {
          db.close();
        }
      };
      const waiting = await untilSeen(
        "attestations without an answer",
        async () => outbox().length >= 3 && outbox(),
        20_000,
      );
      const pending = await untilSeen(
        "the broker to have passed one of them",
        async () =>
          broker.passed
            .filter((passed) => passed.topic === topic("attestation"))
            .map(({ payload }) => decodeAttestation(payload).attestation)
            .find((attestation) => waiting.includes(digestOf(seal, attestation))),
        20_000,
      );
      const welcome = broker.passed.find((passed) => passed.topic === topic("welcome"));
      const before = world.forged();
      const forged = await forgeries(world, pending);
      for (const [name, payload] of forged) await broker.say(name, payload);
      // What the coordinator truly said once, said again by somebody else.
      if (welcome) await broker.say(topic("welcome"), welcome.payload);
      await untilSeen(
        "them to be heard",
        async () => world.forged() >= before + forged.length,
        10_000,
      );
      const status = await (await fetch(`${agent.app.statusUrl}/api/status`)).json();
      t.match(status, { delivery: { era: Number(pending.era), window_seconds: 1 } });
      t.strictSame(outbox().slice(0, waiting.length), waiting, "all are still in the outbox");
      t.equal(world.forged(), before + forged.length, "each is counted once, the repeated one not");

      coordinator.now = await world.openCoordinator();
      await untilSeen(
        "the outbox to be delivered",
        async () => !outbox().some((digest) => waiting.includes(digest)),
        40_000,
      );
      const all = await world.attested(0);
      const digests = new Set(all.map(({ digest }) => digest));
      t.ok(
        waiting.every((digest) => digests.has(digest)),
        "the coordinator has each of them",
      );
      t.strictSame(
        all.map(({ statement }) => Number(statement.sequence)),
        all.map((_, i) => i),
        "no sequence is missing and none is there twice",
      );
      t.equal(new Set(all.map(({ statement }) => statement.era)).size, 1, "in one era");
    });
  },
);
