import type { Server } from "node:net";
import { FAULTS_OF, type Fault } from "./faults.ts";
import type { Truth } from "./model/history.ts";
import type { Part, PartNow, Reply } from "./protocols/protocol.ts";
import type { Door, Speaker } from "./protocols/speaker.ts";
import type { ReplyLog } from "./reply-log.ts";
import type { Answering, Asked, Served } from "./servers/answering.ts";
import { framedServer } from "./servers/framed-server.ts";
import { grpcServer } from "./servers/grpc-server.ts";
import { httpServer } from "./servers/http-server.ts";
import { Listener } from "./servers/listener.ts";
import { tcpServer } from "./servers/tcp-server.ts";
import {
  type AgentDevice,
  checkFault,
  partsAt,
  type RunningDevice,
  truthOf,
} from "./site-device.ts";

/** What a device on a socket is made of. */
export interface SocketDeviceParts {
  readonly name: string;
  readonly speaker: Speaker;
  readonly parts: readonly [Part, ...Part[]];
  readonly brokenJson: boolean;
  readonly host: string;
  /** For each of the speaker's doors, in order. */
  readonly ports: readonly (readonly number[])[];
  readonly clock: () => number;
  readonly log: ReplyLog;
}

/** A device that speaks its protocol on sockets. */
export class SocketDevice implements RunningDevice {
  readonly name: string;
  readonly driver: string;
  readonly speaker: Speaker;
  readonly parts: readonly [Part, ...Part[]];
  readonly #made: SocketDeviceParts;
  readonly #listeners: readonly Listener[];
  #fault: Fault | undefined;
  #shut: boolean | undefined;
  #stopped = false;

  constructor(made: SocketDeviceParts) {
    this.name = made.name;
    this.driver = made.speaker.name;
    this.speaker = made.speaker;
    this.parts = made.parts;
    this.#made = made;
    const device = { answer: (asked: Asked) => this.#answer(asked), fault: () => this.#mood() };
    this.#listeners = made.speaker.doors.map(
      (door, at) =>
        new Listener(serverFor(door, device, made.clock), made.host, made.ports[at] ?? []),
    );
  }

  source(): AgentDevice {
    const [front] = this.#listeners;
    const { login } = this.speaker;
    return { name: this.name, driver: this.driver, address: front?.address ?? "", ...login };
  }

  /** Opens its doors even if it is to be off at once: only so are its ports known. */
  async start(): Promise<void> {
    for (const listener of this.#listeners) await listener.open();
    await this.tick();
  }

  async tick(): Promise<void> {
    if (this.#stopped) return;
    const shut = this.#mood() === "refuse";
    if (shut === this.#shut) return;
    this.#shut = shut;
    await Promise.all(
      this.#listeners.map((listener) => (shut ? listener.close() : listener.open())),
    );
  }

  async setFault(fault: Fault | undefined): Promise<void> {
    checkFault(this.name, fault, FAULTS_OF[this.speaker.doors[0].link]);
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
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }

  #now(): [PartNow, ...PartNow[]] {
    return partsAt(this.parts, this.#made.clock()) as [PartNow, ...PartNow[]];
  }

  // The machines of one device share their fate: the first speaks for all.
  #mood(): Fault | undefined {
    const [{ machine }] = this.parts;
    const now = machine.state(this.#made.clock());
    if (now.off) return "refuse";
    return this.#fault ?? (now.silent ? "silent" : undefined);
  }

  #answer(asked: Asked): Served | undefined {
    const parts = this.#now();
    const { brokenJson } = this.#made;
    const atMs = parts[0].now.atMs;
    const worker = `simulated.${this.name}`;
    const reply = this.speaker.protocol({ ...asked, atMs, parts, worker, brokenJson });
    if (!reply) return undefined;
    const { status, headers } = reply;
    const served = {
      bytes: Buffer.from(reply.body),
      ...(status === undefined ? {} : { status }),
      ...(headers === undefined ? {} : { headers }),
    };
    if (status === undefined) this.#note(reply.called ?? asked.ask, atMs, parts, reply);
    return served;
  }

  #note(ask: string, atMs: number, parts: readonly PartNow[], { reported }: Reply): void {
    for (const [key, said] of reported) {
      const truth = parts.find((part) => part.key === key)?.machine.truth(atMs);
      this.#made.log.add({
        atMs,
        device: this.name,
        key,
        ask,
        ...said,
        ...(truth ? { trueHashes: String(truth.hashes), trueJoules: truth.joules } : {}),
        ...(this.#fault ? { fault: this.#fault } : {}),
      });
    }
  }
}

function serverFor({ link }: Door, device: Answering, clock: () => number): Server {
  if (link === "tcp" || link === "line") return tcpServer(device, clock, link);
  if (link === "framed") return framedServer(device);
  if (link === "grpc") return grpcServer(device);
  return httpServer(device);
}
