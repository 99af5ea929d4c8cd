import { Guard } from "../../agent/attest/guard.ts";
import { Session, type SessionChain, type SessionMeta } from "../../agent/attest/session.ts";
import { decideWelcome } from "../../coordinator/fleet/welcome.ts";
import { type Arrived, decideAttestation } from "../../coordinator/intake/attestation.ts";
import { type Attestation, digestOf } from "../../proto/attestation.ts";
import { type Hex, ZERO_32 } from "../../proto/hex.ts";
import { type Hello, messageDigest, type Welcome } from "../../proto/messages.ts";
import { sealFor } from "../../proto/typed-data.ts";
import { decodeAttestation } from "../../proto/wire.ts";
import type { Random } from "./random.ts";

const RIG: Hex = `0x${"11".repeat(20)}`;
const COORDINATOR: Hex = `0x${"22".repeat(20)}`;
const SEAL = sealFor(1n);

/** A signature that anybody could forge and that is quick to check: the model is about order, not about curves. */
const signAs =
  (who: Hex) =>
  (digest: Hex): Hex =>
    `${digest}${who.slice(2)}${"00".repeat(13)}`;
const signerOf = (digest: Hex, signature: Hex): Hex | undefined =>
  signature.startsWith(digest) ? `0x${signature.slice(66, 106)}` : undefined;

interface Row {
  era: number;
  sequence: bigint;
  digest: Hex;
  start: bigint;
  body: Uint8Array;
  signed: boolean;
  receipted: boolean;
  refusal: string | undefined;
}

/** What a machine's disk holds: survives its process, can be copied, lost, put back. */
export interface Disk {
  rows: Row[];
  head: { sequence: bigint; digest: Hex } | undefined;
  adopted: Hex | undefined;
  afterLoss: boolean;
  meta: Map<string, string>;
}
export const emptyDisk = (): Disk => ({
  rows: [],
  head: undefined,
  adopted: undefined,
  afterLoss: false,
  meta: new Map(),
});
export const copyDisk = (disk: Disk): Disk => ({
  ...disk,
  rows: disk.rows.map((row) => ({ ...row })),
  meta: new Map(disk.meta),
});

/** The chain and values of a disk behind the interfaces that guard and session use of the real store. */
class DiskChain implements SessionChain, SessionMeta {
  readonly disk: Disk;
  /** The process dies after taking a place and before signing it. */
  dieBeforeSigning = false;

  constructor(disk: Disk) {
    this.disk = disk;
  }
  get = (key: string): string | undefined => this.disk.meta.get(key);
  set = (key: string, value: string): void => void this.disk.meta.set(key, value);
  isEmpty = (): boolean => this.disk.head === undefined;
  holds = (digest: Hex): boolean =>
    digest === ZERO_32 ||
    digest === this.disk.adopted ||
    this.disk.rows.some((row) => row.digest === digest);
  newestSignedEra = (): number => Math.max(0, ...this.disk.rows.map(({ era }) => era));
  signedByEra = () => {
    const last = new Map<number, bigint>();
    for (const { era, sequence } of this.disk.rows) last.set(era, sequence);
    return [...last].sort(([a], [b]) => a - b).map(([era, sequence]) => ({ era, sequence }));
  };
  adopt(head: { sequence: bigint; digest: Hex }): void {
    Object.assign(this.disk, { head, adopted: head.digest, afterLoss: true });
    this.disk.meta.delete("take_over");
  }
  reopen(head: { sequence: bigint } | undefined, missing: readonly bigint[]): number {
    for (const row of this.disk.rows) {
      if (row.sequence > (head?.sequence ?? -1n) || missing.includes(row.sequence)) {
        row.receipted = false;
        row.refusal = undefined;
      }
    }
    return 0;
  }
  reserve(
    window: { start: bigint },
    build: (
      tip: Disk["head"],
      afterLoss: boolean,
    ) => Omit<Row, "start" | "signed" | "receipted" | "refusal">,
  ) {
    if (this.disk.rows.some(({ start }) => start === window.start)) throw new Error("window taken");
    const place = build(this.disk.head, this.disk.afterLoss);
    this.disk.rows.push({
      ...place,
      start: window.start,
      signed: false,
      receipted: false,
      refusal: undefined,
    });
    this.disk.head = { sequence: place.sequence, digest: place.digest };
    this.disk.afterLoss = false;
    if (this.dieBeforeSigning) throw new Crash();
    return place;
  }
  attachSignature(digest: Hex, _signature: Hex, body: Uint8Array): void {
    const row = this.disk.rows.find((one) => one.digest === digest);
    if (row) Object.assign(row, { signed: true, body });
  }
  unsigned = () => this.disk.rows.filter(({ signed }) => !signed);
}

