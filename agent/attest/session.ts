import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import { type EraHead, type Hello, messageDigest, type Welcome } from "../../proto/messages.ts";
import type { Seal } from "../../proto/typed-data.ts";
import type { Signed } from "../../proto/wire.ts";
import { RigError } from "../core/errors.ts";

interface Head {
  readonly sequence: bigint;
  readonly digest: Hex;
}

/** The part of the store that says what this rig has signed. */
export interface SessionChain {
  isEmpty(): boolean;
  holds(digest: Hex): boolean;
  signedByEra(): EraHead[];
  newestSignedEra(): number;
  adopt(head: Head): void;
  reopen(head: Head | undefined, missing: readonly bigint[]): number;
}

/** Values that outlive the process. */
export interface SessionMeta {
  get(key: "newest_era" | "base" | "take_over"): string | undefined;
  set(key: "newest_era" | "base" | "take_over", value: string): void;
}

export interface SessionOptions {
  readonly chain: SessionChain;
  readonly meta: SessionMeta;
  readonly seal: Seal;
  readonly rig: Hex;
  readonly coordinator: Hex;
  readonly signer: { readonly address: Hex; sign(digest: Hex): Hex };
  /** Who signed a digest; undefined for what is no signature. */
  readonly signerOf: (digest: Hex, signature: Hex) => Hex | undefined;
  /** 32 random bytes. */
  readonly random32: () => Hex;
}

/**
 * What a welcome leads to.
 * `ready`: an era is held and windows are signed. `again`: say hello again, after a back-off.
 * `halted`: the coordinator's head is not of this chain; nothing is signed until a person decides.
 */
export type Standing = "greeting" | "again" | "ready" | "halted";

/**
 * Who this start of the agent is to the coordinator: instance, era, and whether its chain is the one that goes on.
 * No clock, no socket, no timer: the model check runs this very code. Section 4 of docs/attestation.md.
 */
export class Session {
  readonly #options: SessionOptions;
  #instance: Hex;
  #challenge: Hex = ZERO_32;
  #era = 0;
  #beacon: Hex = ZERO_32;
  #beaconAt = 0n;
  #standing: Standing = "greeting";

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#instance = options.random32();
  }

  /** The era in which this instance may sign; 0: none. */
  get era(): number {
    return this.#standing === "halted" ? 0 : this.#era;
  }

  /** This start of the agent, as the coordinator knows it. */
  get instance(): Hex {
    return this.#instance;
  }

  /** The newest beacon of the coordinator; zero before any. */
  get beacon(): Hex {
    return this.#beacon;
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** A new hello with a new challenge; only the welcome to the newest one is taken. */
  hello(): Signed<Hello> {
    const { chain, meta, seal, rig, coordinator, signer } = this.#options;
    this.#challenge = this.#options.random32();
    const message: Hello = {
      rig,
      key: signer.address,
      coordinator,
      instance: this.#instance,
      era: this.#era,
      newestEra: Number(meta.get("newest_era") ?? "0"),
      base: (meta.get("base") as Hex | undefined) ?? ZERO_32,
      signed: chain.signedByEra(),
      challenge: this.#challenge,
    };
    return { message, signature: signer.sign(messageDigest(seal, "Hello", message)) };
  }

  /**
   * Takes a welcome. Throws `transport-forged` for one that the pinned coordinator did not sign for this rig; one that
   * answers an older hello is ignored (undefined).
   */
  welcome({ message, signature }: Signed<Welcome>): Standing | undefined {
    const { meta, seal, signerOf, coordinator, rig } = this.#options;
    if (
      message.rig !== rig ||
      signerOf(messageDigest(seal, "Welcome", message), signature) !== coordinator
    ) {
      throw new RigError(
        "transport-forged",
        "a welcome is not signed by the coordinator that is pinned here",
      );
    }
    if (message.challenge !== this.#challenge) return undefined;
    // One welcome a hello: a second copy of it must not be taken for an answer to what was said since.
    this.#challenge = ZERO_32;
    this.#beacon = message.beacon;
    this.#beaconAt = message.time;
    this.#standing = this.#decide(message);
    if (this.#standing !== "halted") {
      // A halted rig keeps its old base: with the present one its next hello would be granted, and supersede its twin.
      meta.set("newest_era", String(message.newestEra));
      meta.set("base", message.headDigest);
    }
    if (this.#standing === "ready" || this.#standing === "halted") this.#reopen(message);
    return this.#standing;
  }

  /** The coordinator said that this instance's era is over: it goes on as a new one, and heads decide. */
  superseded(): void {
    this.#instance = this.#options.random32();
    this.#era = 0;
    this.#standing = "again";
  }

  /** Keeps the beacon of the newest receipt, and the coordinator's head as it tells it. `receivedAt` in Unix seconds. */
  receipted(beacon: Hex, digest: Hex, isHead: boolean, receivedAt: bigint): void {
    if (receivedAt >= this.#beaconAt) {
      this.#beacon = beacon;
      this.#beaconAt = receivedAt;
    }
    if (isHead) this.#options.meta.set("base", digest);
  }

  #decide(welcome: Welcome): Standing {
    const { chain, meta } = this.#options;
    if (!chain.holds(welcome.headDigest) && !this.#mayAdopt()) {
      // No second hello: a grant would take the place of whoever goes on with that head.
      this.#era = 0;
      // Should the head be ours again one day, it is a new instance that asks: the era of this one may be signed in.
      this.#instance = this.#options.random32();
      return "halted";
    }
    if (welcome.era === 0) {
      if (this.#era !== 0) this.superseded();
      return "again";
    }
    // An era that was signed in by another life of this rig is not a new one, whoever grants it.
    if (welcome.era !== this.#era && welcome.era <= chain.newestSignedEra()) return "again";
    if (!chain.holds(welcome.headDigest)) {
      chain.adopt({ sequence: welcome.headSequence, digest: welcome.headDigest });
    }
    // The word was given for this start: it must not lie in wait for a later one.
    meta.set("take_over", "0");
    this.#era = welcome.era;
    return "ready";
  }

  /** A store that never signed has lost what the coordinator knows; one that did waits for a person's word. */
  #mayAdopt(): boolean {
    return this.#options.chain.isEmpty() || this.#options.meta.get("take_over") === "1";
  }

  #reopen({ headDigest, headSequence, missing }: Welcome): void {
    const none = headDigest === ZERO_32;
    this.#options.chain.reopen(
      none ? undefined : { sequence: headSequence, digest: headDigest },
      missing,
    );
  }
}
