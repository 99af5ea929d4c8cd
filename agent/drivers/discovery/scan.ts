import { asRigError, isAbort, RigError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports.ts";
import type { Report } from "../../core/reading.ts";
import { hostAndPort } from "../address.ts";
import type { Driver } from "../driver.ts";
import { knock } from "../links/knock.ts";
import { openSource } from "../open.ts";
import { driversAt, type ProbeSpec, probedPorts, whoKnows } from "../probe.ts";
import { addressesOf, countOf, type Target } from "./targets.ts";

/** A device that answered and is known. */
export interface Found {
  /** Host, or host:port where it is not the driver's usual one. */
  readonly address: string;
  readonly driver: Driver;
  readonly reports: readonly Report[];
}

/** Something that answered and cannot be read: by whom it is not known, or what it wants. */
export interface Unread {
  readonly address: string;
  readonly error: RigError;
}

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
  /** Open sockets at most; 512 by default. */
  readonly sockets?: number;
  /** How long a host may take to take a connection; by default 1 s, or 700 ms where there are over 4096. */
  readonly knockMs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** Nearly every miner listens at one of these, and what does not says at once that it is there. */
const DOORS = [4028, 80] as const;
const DEFAULT_SOCKETS = 512;
/** Sockets that one answering host takes while it is looked at. */
const SOCKETS_A_HOST = 4;
const MANY = 4096;

/**
 * Finds and identifies devices. Every address is knocked at twice (connected to, nothing sent); what answers is knocked
 * at where drivers listen, and asked there what the drivers know their devices by and no more. Nothing is written to
 * anything. Holds at most `sockets` sockets open.
 */
export async function scan(
  options: ScanOptions,
): Promise<{ found: readonly Found[]; unread: readonly Unread[] }> {
  return new Scan(options).run();
}

class Scan {
  readonly #options: ScanOptions;
  readonly #knockMs: number;
  readonly #found: Found[] = [];
  readonly #unread: Unread[] = [];
  readonly #waiting: { readonly host: string; readonly open: readonly number[] }[] = [];
  #looked = 0;
  #answering = 0;
  #knocking = true;
  #sleepers: (() => void)[] = [];

  constructor(options: ScanOptions) {
    this.#options = options;
    this.#knockMs = options.knockMs ?? (countOf(options.targets) > MANY ? 700 : 1000);
  }

  #wake(): void {
    const sleepers = this.#sleepers;
    this.#sleepers = [];
    for (const wake of sleepers) wake();
  }

  async run(): Promise<{ found: readonly Found[]; unread: readonly Unread[] }> {
    const { targets, sockets = DEFAULT_SOCKETS } = this.#options;
    const identifiers = Math.max(1, Math.floor(sockets / 8 / SOCKETS_A_HOST));
    const knockers = Math.max(
      1,
      Math.floor((sockets - identifiers * SOCKETS_A_HOST) / DOORS.length),
    );
    const addresses = addressesOf(targets);
    const knocking = Promise.all(
      Array.from({ length: Math.min(knockers, countOf(targets)) }, () => this.#knocker(addresses)),
    ).then(() => {
      this.#knocking = false;
      this.#wake();
    });
    await Promise.all([knocking, ...Array.from({ length: identifiers }, () => this.#identifier())]);
    this.#options.signal.throwIfAborted();
    this.#tell();
    return { found: this.#found, unread: this.#unread };
  }

  async #knocker(addresses: Iterator<string>): Promise<void> {
    for (;;) {
      const next = addresses.next();
      if (next.done === true || this.#options.signal.aborted) return;
      const host = next.value;
      const answers = await Promise.all(DOORS.map((port) => this.#knock(host, port)));
      this.#looked += 1;
      if (answers.some((answer) => answer !== "silent")) {
        this.#answering += 1;
        this.#waiting.push({ host, open: DOORS.filter((_, at) => answers[at] === "open") });
        this.#wake();
      }
      this.#tell();
    }
  }

  #knock(host: string, port: number): ReturnType<typeof knock> {
    const { clock, signal } = this.#options;
    return knock(clock, host, port, this.#knockMs, signal);
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
      if (next !== undefined) {
        await this.#host(next.host, next.open);
        this.#tell();
      } else if (!this.#knocking || this.#options.signal.aborted) return;
      else
        await new Promise<void>((resolve) => {
          this.#sleepers.push(resolve);
        });
    }
  }

  /** Looks who a host is: first where it is known to listen, then wherever drivers may. */
  async #host(host: string, open: readonly number[]): Promise<void> {
    const faults: RigError[] = [];
    if (await this.#ports(host, open, "asic", faults)) return;
    const others = [...new Set([...probedPorts(), ...(this.#options.ports ?? [])])].filter(
      (port) => !DOORS.some((door) => door === port),
    );
    const listening: number[] = [];
    for (let at = 0; at < others.length; at += SOCKETS_A_HOST) {
      const ports = others.slice(at, at + SOCKETS_A_HOST);
      const answers = await Promise.all(ports.map((port) => this.#knock(host, port)));
      listening.push(...ports.filter((_, n) => answers[n] === "open"));
    }
    const known = await this.#ports(host, [...open, ...listening], undefined, faults);
    const error = faults.find(({ code }) => code === "driver-auth") ?? faults[0];
    if (!known && error !== undefined) this.#unread.push({ address: host, error });
  }

  /** True where a device was known. An ASIC is one device whatever ports it has; a rig may run several miners. */
  async #ports(
    host: string,
    ports: readonly number[],
    kind: "asic" | undefined,
    faults: RigError[],
  ): Promise<boolean> {
    let known = false;
    const generic: { readonly port: number; readonly driver: Driver }[] = [];
    for (const port of ports) {
      if (this.#options.signal.aborted) return known;
      const drivers = driversAt(port).filter(
        (driver) => kind === undefined || driver.kind === kind,
      );
      const driver = await this.#who(host, port, drivers, faults);
      if (driver?.generic) generic.push({ port, driver });
      else if (driver !== undefined) known = (await this.#read(host, port, driver)) || known;
      if (known && driver?.kind === "asic") return true;
    }
    // Another port may say more of it than what all of its kind have in common.
    const [last] = generic;
    if (known || last === undefined || kind !== undefined) return known;
    return this.#read(host, last.port, last.driver);
  }

  async #who(
    host: string,
    port: number,
    drivers: readonly Driver[],
    faults: RigError[],
  ): Promise<Driver | undefined> {
    const { clock, signal, spec = {} } = this.#options;
    const where = { host, port, url: undefined, username: undefined, password: undefined };
    try {
      const [driver, other] = await whoKnows(
        drivers,
        { where, port, tools: { clock }, signal, spec },
        faults,
      );
      if (other !== undefined)
        faults.unshift(
          new RigError("driver-unknown", `${driver?.name} and ${other.name} both know it`),
        );
      return other === undefined ? driver : undefined;
    } catch (thrown) {
      if (isAbort(thrown) && signal.aborted) return undefined;
      faults.push(asRigError(thrown));
      return undefined;
    }
  }

  async #read(host: string, port: number, driver: Driver): Promise<boolean> {
    const { clock, signal, spec = {} } = this.#options;
    const usual = driver.ports[0] === port;
    const address = usual ? host : hostAndPort(host, port);
    const source = openSource({ ...spec, name: address, driver: driver.name, address }, { clock });
    try {
      const { reports } = await source.ask(signal);
      this.#found.push({ address, driver, reports });
      return true;
    } catch (thrown) {
      if (isAbort(thrown) && signal.aborted) return false;
      this.#unread.push({ address: hostAndPort(host, port), error: asRigError(thrown) });
      return true;
    } finally {
      await source.stop();
    }
  }
}
