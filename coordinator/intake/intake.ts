import type { Hex } from "../../proto/hex.ts";
import type { Hello } from "../../proto/messages.ts";
import { type Presence, parseTopic, TOPICS } from "../../proto/topics.ts";
import type { Seal } from "../../proto/typed-data.ts";
import { encodeAnswer, encodeWelcome } from "../../proto/wire.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Clock, Log, Meter } from "../ports.ts";
import type { Signer } from "../verify/signature.ts";
import { type Accepted, createAccept } from "./accept.ts";
import { type Arrived, type Nameless, readAttestation } from "./attestation.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createWelcome, type HelloFault, readHello, type Welcomed } from "./hello.ts";
import { createPresence, forgetPresence, readPresence } from "./presence.ts";
import { createQuietWarn } from "./quiet.ts";

/** What goes back to a rig: to which topic, with the topic's quality of service. */
export interface Reply {
  readonly topic: { readonly name: string; readonly qos: 0 | 1; readonly retain: boolean };
  readonly payload: Uint8Array;
}

/** Takes what rigs send, whatever carries it. */
export interface Intake {
  /**
   * Takes one message. Resolves after the commit that it belongs to, with what is to be sent back, or undefined where
   * there is nothing to say or the commit failed. Never rejects.
   */
  receive(topic: string, payload: Uint8Array): Promise<Reply | undefined>;
  /** Resolves when there is room for more: a carrier that can hold back its sender waits for it. */
  room(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What intake needs of the coordinator. */
export interface IntakeParts {
  readonly db: Ledger;
  readonly signer: Signer;
  readonly seal: Seal;
  readonly beacon: () => Hex;
  readonly clock: Clock;
  readonly windowSeconds: number;
  readonly log: Log;
  readonly meter: Meter;
}

interface Message {
  readonly rig: Hex;
  readonly tail: string;
  readonly payload: Uint8Array;
}

type Read =
  | { readonly kind: "attestation"; readonly rig: Hex; readonly what: Nameless | Arrived }
  | { readonly kind: "hello"; readonly rig: Hex; readonly what: Hello | HelloFault }
  | { readonly kind: "presence"; readonly rig: Hex; readonly what: Presence | undefined }
  | { readonly kind: "other"; readonly rig: Hex };

type Done =
  | { readonly kind: "attestation"; readonly rig: Hex; readonly what: Nameless | Accepted }
  | { readonly kind: "hello"; readonly rig: Hex; readonly what: Welcomed | HelloFault }
  | { readonly kind: "quiet"; readonly rig: Hex }
  | { readonly kind: "failed"; readonly rig: Hex; readonly cause: unknown };

// A batch holds the event loop for as long as it takes to check it: some tens of milliseconds.
const BATCH = { jobs: 200, bytes: 4 << 20 };
const QUEUE = { jobs: 4096, bytes: 64 << 20 };
const WAIT_MS = 2;

/** Puts intake together: read outside the lock, decide and write in one transaction for many, answer after its commit. */
export function createIntake(parts: IntakeParts): Intake {
  const { db, signer, seal, clock, log, meter } = parts;
  const accept = createAccept(parts);
  const welcome = createWelcome(parts);
  const present = createPresence(db, clock);
  const warn = createQuietWarn(log, clock);

  function read({ rig, tail, payload }: Message): Read {
    switch (tail) {
      case "attestation":
        return { kind: tail, rig, what: readAttestation(payload, rig, signer.address, seal) };
      case "hello":
        return { kind: tail, rig, what: readHello(payload, rig, signer.address, seal) };
      case "presence":
        return { kind: tail, rig, what: readPresence(payload) };
      default:
        return { kind: "other", rig };
    }
  }

  function write(given: Read): Done {
    const { rig } = given;
    switch (given.kind) {
      case "attestation": {
        const { what } = given;
        return { kind: given.kind, rig, what: what.kind === "nameless" ? what : accept(what) };
      }
      case "hello": {
        const { what } = given;
        return { kind: given.kind, rig, what: typeof what === "string" ? what : welcome(what) };
      }
      case "presence":
        if (given.what !== undefined) present(rig, given.what);
        return { kind: "quiet", rig };
      case "other":
        return { kind: "quiet", rig };
      default:
        throw new Error(given satisfies never);
    }
  }

  function attempt<A>(rig: Hex, step: () => A): A | (Done & { kind: "failed" }) {
    try {
      return step();
    } catch (cause) {
      return { kind: "failed", rig, cause };
    }
  }

  const inSavepoint = db.transaction(write);
  const commit = db.transaction((reads: readonly (Read | Done)[]): Done[] =>
    reads.map((one): Done => {
      if (!isRead(one)) return one;
      const done = attempt(one.rig, () => inSavepoint(one));
      // Some faults of the disk end the whole transaction: nothing of this batch counts then.
      if (!db.inTransaction) throw new Error("the transaction was lost", { cause: causeOf(done) });
      return done;
    }),
  );

  function answer(done: Done): Reply | undefined {
    // What was committed stays so: a reply that cannot be made costs that rig a repetition, and nobody else theirs.
    const reply = attempt(done.rig, () => replyTo(done));
    return reply !== undefined && "kind" in reply ? replyTo(reply) : reply;
  }

  function replyTo(done: Done): Reply | undefined {
    switch (done.kind) {
      case "quiet":
        return undefined;
      case "failed":
        meter.count("rig_coordinator_intake_failures_total");
        log.error("A message could not be dealt with", { rig: done.rig }, done.cause);
        return undefined;
      case "hello":
        return answerHello(done.rig, done.what);
      case "attestation":
        return answerAttestation(done.rig, done.what);
      default:
        throw new Error(done satisfies never);
    }
  }

  function answerHello(rig: Hex, what: Welcomed | HelloFault): Reply | undefined {
    if (typeof what === "string") {
      meter.count("rig_coordinator_hellos_unheard_total", { code: what });
      warn(`hello ${what}`, "A hello gets no answer", { rig, code: what });
      return undefined;
    }
    const { decision, welcome: signed } = what;
    meter.count("rig_coordinator_hellos_total", { decision: decision.kind });
    if (decision.kind === "granted") log.info("A rig has a new era", { rig, era: decision.era });
    else log.debug("A hello is answered", { rig, decision: decision.kind });
    return { topic: TOPICS.welcome(rig), payload: encodeWelcome(signed) };
  }

  function answerAttestation(rig: Hex, what: Nameless | Accepted): Reply | undefined {
    if ("kind" in what) {
      meter.count("rig_coordinator_refusals_total", { code: what.code });
      warn(`nameless ${what.code}`, "Bytes that are no attestation", { rig, code: what.code });
      return undefined;
    }
    tell(rig, what);
    return { topic: TOPICS.receipt(rig), payload: encodeAnswer(what.answer) };
  }

  function tell(rig: Hex, { decision, known, answer: { kind, message } }: Accepted): void {
    if (kind === "receipt") {
      meter.count("rig_coordinator_receipts_total", { decision: decision.kind });
      return;
    }
    const { code, sequence, era } = message;
    meter.count("rig_coordinator_refusals_total", { code });
    const facts = { rig, code, sequence, era };
    if (decision.kind === "equivocation") {
      log.error("A rig signed two attestations for one place and is frozen", {
        ...facts,
        kept: decision.kept,
        other: message.digest,
      });
      return;
    }
    // Anybody may claim to be a rig that is not known: those share one line.
    warn(known ? `${code} ${rig}` : code, "An attestation is refused", facts);
  }

  function work(messages: readonly Message[]): (Reply | undefined)[] {
    const reads = messages.map((message) => attempt(message.rig, () => read(message)));
    return committed(reads).map((done) => answer(done));
  }

  /** Nothing where the commit failed. */
  function committed(reads: readonly (Read | Done)[]): Done[] {
    try {
      return commit.immediate(reads);
    } catch (cause) {
      meter.count("rig_coordinator_commits_failed_total");
      warn("commit", "A commit failed: rigs send again what has no receipt", {}, cause);
      return [];
    }
  }

  const group = createGroupCommit<Message, Reply>({
    work,
    bytesOf: ({ payload }) => payload.length,
    batch: BATCH,
    queue: QUEUE,
    waitMs: WAIT_MS,
    dropped: () => meter.count("rig_coordinator_messages_dropped_total"),
  });

  return {
    async receive(topic, payload) {
      const parsed = parseTopic(topic);
      return parsed === undefined ? undefined : group.push({ ...parsed, payload });
    },
    room: () => group.room(),
    async start() {
      forgetPresence(db);
    },
    async stop() {
      group.close();
    },
  };
}

function isRead(one: Read | Done): one is Read {
  return one.kind !== "failed" && one.kind !== "quiet";
}

function causeOf(done: Done): unknown {
  return done.kind === "failed" ? done.cause : undefined;
}
