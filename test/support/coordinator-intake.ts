import { join } from "node:path";
import { createBeacon } from "../../coordinator/fleet/beacon.ts";
import { hashPassword } from "../../coordinator/fleet/login.ts";
import { addRig, getRig } from "../../coordinator/fleet/rigs.ts";
import { createIntake, type Intake } from "../../coordinator/intake/intake.ts";
import { type Ledger, openLedger } from "../../coordinator/ledger/open.ts";
import { type Counters, createCounters } from "../../coordinator/meter.ts";
import { createSigner, type Signer, signerOf } from "../../coordinator/verify/signature.ts";
import type { Hex } from "../../proto/hex.ts";
import { messageDigest, type Welcome } from "../../proto/messages.ts";
import { sealFor } from "../../proto/typed-data.ts";
import { decodeAnswer, decodeWelcome, type SignedAnswer } from "../../proto/wire.ts";
import { createKeptLog, type LoggedLine } from "./quiet-log.ts";
import { CHAIN_ID, RigSide } from "./rig-side.ts";

const seal = sealFor(CHAIN_ID);
export const coordinatorSigner: Signer = createSigner(Buffer.alloc(32, 0x21));
const OWNER: Hex = `0x${"0e".repeat(20)}`;

/** Intake over a real ledger in a folder, with a rig that is known and a clock that the test sets. */
export interface IntakeWorld {
  readonly db: Ledger;
  readonly intake: Intake;
  readonly rig: RigSide;
  readonly counters: Counters;
  readonly lines: LoggedLine[];
  /** What intake logs to. */
  readonly log: ReturnType<typeof createKeptLog>;
  readonly file: string;
  now: number;
  /** Sends an attestation's bytes and reads the answer, whose signature is checked. */
  answer(payload: Uint8Array, topicRig?: Hex): Promise<SignedAnswer | undefined>;
  /** Sends a hello's bytes and reads the welcome, whose signature is checked. */
  welcome(payload: Uint8Array, topicRig?: Hex): Promise<Welcome | undefined>;
  attestations(): number;
  close(): Promise<void>;
}

/** Makes a rig known with a password. */
export async function addKnownRig(db: Ledger, rig: Hex, password = "secret"): Promise<void> {
  const loginHash = await hashPassword(password);
  addRig(db, { rig, owner: OWNER, name: "test", loginHash, addedAt: 1 });
}

export async function openIntakeWorld(
  folder: string,
  rig = new RigSide(coordinatorSigner.address),
): Promise<IntakeWorld> {
  const file = join(folder, "ledger.db");
  const db = openLedger(file);
  const log = createKeptLog();
  const counters = createCounters();
  if (getRig(db, rig.rig) === undefined) await addKnownRig(db, rig.rig);
  const clock = (): number => world.now;
  const intake = createIntake({
    db,
    signer: coordinatorSigner,
    seal,
    beacon: createBeacon(`0x${"17".repeat(32)}`, clock),
    clock,
    windowSeconds: 10,
    log,
    meter: counters,
  });
  const world: IntakeWorld = {
    db,
    intake,
    rig,
    counters,
    lines: log.lines,
    log,
    file,
    now: 1_700_000_100,
    async answer(payload, topicRig = rig.rig) {
      const reply = await intake.receive(`rig/v1/${topicRig}/attestation`, payload);
      if (reply === undefined) return undefined;
      if (reply.topic.name !== `rig/v1/${topicRig}/receipt`) throw new Error("a wrong topic");
      const read = decodeAnswer(reply.payload);
      const digest =
        read.kind === "receipt"
          ? messageDigest(seal, "Receipt", read.message)
          : messageDigest(seal, "Refusal", read.message);
      if (signerOf(digest, read.signature) !== coordinatorSigner.address) {
        throw new Error("the answer is not signed by the coordinator");
      }
      return read;
    },
    async welcome(payload, topicRig = rig.rig) {
      const reply = await intake.receive(`rig/v1/${topicRig}/hello`, payload);
      if (reply === undefined) return undefined;
      const { message, signature } = decodeWelcome(reply.payload);
      if (
        signerOf(messageDigest(seal, "Welcome", message), signature) !== coordinatorSigner.address
      ) {
        throw new Error("the welcome is not signed by the coordinator");
      }
      return message;
    },
    attestations: () =>
      db.prepare<[], number>("SELECT COUNT(*) FROM attestations").pluck().get() ?? 0,
    async close() {
      await intake.stop();
      db.close();
    },
  };
  await intake.start();
  return world;
}
