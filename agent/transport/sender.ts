import type { Hex } from "../../proto/hex.ts";
import {
  type Hello,
  messageDigest,
  type Refusal,
  type RefusalCode,
  type Welcome,
} from "../../proto/messages.ts";
import type { Seal } from "../../proto/typed-data.ts";
import {
  decodeAnswer,
  decodeWelcome,
  encodeHello,
  type Signed,
  type SignedAnswer,
  WireError,
} from "../../proto/wire.ts";
import { asRigError, RigError } from "../core/errors.ts";
import type { Clock, Log, Meter } from "../core/ports.ts";
import type { Backoff, Carrier } from "./carrier.ts";

interface Entry {
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  readonly body: Uint8Array;
}

/** The outbox: the only truth about what was delivered. */
interface Outbox {
  unanswered(
    after: { readonly era: number; readonly sequence: bigint } | undefined,
    limit: number,
  ): Entry[];
  receipted(digest: Hex, receivedAtSeconds: bigint, answer: Uint8Array): boolean;
  refused(digest: Hex, code: string, answer: Uint8Array): boolean;
  head(): { readonly digest: Hex } | undefined;
}

type Standing = "greeting" | "again" | "ready" | "halted";

interface Greeter {
  readonly era: number;
  hello(): Signed<Hello>;
  welcome(welcome: Signed<Welcome>): Standing | undefined;
  superseded(): void;
  receipted(beacon: Hex, digest: Hex, isHead: boolean, receivedAt: bigint): void;
}

export interface SenderOptions {
  readonly carrier: Carrier;
  readonly outbox: Outbox;
  readonly session: Greeter;
  readonly seal: Seal;
  readonly rig: Hex;
  readonly coordinator: Hex;
  readonly signerOf: (digest: Hex, signature: Hex) => Hex | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  /** Between hellos that were not granted. */
  readonly backoff: Backoff;
  /** A welcome was taken: the coordinator's clock and window length. */
  readonly onWelcome: (welcome: Welcome) => void;
}

/** Attestations under way at most; a coordinator that answers slowly slows this, never the samplers. */
const MAX_IN_FLIGHT = 16;
/** An attestation without an answer is sent again after this. */
const ANSWER_TIMEOUT_MS = 20_000;
/** A hello without a welcome is said again after this. */
const WELCOME_TIMEOUT_MS = 5_000;
/** Hellos without a welcome come at most so many times slower. */
const MAX_PATIENCE = 6;
const TICK_MS = 1000;
/** Also on a connection that holds: the coordinator's clock, window length and head are looked at again. */
const HELLO_AGAIN_MS = 3_600_000;
/** How soon after a refusal that may heal. */
const HEAL_MS = 600_000;
const MAY_HEAL = new Set<RefusalCode>(["frozen", "unknown-rig", "revoked-key"]);

