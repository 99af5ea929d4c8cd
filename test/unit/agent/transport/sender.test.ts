import t from "tap";
import { recoverSigner, type Signer, signerFor } from "../../../../agent/attest/signer.ts";
import type { Carrier, CarrierEvents } from "../../../../agent/transport/carrier.ts";
import { Sender } from "../../../../agent/transport/sender.ts";
import { fromHex, type Hex, ZERO_32 } from "../../../../proto/hex.ts";
import { messageDigest, type RefusalCode, type Welcome } from "../../../../proto/messages.ts";
import { sealFor } from "../../../../proto/typed-data.ts";
import { encodeAnswer, encodeWelcome } from "../../../../proto/wire.ts";
import { FakeClock, FakeLog, FakeMeter } from "../../../support/fakes.ts";

const SEAL = sealFor(1n);
const signer = (fill: string): Signer => signerFor(fromHex(`0x${fill.repeat(32)}`)) as Signer;
const RIG = signer("11");
const COORDINATOR = signer("22");
const STRANGER = signer("33");
const digestOf = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;

class FakeCarrier implements Carrier {
  events: CarrierEvents | undefined;
  readonly sent: { kind: string; byte: number }[] = [];
  start(events: CarrierEvents): void {
    this.events = events;
  }
  async stop(): Promise<void> {}
  async send(kind: "hello" | "attestation", bytes: Uint8Array): Promise<void> {
    this.sent.push({ kind, byte: bytes[0] ?? -1 });
  }
  state() {
    return { name: "fake", address: "nowhere", connected: true };
  }
  attestations = (): number[] =>
    this.sent.filter(({ kind }) => kind === "attestation").map(({ byte }) => byte);
  hellos = (): number => this.sent.filter(({ kind }) => kind === "hello").length;
}

function make(entries: number) {
  const carrier = new FakeCarrier();
  const clock = new FakeClock();
  const log = new FakeLog();
  const state = {
    standing: "ready" as "ready" | "again" | "halted",
    era: 5,
    superseded: 0,
    failing: false,
  };
  const open = new Map(Array.from({ length: entries }, (_, i) => [digestOf(i), i]));
  const refused: string[] = [];
  const sender = new Sender({
    carrier,
    clock,
    log,
    meter: new FakeMeter(),
    seal: SEAL,
    rig: RIG.address,
    coordinator: COORDINATOR.address,
    signerOf: recoverSigner,
    backoff: { next: () => 700, reset: () => undefined },
    onWelcome: () => {
      if (state.failing) throw new Error("disk full");
    },
    session: {
      get era() {
        return state.era;
      },
      hello: () => ({
        message: {
          rig: RIG.address,
          key: RIG.address,
          coordinator: COORDINATOR.address,
          instance: ZERO_32,
          era: 0,
          newestEra: 0,
          base: ZERO_32,
          signed: [],
          challenge: ZERO_32,
        },
        signature: `0x${"00".repeat(65)}`,
      }),
      welcome: () => state.standing,
      superseded: () => {
        state.superseded += 1;
      },
      receipted: () => undefined,
    },
    outbox: {
      unanswered: (after, limit) =>
        [...open]
          .filter(([, n]) => after === undefined || n > Number(after.sequence))
          .slice(0, limit)
          .map(([digest, n]) => ({ era: 5, sequence: BigInt(n), digest, body: Uint8Array.of(n) })),
      receipted: (digest) => {
        if (state.failing) throw new Error("disk full");
        return open.delete(digest);
      },
      refused: (digest, code) => {
        refused.push(code);
        return open.delete(digest);
      },
      head: () => undefined,
    },
  });
  const welcome: Welcome = {
    rig: RIG.address,
    challenge: ZERO_32,
    era: 5,
    newestEra: 5,
    headSequence: 0n,
    headDigest: ZERO_32,
    missing: [],
    windowSeconds: 10,
    settingsVersion: 0n,
    time: 1n,
    beacon: ZERO_32,
  };
  const greet = () =>
    carrier.events?.welcome(encodeWelcome({ message: welcome, signature: `0x${"00".repeat(65)}` }));
  const receipt = (n: number, by = COORDINATOR, rig = RIG.address) => {
    const message = {
      rig,
      era: 5,
      sequence: BigInt(n),
      digest: digestOf(n),
      receivedAt: 9n,
      beacon: ZERO_32,
    };
    carrier.events?.answer(
      encodeAnswer({
        kind: "receipt",
        message,
        signature: by.sign(messageDigest(SEAL, "Receipt", message)),
      }),
    );
  };
  const refuse = (n: number, code: RefusalCode, era = 5) => {
    const message = { rig: RIG.address, era, sequence: BigInt(n), digest: digestOf(n), code };
    carrier.events?.answer(
      encodeAnswer({
        kind: "refusal",
        message,
        signature: COORDINATOR.sign(messageDigest(SEAL, "Refusal", message)),
      }),
    );
  };
  return { carrier, clock, log, sender, state, open, refused, greet, receipt, refuse };
}

