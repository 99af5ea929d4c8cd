import { FAULTS_OF, type Fault } from "./faults.ts";
import type { Truth } from "./model/history.ts";
import { antminer } from "./protocols/antminer.ts";
import { axeos } from "./protocols/axeos.ts";
import { lolminer } from "./protocols/lolminer.ts";
import type { Part, PartNow, Protocol } from "./protocols/protocol.ts";
import { trex } from "./protocols/trex.ts";
import { xmrig } from "./protocols/xmrig.ts";
import type { ReplyLog } from "./reply-log.ts";
import { cgminerServer } from "./servers/cgminer-server.ts";
import { httpServer } from "./servers/http-server.ts";
import { Listener } from "./servers/listener.ts";
import {
  type AgentDevice,
  checkFault,
  partsAt,
  type RunningDevice,
  truthOf,
} from "./site-device.ts";
import type { Driver } from "./specs.ts";

export type SocketDriver = Exclude<Driver, "nvidia" | "amdgpu">;

/** How each kind speaks, and where it usually listens. */
export const SPEAKERS: Record<
  SocketDriver,
  { readonly protocol: Protocol; readonly link: "tcp" | "http"; readonly port: number }
> = {
  antminer: { protocol: antminer, link: "tcp", port: 4028 },
  axeos: { protocol: axeos, link: "http", port: 80 },
  trex: { protocol: trex, link: "http", port: 4067 },
  lolminer: { protocol: lolminer, link: "http", port: 4068 },
  xmrig: { protocol: xmrig, link: "http", port: 16_000 },
};

/** What a device on a socket is made of. */
export interface SocketDeviceParts {
  readonly name: string;
  readonly driver: SocketDriver;
  readonly parts: readonly [Part, ...Part[]];
  readonly brokenJson: boolean;
  readonly host: string;
  readonly ports: readonly number[];
  readonly clock: () => number;
  readonly log: ReplyLog;
}

/** A device that speaks its protocol on a socket. */
export class SocketDevice implements RunningDevice {
  readonly name: string;
  readonly driver: SocketDriver;
  readonly parts: readonly [Part, ...Part[]];
  readonly #made: SocketDeviceParts;
  readonly #listener: Listener;
  #fault: Fault | undefined;
  #stopped = false;

  constructor(made: SocketDeviceParts) {
    this.name = made.name;
    this.driver = made.driver;
    this.parts = made.parts;
    this.#made = made;
    const device = { answer: (ask: string) => this.#answer(ask), fault: () => this.#mood() };
    const cgminer = SPEAKERS[made.driver].link === "tcp";
    const server = cgminer ? cgminerServer(device, made.clock) : httpServer(device);
    this.#listener = new Listener(server, made.host, made.ports);
  }

  source(): AgentDevice {
    return { name: this.name, driver: this.driver, address: this.#listener.address };
  }

  /** Opens its door even if it is to be off at once: only so is its port known. */
  async start(): Promise<void> {
    await this.#listener.open();
    await this.tick();
  }

  async tick(): Promise<void> {
    if (this.#stopped) return;
    if (this.#mood() === "refuse") await this.#listener.close();
    else await this.#listener.open();
  }

  async setFault(fault: Fault | undefined): Promise<void> {
    checkFault(this.name, fault, FAULTS_OF[SPEAKERS[this.driver].link]);
    this.#fault = fault;
    await this.tick();
  }

  async restart(offMs: number): Promise<void> {
    const atMs = this.#made.clock();
    for (const { machine } of this.parts) machine.restart(atMs, offMs);
    await this.tick();
  }

  truth(atMs: number, parts: readonly Part[]): Truth | undefined {
    return truthOf(parts, atMs, this.#made.clock());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#listener.close();
  }

  #now(): [PartNow, ...PartNow[]] {
    return partsAt(this.parts, this.#made.clock()) as [PartNow, ...PartNow[]];
  }

  // The machines of one device share their fate: the first speaks for all.
  #mood(): Fault | undefined {
    const [{ now }] = this.#now();
    if (now.off) return "refuse";
    return this.#fault ?? (now.silent ? "silent" : undefined);
  }

  #answer(ask: string): Buffer | undefined {
    const parts = this.#now();
    const { brokenJson } = this.#made;
    const atMs = parts[0].now.atMs;
    const worker = `simulated.${this.name}`;
    const reply = SPEAKERS[this.driver].protocol({ ask, atMs, parts, worker, brokenJson });
    if (!reply) return undefined;
    for (const part of parts) {
      const truth = part.machine.truth(atMs);
      this.#made.log.add({
        atMs,
        device: this.name,
        key: part.key,
        ask,
        ...reply.reported.get(part.key),
        ...(truth ? { trueHashes: String(truth.hashes), trueJoules: truth.joules } : {}),
        ...(this.#fault ? { fault: this.#fault } : {}),
      });
    }
    return Buffer.from(reply.body);
  }
}