class Crash extends Error {}

type Uplink =
  | { kind: "hello"; hello: Hello; saidAt: number }
  | { kind: "attestation"; attestation: Attestation };
type Downlink =
  | { kind: "welcome"; welcome: Welcome }
  | { kind: "answer"; digest: Hex; era: number; code: string | undefined };

interface Process {
  readonly chain: DiskChain;
  readonly session: Session;
  readonly guard: Guard;
  readonly inbox: Downlink[];
}

/** One machine that runs, or does not run, an agent with the rig's key. */
export class Machine {
  disk = emptyDisk();
  process: Process | undefined;
}

interface Ledger {
  row: {
    instance: Hex | null;
    era: number;
    head_digest: Hex | null;
    head_sequence: bigint | null;
    frozen: boolean;
  };
  limits: Map<number, number>;
  entries: Attestation[];
}

/** Machines, a broker that may hold, repeat and lose messages, and a coordinator that may be put back from a backup. */
export class World {
  readonly random: Random;
  readonly machines = [new Machine(), new Machine()];
  readonly uplink: Uplink[] = [];
  ledger: Ledger = {
    row: { instance: null, era: 0, head_digest: null, head_sequence: null, frozen: false },
    limits: new Map(),
    entries: [],
  };
  window = 0n;
  nowSeconds = 1000;
  equivocations: string[] = [];
  /** Grants that took the era from whoever held it by a word that was older, or came from a rig that waits for a person. */
  usurpations: string[] = [];
  #words = 0;
  #grantedAt = 0;
  #draws = 0n;

  constructor(random: Random) {
    this.random = random;
  }

  start(machine: Machine): void {
    const chain = new DiskChain(machine.disk);
    const signer = { address: RIG, sign: signAs(RIG) };
    const guard = new Guard({ chain, seal: SEAL, rig: RIG, coordinator: COORDINATOR, signer });
    guard.finish();
    const session = new Session({
      chain,
      meta: chain,
      seal: SEAL,
      rig: RIG,
      coordinator: COORDINATOR,
      signer,
      signerOf,
      random32: () => {
        this.#draws += 1n;
        return `0x${this.#draws.toString(16).padStart(64, "0")}`;
      },
    });
    machine.process = { chain, session, guard, inbox: [] };
    this.hello(machine);
  }

