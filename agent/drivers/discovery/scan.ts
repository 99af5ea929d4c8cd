import { asRigError, type RigError } from "../../core/errors.ts";
import { ownAddresses, plainHost } from "../../core/own-addresses.ts";
import type { Clock } from "../../core/ports.ts";
import { PROBE_TIMEOUT_MS } from "../ask-once.ts";
import { type Knock, knock } from "../links/knock.ts";
import type { ProbeSpec } from "../probe.ts";
import { DOORS, type Found, Look, SOCKETS_A_HOST, type Unread } from "./look.ts";
import { Shortage, spareDescriptors } from "./shortage.ts";
import { addressesOf, countOf, type Target } from "./targets.ts";

export type { Found, Unread };

export interface Progress {
  readonly looked: number;
  readonly of: number;
  readonly answering: number;
  readonly found: number;
}

export interface ScanOptions {
  readonly targets: readonly Target[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Logins to ask with, and limits. */
  readonly spec?: ProbeSpec;
  /** Ports that are asked beside those that drivers name. */
  readonly ports?: readonly number[];
  /** Open sockets at most; 512 by default, and never more than this process may open. */
  readonly sockets?: number;
  /** How long a host may take to take a connection; by default 1 s, or 700 ms where there are over 4096. */
  readonly knockMs?: number;
  /** For all that is asked of one host until it is known; 15 s by default, or five time limits where those are long. */
  readonly hostMs?: number;
  /** Where procfs is; `/proc` by default. */
  readonly proc?: string;
  /** Addresses that are this host's, which are left out; those of its interfaces by default. */
  readonly own?: ReadonlySet<string>;
  readonly onProgress?: (progress: Progress) => void;
}

const DEFAULT_SOCKETS = 512;
const MANY = 4096;
const HOST_MS = 15_000;
const LIMITS_A_HOST = 5;
/** What of the descriptors that are left may be sockets: others are opened meanwhile. */
const SHARE_OF_SPARE = 0.75;

/**
 * Finds and identifies devices. Every address is knocked at twice (connected to, nothing sent); what answers is knocked
 * at where drivers listen, and asked there what the drivers know their devices by and no more. Nothing is written to
 * anything. Holds at most `sockets` sockets open. This host's own addresses are left out: what listens there is found as
 * this host's. Throws `driver-no-socket` where this host cannot connect to anything.
 */
export async function scan(
  options: ScanOptions,
): Promise<{ found: readonly Found[]; unread: readonly Unread[] }> {
  return new Scan(options).run();
}

class Scan {
  readonly #options: ScanOptions;
  readonly #own: ReadonlySet<string>;
  readonly #knockMs: number;
  readonly #shortage: Shortage;
  /** Ends what is under way where one part of it failed. */
  readonly #given = new AbortController();
  readonly #signal: AbortSignal;
  readonly #found: Found[] = [];
  readonly #unread: Unread[] = [];
  readonly #waiting: { readonly host: string; readonly open: readonly number[] }[] = [];
  #looked = 0;
  #answering = 0;
  #knocking = true;
  #fault: RigError | undefined;
  #sleepers: (() => void)[] = [];

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#own = options.own ?? ownAddresses();
    this.#knockMs = options.knockMs ?? (countOf(options.targets) > MANY ? 700 : 1000);
    this.#shortage = new Shortage(options.clock);
    this.#signal = AbortSignal.any([options.signal, this.#given.signal]);
  }

  async run(): Promise<{ found: readonly Found[]; unread: readonly Unread[] }> {
    const { targets, signal, sockets: asked = DEFAULT_SOCKETS } = this.#options;
    const spare = spareDescriptors(this.#options.proc) ?? Number.POSITIVE_INFINITY;
    const sockets = Math.min(asked, Math.floor(SHARE_OF_SPARE * spare));
    const identifiers = Math.max(1, Math.floor(sockets / 8 / SOCKETS_A_HOST));
    const knockers = Math.max(
      1,
      Math.floor((sockets - identifiers * SOCKETS_A_HOST) / DOORS.length),
    );
    const addresses = addressesOf(targets);
    const knocking = Promise.all(
      Array.from({ length: Math.min(knockers, countOf(targets)) }, () =>
        this.#worker(this.#knocker(addresses)),
      ),
    ).then(() => {
      this.#knocking = false;
      this.#wake();
    });
    const identifying = Array.from({ length: identifiers }, () => this.#worker(this.#identifier()));
    await Promise.all([knocking, ...identifying]);
    signal.throwIfAborted();
    if (this.#fault !== undefined) throw this.#fault;
    this.#tell();
    return { found: this.#found, unread: this.#unread };
  }

  /** What one part of the search throws ends all of it. */
  async #worker(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      this.#fault ??= asRigError(thrown);
      this.#given.abort();
      this.#wake();
    }
  }

  #wake(): void {
    const sleepers = this.#sleepers;
    this.#sleepers = [];
    for (const wake of sleepers) wake();
  }

  async #knocker(addresses: Iterator<string>): Promise<void> {
    for (;;) {
      const next = addresses.next();
      if (next.done === true || this.#signal.aborted) return;
      if (!this.#own.has(plainHost(next.value))) await this.#knockAt(next.value);
      this.#looked += 1;
      this.#tell();
    }
  }

  async #knockAt(host: string): Promise<void> {
    const answers = await Promise.all(DOORS.map((port) => this.#knock(host, port)));
    if (answers.every((answer) => answer === "silent")) return;
    this.#answering += 1;
    this.#waiting.push({ host, open: DOORS.filter((_, at) => answers[at] === "open") });
    this.#wake();
  }

  async #knock(host: string, port: number): Promise<Knock> {
    for (;;) {
      const answer = await knock(this.#options.clock, host, port, this.#knockMs, this.#signal);
      if (answer !== "no-socket") {
        this.#shortage.end();
        return answer;
      }
      await this.#shortage.wait(this.#signal);
    }
  }

  #tell(): void {
    this.#options.onProgress?.({
      looked: this.#looked,
      of: countOf(this.#options.targets),
      answering: this.#answering,
      found: this.#found.length,
    });
  }

  async #identifier(): Promise<void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (this.#signal.aborted) return;
      if (next !== undefined) {
        await this.#lookAt(next.host, next.open);
        this.#tell();
      } else if (!this.#knocking) return;
      else
        await new Promise<void>((resolve) => {
          this.#sleepers.push(resolve);
        });
    }
  }

  async #lookAt(host: string, open: readonly number[]): Promise<void> {
    const { clock, spec = {}, ports = [] } = this.#options;
    const { timeoutMs = PROBE_TIMEOUT_MS } = spec;
    const { hostMs = Math.max(HOST_MS, LIMITS_A_HOST * timeoutMs) } = this.#options;
    const signal = this.#signal;
    while (!signal.aborted) {
      const knocking = (at: string, port: number) => this.#knock(at, port);
      const look = new Look({ host, open, clock, signal, spec, ports, hostMs, knock: knocking });
      await look.run();
      if (look.wasShort) {
        await this.#shortage.wait(signal);
        continue;
      }
      this.#shortage.end();
      this.#found.push(...look.found);
      this.#unread.push(...look.unread);
      return;
    }
  }
}