/** Says hello, then sends the outbox in order, and empties it by the coordinator's receipts alone. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #inFlight = new Map<Hex, number>();
  #after: { era: number; sequence: bigint } | undefined;
  #open = false;
  #up = false;
  #started = false;
  #cancelTick: (() => void) | undefined;
  #cancelHello: (() => void) | undefined;
  #lastRefusal: { code: RefusalCode; sequence: bigint; atMs: number } | undefined;
  #unanswered = 0;
  #helloAtMs = Number.POSITIVE_INFINITY;
  #said: Standing | undefined;
  #saidEra = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#started = true;
    this.#options.carrier.start({
      up: () => this.#goUp(),
      down: () => this.#goDown(),
      welcome: (bytes) => this.#bounded(() => this.#welcome(bytes)),
      answer: (bytes) => this.#bounded(() => this.#answer(bytes)),
    });
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#started = false;
    this.#open = false;
    this.#cancelTick?.();
    this.#cancelHello?.();
    await this.#options.carrier.stop();
  }

  /** What the status shows. */
  state(): {
    readonly inFlight: number;
    readonly greeted: boolean;
    readonly lastRefusal?: { code: RefusalCode; sequence: bigint; atMs: number };
  } {
    return {
      inFlight: this.#inFlight.size,
      greeted: this.#open,
      ...(this.#lastRefusal === undefined ? {} : { lastRefusal: this.#lastRefusal }),
    };
  }

  /** Something was put into the outbox. */
  wake(): void {
    if (this.#open) this.#bounded(() => this.#pump());
  }

  #goUp(): void {
    this.#up = true;
    this.#unanswered = 0;
    this.#options.backoff.reset();
    this.#bounded(() => this.#hello());
  }

  #goDown(): void {
    this.#up = false;
    this.#open = false;
    this.#inFlight.clear();
    this.#cancelHello?.();
  }

  #hello(): void {
    if (!this.#up || !this.#started) return;
    const { carrier, clock, log, session } = this.#options;
    this.#cancelHello?.();
    // Ever less often: a coordinator that comes back must not be met by every rig's hello of the last hour.
    const patienceMs = WELCOME_TIMEOUT_MS * Math.min(2 ** this.#unanswered, MAX_PATIENCE);
    this.#cancelHello = clock.after(patienceMs, () => {
      this.#unanswered += 1;
      // Said once: a coordinator that is away for a day is one line, not thousands.
      if (this.#unanswered === 3) {
        const { address } = carrier.state();
        log.warn(
          "the coordinator does not answer",
          {},
          new RigError("transport-no-welcome", `no welcome over ${address}`),
        );
      }
      this.#bounded(() => this.#hello());
    });
    // After the timer: whatever goes wrong here is tried again.
    this.#send("hello", encodeHello(session.hello()));
  }

  #welcome(bytes: Uint8Array): void {
    const { session, backoff, clock, onWelcome } = this.#options;
    const welcome = decodeWelcome(bytes);
    const standing = session.welcome(welcome);
    if (standing === undefined) return;
    this.#cancelHello?.();
    this.#unanswered = 0;
    if (standing === "again") {
      this.#cancelHello = clock.after(backoff.next(), () => this.#bounded(() => this.#hello()));
    } else {
      backoff.reset();
      this.#say(standing);
      // Anew from the first entry without an answer: the welcome may have put some back.
      this.#inFlight.clear();
      this.#after = undefined;
      this.#open = true;
      this.#helloAtMs = clock.monotonicMs() + HELLO_AGAIN_MS;
    }
    // Delivery goes on whatever becomes of the rest.
    this.#bounded(() => onWelcome(welcome.message));
    if (this.#open) this.#pump();
  }

  /** Says how this start stands, when that has changed. */
  #say(standing: Standing): void {
    const { log, session } = this.#options;
    if (standing === this.#said && session.era === this.#saidEra) return;
    this.#said = standing;
    this.#saidEra = session.era;
    if (standing === "halted") {
      const why = "the coordinator's head is not in this rig's chain";
      log.error(
        "nothing is signed until a person decides",
        {},
        new RigError("attest-other-chain", why),
      );
    } else log.info("the coordinator granted an era", { era: session.era });
  }

  #pump(): void {
    const { outbox } = this.#options;
    while (this.#open && this.#inFlight.size < MAX_IN_FLIGHT) {
      const entries = outbox.unanswered(this.#after, MAX_IN_FLIGHT - this.#inFlight.size);
      if (entries.length === 0) return;
      for (const { digest, era, sequence, body } of entries) {
        this.#after = { era, sequence };
        this.#inFlight.set(digest, this.#options.clock.monotonicMs());
        this.#send("attestation", body);
      }
    }
  }

  #answer(bytes: Uint8Array): void {
    const answer = decodeAnswer(bytes);
    this.#check(answer);
    const { outbox, session, meter } = this.#options;
    const { message } = answer;
    if (answer.kind === "receipt") {
      if (outbox.receipted(message.digest, answer.message.receivedAt, bytes))
        meter.count("rig_receipts_total");
      session.receipted(
        answer.message.beacon,
        message.digest,
        outbox.head()?.digest === message.digest,
        answer.message.receivedAt,
      );
    } else this.#refused(answer.message, bytes);
    // Only now: an answer that could not be written down is waited for again.
    this.#inFlight.delete(message.digest);
    this.#pump();
  }

  #refused({ code, digest, era, sequence }: Refusal, bytes: Uint8Array): void {
    const { outbox, session, log, meter, clock } = this.#options;
    if (!outbox.refused(digest, code, bytes)) return;
    meter.count("rig_refusals_total", { code });
    if (this.#lastRefusal?.code !== code)
      log.warn("the coordinator refuses an attestation", { code, digest });
    this.#lastRefusal = { code, sequence, atMs: clock.wallMs() };
    // A person may unfreeze a rig or make it known: what was refused meanwhile is asked about before the next reconnect.
    if (MAY_HEAL.has(code)) {
      this.#helloAtMs = Math.min(this.#helloAtMs, clock.monotonicMs() + HEAL_MS);
    }
    if (code === "superseded" && era === session.era) {
      session.superseded();
      this.#open = false;
      this.#hello();
    }
  }

  #check(answer: SignedAnswer): void {
    const { seal, signerOf, coordinator, rig } = this.#options;
    const digest =
      answer.kind === "receipt"
        ? messageDigest(seal, "Receipt", answer.message)
        : messageDigest(seal, "Refusal", answer.message);
    if (answer.message.rig !== rig || signerOf(digest, answer.signature) !== coordinator) {
      throw new RigError(
        "transport-forged",
        `a ${answer.kind} is not signed by the coordinator that is pinned here`,
      );
    }
  }

  #send(kind: "hello" | "attestation", bytes: Uint8Array): void {
    // A failure to send is not looked at: without an answer it is sent again, by the tick or by the next connection.
    this.#options.carrier.send(kind, bytes).catch((thrown: unknown) => {
      this.#options.meter.count("rig_errors_total", { code: asRigError(thrown).code });
    });
  }

  /** Sends again from the oldest that had no answer in time: in order, the way it was meant. */
  #tick(): void {
    const now = this.#options.clock.monotonicMs();
    const late = [...this.#inFlight.values()].some(
      (sentAtMs) => now - sentAtMs > ANSWER_TIMEOUT_MS,
    );
    if (late) {
      this.#inFlight.clear();
      this.#after = undefined;
    }
    if (this.#open && now >= this.#helloAtMs) {
      this.#helloAtMs = now + HELLO_AGAIN_MS;
      this.#hello();
    }
    if (this.#open) this.#pump();
  }

  #schedule(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      this.#bounded(() => this.#tick());
      if (this.#started) this.#schedule();
    });
  }

  /** The boundary of this stage: whatever a message or the store throws ends here, logged and counted once. */
  #bounded(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      const malformed = thrown instanceof WireError;
      const error = malformed
        ? new RigError(
            "transport-forged",
            `a message from the coordinator cannot be read: ${thrown.message}`,
            {},
            { cause: thrown },
          )
        : asRigError(thrown);
      this.#options.meter.count("rig_errors_total", { code: error.code });
      this.#options.log.warn("a message from the coordinator was not taken", {}, error);
    }
  }
}