  hello(machine: Machine): void {
    if (machine.process === undefined) return;
    this.#words += 1;
    const { message } = machine.process.session.hello();
    this.uplink.push({ kind: "hello", hello: message, saidAt: this.#words });
  }

  /** A window ends: each running agent that holds an era attests it. */
  closeWindow(dying?: Machine): void {
    this.window += 1n;
    this.nowSeconds += 1;
    for (const machine of this.machines) {
      const { process } = machine;
      if (process === undefined || process.session.era === 0) continue;
      process.chain.dieBeforeSigning = machine === dying;
      const statement = {
        windowStart: this.window,
        windowEnd: this.window + 1n,
        flags: this.machines.indexOf(machine),
        samplesRoot: ZERO_32,
        evidenceRoot: ZERO_32,
        devices: [],
      };
      try {
        process.guard.attest(statement, process.session.era, process.session.beacon);
      } catch (thrown) {
        if (!(thrown instanceof Crash)) throw thrown;
        machine.process = undefined;
      }
    }
  }

  /** The sender: everything that has no answer goes out, if the session was greeted. */
  send(machine: Machine): void {
    const { process } = machine;
    if (process === undefined || !["ready", "halted"].includes(process.session.standing)) return;
    for (const row of machine.disk.rows) {
      if (row.receipted || row.refusal !== undefined || !row.signed) continue;
      this.uplink.push({
        kind: "attestation",
        attestation: decodeAttestation(row.body).attestation,
      });
    }
  }

  /** The coordinator takes one message; `keep` leaves a copy behind that comes again later. */
  deliver(at: number, keep: boolean): void {
    const message = this.uplink[at];
    if (message === undefined) return;
    if (!keep) this.uplink.splice(at, 1);
    const reply =
      message.kind === "hello"
        ? this.#welcome(message.hello, message.saidAt)
        : this.#judge(message.attestation);
    // Both machines have the same topics: each hears what is said to the other.
    for (const { process } of this.machines) process?.inbox.push(reply);
  }

  #welcome(hello: Hello, saidAt: number): Downlink {
    const { row, limits, entries } = this.ledger;
    const decision = decideWelcome(row, hello, this.nowSeconds);
    if (decision.kind === "granted") {
      if (saidAt < this.#grantedAt)
        this.usurpations.push(`an old hello was granted era ${decision.era}`);
      const halted = this.machines.some(
        ({ process }) =>
          process?.session.standing === "halted" && process.session.instance === hello.instance,
      );
      if (halted) this.usurpations.push(`a halted rig was granted era ${decision.era}`);
      this.#words += 1;
      this.#grantedAt = this.#words;
      row.instance = hello.instance;
      row.era = decision.era;
      limits.clear();
      for (const { era, sequence } of decision.limits) limits.set(era, Number(sequence));
    }
    const head = row.head_sequence ?? 0n;
    const there = new Set(entries.map(({ sequence }) => sequence));
    const missing = Array.from({ length: Number(head) }, (_, i) => BigInt(i)).filter(
      (sequence) => !there.has(sequence),
    );
    const welcome: Welcome = {
      rig: RIG,
      challenge: hello.challenge,
      era: "era" in decision ? decision.era : 0,
      newestEra: row.era,
      headSequence: head,
      headDigest: row.head_digest ?? ZERO_32,
      missing,
      windowSeconds: 1,
      settingsVersion: 0n,
      time: BigInt(this.nowSeconds),
      beacon: ZERO_32,
    };
    return { kind: "welcome", welcome };
  }

  #judge(attestation: Attestation): Downlink {
    const { row, limits, entries } = this.ledger;
    const digest = digestOf(SEAL, attestation);
    const arrived: Arrived = {
      kind: "arrived",
      from: RIG,
      attestation,
      digest,
      body: new Uint8Array(),
      ours: true,
      signed: true,
    };
    const digestWhere = (test: (entry: Attestation) => boolean): Hex | undefined => {
      const found = entries.find((entry) => entry.era === attestation.era && test(entry));
      return found === undefined ? undefined : digestOf(SEAL, found);
    };
    const decision = decideAttestation(
      arrived,
      { key: RIG, revoked_at: null, frozen_at: row.frozen ? 1 : null, era: row.era },
      {
        digestAt: (_era, sequence) => digestWhere((entry) => entry.sequence === BigInt(sequence)),
        digestOfWindow: (_era, start) =>
          digestWhere((entry) => entry.windowStart === BigInt(start)),
        limitOf: (era) => limits.get(era),
      },
    );
    if (decision.kind === "equivocation") {
      row.frozen = true;
      this.equivocations.push(
        `${decision.clash} era ${attestation.era} sequence ${attestation.sequence}`,
      );
    }
    if (decision.kind === "accept") {
      entries.push(attestation);
      if (row.head_sequence === null || attestation.sequence > row.head_sequence) {
        row.head_sequence = attestation.sequence;
        row.head_digest = digest;
      }
    }
    const code =
      decision.kind === "refuse"
        ? decision.code
        : decision.kind === "equivocation"
          ? "equivocation"
          : undefined;
    return { kind: "answer", digest, era: attestation.era, code };
  }

  /** An agent takes the oldest word that came to it. Answers whether it must say hello again. */
  hear(machine: Machine): void {
    const { process } = machine;
    const word = process?.inbox.shift();
    if (process === undefined || word === undefined) return;
    if (word.kind === "welcome") {
      const signature = signAs(COORDINATOR)(messageDigest(SEAL, "Welcome", word.welcome));
      if (process.session.welcome({ message: word.welcome, signature }) === "again")
        this.hello(machine);
      return;
    }
    const row = machine.disk.rows.find(({ digest }) => digest === word.digest);
    if (row === undefined) return;
    if (word.code === undefined) {
      row.receipted = true;
      row.refusal = undefined;
      process.session.receipted(
        ZERO_32,
        word.digest,
        machine.disk.head?.digest === word.digest,
        0n,
      );
      return;
    }
    if (row.receipted) return;
    row.refusal = word.code;
    if (word.code === "superseded" && word.era === process.session.era) {
      process.session.superseded();
      this.hello(machine);
    }
  }

  copyLedger(): Ledger {
    const { row, limits, entries } = this.ledger;
    return { row: { ...row }, limits: new Map(limits), entries: [...entries] };
  }
}