t.test(
  "nothing is sent before a welcome; then in order, with a bounded number under way",
  async (t) => {
    const { carrier, sender, greet, receipt } = make(40);
    await sender.start();
    carrier.events?.up();
    t.equal(carrier.hellos(), 1);
    sender.wake();
    t.same(carrier.attestations(), []);
    greet();
    t.same(
      carrier.attestations(),
      Array.from({ length: 16 }, (_, i) => i),
    );
    for (const n of [0, 1, 2]) receipt(n);
    t.same(carrier.attestations().slice(16), [16, 17, 18]);
    await sender.stop();
  },
);

t.test("only the pinned coordinator's receipt for this rig empties the outbox", async (t) => {
  const { carrier, log, sender, greet, receipt, open } = make(3);
  await sender.start();
  carrier.events?.up();
  greet();
  receipt(0, STRANGER);
  receipt(0, COORDINATOR, STRANGER.address);
  carrier.events?.answer(Uint8Array.of(1, 2, 3));
  carrier.events?.welcome(Uint8Array.of(9));
  t.equal(open.size, 3);
  t.same(
    log.lines
      .filter(({ level }) => level === "warn")
      .map(({ error }) => (error as { code: string }).code),
    Array(4).fill("transport-forged"),
  );
  receipt(0);
  t.equal(open.size, 2);
  await sender.stop();
});

t.test("what has no answer is sent again, from the oldest on", async (t) => {
  const { carrier, clock, sender, greet, receipt } = make(3);
  await sender.start();
  carrier.events?.up();
  greet();
  receipt(1);
  clock.advance(22_000);
  t.same(carrier.attestations(), [0, 1, 2, 0, 2]);
  await sender.stop();
});

t.test(
  "a refusal is kept, the next goes on, and a superseded era says hello as a new instance",
  async (t) => {
    const { carrier, log, sender, greet, refuse, refused, state } = make(20);
    await sender.start();
    carrier.events?.up();
    greet();
    refuse(0, "frozen");
    t.same(refused, ["frozen"]);
    t.equal(carrier.attestations().at(-1), 16);
    refuse(1, "superseded", 4);
    t.equal(state.superseded, 0, "an older era's refusal is no word about this one");
    refuse(2, "superseded");
    t.equal(state.superseded, 1);
    t.equal(carrier.hellos(), 2);
    t.ok(log.said("warn").length >= 1);
    await sender.stop();
  },
);

t.test(
  "a hello that is not granted is said again after the back-off; one without an answer ever less often",
  async (t) => {
    const { carrier, clock, log, sender, greet, state } = make(1);
    state.standing = "again";
    await sender.start();
    carrier.events?.up();
    greet();
    clock.advance(699);
    t.equal(carrier.hellos(), 1);
    clock.advance(2);
    t.equal(carrier.hellos(), 2);
    clock.advance(600_000);
    t.ok(
      carrier.hellos() > 10 && carrier.hellos() < 30,
      `${carrier.hellos()} hellos in ten minutes`,
    );
    t.equal(log.said("warn").length, 1, "and it is said once");
    await sender.stop();
  },
);

t.test("a halted rig still sends what it has signed", async (t) => {
  const { carrier, log, sender, greet, state } = make(2);
  state.standing = "halted";
  await sender.start();
  carrier.events?.up();
  greet();
  t.same(carrier.attestations(), [0, 1]);
  t.equal(log.said("error").length, 1);
  await sender.stop();
});

t.test(
  "after a connection is lost everything without an answer goes out again on the next",
  async (t) => {
    const { carrier, sender, greet, receipt } = make(3);
    await sender.start();
    carrier.events?.up();
    greet();
    receipt(0);
    carrier.events?.down();
    sender.wake();
    t.equal(carrier.attestations().length, 3);
    carrier.events?.up();
    greet();
    t.same(carrier.attestations(), [0, 1, 2, 1, 2]);
    await sender.stop();
  },
);

t.test(
  "a disk that fails while a welcome or a receipt is taken delays delivery and does not end it",
  async (t) => {
    const { carrier, clock, sender, greet, receipt, open, state } = make(2);
    state.failing = true;
    await sender.start();
    carrier.events?.up();
    greet();
    t.same(carrier.attestations(), [0, 1], "sent all the same");
    receipt(0);
    state.failing = false;
    receipt(1);
    clock.advance(25_000);
    t.same(carrier.attestations(), [0, 1, 0]);
    receipt(0);
    t.equal(open.size, 0);
    await sender.stop();
  },
);

t.test(
  "after a refusal that may heal the coordinator is asked again on the same connection",
  async (t) => {
    const { carrier, clock, sender, greet, refuse } = make(1);
    await sender.start();
    carrier.events?.up();
    greet();
    refuse(0, "frozen");
    clock.advance(590_000);
    t.equal(carrier.hellos(), 1);
    clock.advance(10_900);
    t.equal(carrier.hellos(), 2);
    greet();
    clock.advance(3_590_000);
    t.equal(carrier.hellos(), 2);
    clock.advance(10_900);
    t.equal(carrier.hellos(), 3, "and in any case once an hour");
    await sender.stop();
  },
);
