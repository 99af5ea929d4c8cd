import { asRigError, isAbort, RigError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports.ts";
import type { Report } from "../../core/reading.ts";
import { hostAndPort } from "../address.ts";
import { AskedOnce } from "../ask-once.ts";
import { Budget } from "../budget.ts";
import type { Driver } from "../driver.ts";
import type { Knock } from "../links/knock.ts";
import { openSource } from "../open.ts";
import { driversAt, mostTelling, type ProbeSpec, probedPorts, whoKnows } from "../probe.ts";

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

export interface LookOptions {
  readonly host: string;
  /** Of `DOORS`, those that take connections. */
  readonly open: readonly number[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly spec: ProbeSpec;
  /** Ports beside those that drivers name. */
  readonly ports: readonly number[];
  /** For all that is asked of the host. */
  readonly hostMs: number;
  readonly knock: (host: string, port: number) => Promise<Knock>;
}

/** Nearly every miner listens at one of these, and what does not says at once that it is there. */
export const DOORS = [4028, 80] as const;
/** Sockets that one host takes while it is looked at. */
export const SOCKETS_A_HOST = 4;
/** Of the time for a host: what is asked at the doors has this, what is asked at all ports the rest. */
const SHARE_AT_DOORS = 0.4;
/** What takes connections at more of the ports than this is no miner but a tarpit, or a firewall that answers for it. */
const MOST_OPEN = 0.75;
const FEW_PORTS = 8;

/** Looks once who a host is. No request is begun after its time is over, however slowly it answers. */
export class Look {
  readonly found: Found[] = [];
  readonly unread: Unread[] = [];
  readonly #options: LookOptions;
  readonly #faults: RigError[] = [];
  readonly #asked = new Map<number, AskedOnce>();

  constructor(options: LookOptions) {
    this.#options = options;
  }

  /** True where something was not asked for want of sockets on this host: it must be looked at again. */
  get wasShort(): boolean {
    const errors = [...this.#faults, ...this.unread.map(({ error }) => error)];
    return errors.some(({ code }) => code === "driver-no-socket");
  }

  async run(): Promise<void> {
    try {
      await this.#look();
    } finally {
      await Promise.all([...this.#asked.values()].map((asked) => asked.stop()));
    }
  }

  /** First where it is known to listen, then wherever drivers may. */
  async #look(): Promise<void> {
    const { host, open, clock, hostMs } = this.#options;
    const atDoors = new Budget(clock, SHARE_AT_DOORS * hostMs);
    if (await this.#ports(open, "asic", atDoors)) return;
    const [others, listening] = await this.#knockAtOthers();
    if (others.length >= FEW_PORTS && listening.length > MOST_OPEN * others.length) {
      const error = new RigError(
        "driver-unknown",
        `${host} takes connections at ${listening.length} of ${others.length} ports, as no miner does`,
        { address: host },
      );
      this.unread.push({ address: host, error });
      return;
    }
    const atAll = new Budget(clock, (1 - SHARE_AT_DOORS) * hostMs);
    const known = await this.#ports([...open, ...listening], undefined, atAll);
    const error = mostTelling(this.#faults);
    if (!known && error !== undefined) this.unread.push({ address: host, error });
  }

  /** The ports that are no doors, and those of them that take connections. */
  async #knockAtOthers(): Promise<[others: readonly number[], listening: readonly number[]]> {
    const { host, ports, knock } = this.#options;
    const others = [...new Set([...probedPorts(), ...ports])].filter(
      (port) => !DOORS.some((door) => door === port),
    );
    const listening: number[] = [];
    for (let at = 0; at < others.length; at += SOCKETS_A_HOST) {
      const some = others.slice(at, at + SOCKETS_A_HOST);
      const answers = await Promise.all(some.map((port) => knock(host, port)));
      listening.push(...some.filter((_, n) => answers[n] === "open"));
    }
    return [others, listening];
  }

  /** True where a device was known. An ASIC is one device whatever ports it has; a rig may run several miners. */
  async #ports(
    ports: readonly number[],
    kind: "asic" | undefined,
    budget: Budget,
  ): Promise<boolean> {
    let known = false;
    const generic: { readonly port: number; readonly driver: Driver }[] = [];
    for (const [at, port] of ports.entries()) {
      if (this.#options.signal.aborted) return known;
      const drivers = driversAt(port).filter(
        (driver) => kind === undefined || driver.kind === kind,
      );
      const driver = await this.#who(port, drivers, budget.untilMs(ports.length - at));
      if (driver?.generic) generic.push({ port, driver });
      else if (driver !== undefined) known = (await this.#read(port, driver)) || known;
      if (known && driver?.kind === "asic") return true;
    }
    // Another port may say more of it than what all of its kind have in common.
    const [last] = generic;
    if (known || last === undefined || kind !== undefined) return known;
    return this.#read(last.port, last.driver);
  }

  async #who(
    port: number,
    drivers: readonly Driver[],
    untilMs: number,
  ): Promise<Driver | undefined> {
    const faults = this.#faults;
    try {
      const asked = this.#askedAt(port);
      const [driver, other] = await whoKnows(drivers, asked, faults, untilMs);
      if (other === undefined) return driver;
      faults.unshift(
        new RigError("driver-unknown", `${driver?.name} and ${other.name} both know it`),
      );
    } catch (thrown) {
      if (!isAbort(thrown) || !this.#options.signal.aborted) faults.push(asRigError(thrown));
    }
    return undefined;
  }

  /** What was asked at a door is not asked again with the other ports. */
  #askedAt(port: number): AskedOnce {
    const { host, clock, signal, spec } = this.#options;
    const where = { host, port, url: undefined, username: undefined, password: undefined };
    const asked =
      this.#asked.get(port) ?? new AskedOnce({ where, port, tools: { clock }, signal, spec });
    this.#asked.set(port, asked);
    return asked;
  }

  async #read(port: number, driver: Driver): Promise<boolean> {
    const { host, clock, signal, spec } = this.#options;
    const usual = driver.ports[0] === port;
    const address = usual ? host : hostAndPort(host, port);
    const source = openSource({ ...spec, name: address, driver: driver.name, address }, { clock });
    try {
      const { reports } = await source.ask(signal);
      this.found.push({ address, driver, reports });
      return true;
    } catch (thrown) {
      if (isAbort(thrown) && signal.aborted) return false;
      this.unread.push({ address: hostAndPort(host, port), error: asRigError(thrown) });
      return true;
    } finally {
      await source.stop();
    }
  }
}
