import { randomBytes } from "node:crypto";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { MAX_MESSAGE_BYTES } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import { type Presence, TOPICS } from "../../proto/topics.ts";
import { RigError } from "../core/errors.ts";
import type { Clock, Log, Meter } from "../core/ports.ts";
import type { Backoff, Carrier, CarrierEvents } from "./carrier.ts";

export interface MqttOptions {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rig: Hex;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly backoff: Backoff;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_SECONDS = 30;
const FAREWELL_MS = 1000;
/** A connection that held for so long was a good one: the next failure waits from the beginning again. */
const STABLE_MS = 10_000;
/** CONNACK of a broker that does not speak the version: 3.1.1 says 1, 5 says 132. */
const WRONG_VERSION = new Set([1, 132]);
/** CONNACK of a refused login, in both versions. */
const WRONG_LOGIN = new Set([4, 5, 134, 135]);

/**
 * The MQTT carrier. mqtt.js does the protocol and nothing else: it does not reconnect, store or queue here, because its
 * own ways give up after one refused CONNACK and would be a second outbox beside the one in SQLite.
 */
export class MqttCarrier implements Carrier {
  readonly #options: MqttOptions;
  readonly #clientId: string;
  #events: CarrierEvents | undefined;
  #client: MqttClient | undefined;
  #cancel: (() => void) | undefined;
  #version: 4 | 5 = 5;
  #connected = false;
  #stopped = false;
  #fault: RigError | undefined;
  #upAtMs = 0;

  constructor(options: MqttOptions) {
    this.#options = options;
    // 23 characters at most: the length that every broker takes.
    this.#clientId = `rig-${options.rig.slice(2, 10)}-${randomBytes(4).toString("hex")}`;
  }

  start(events: CarrierEvents): void {
    this.#events = events;
    this.#connect();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    const client = this.#client;
    if (client === undefined) return;
    // A broker that does not acknowledge must not hold up the stop; the last will says the same.
    if (this.#connected)
      await this.#within(FAREWELL_MS, this.#say(client, false)).catch(() => undefined);
    await client.endAsync(true);
  }

  state(): ReturnType<Carrier["state"]> {
    return {
      name: "mqtt",
      address: withoutLogin(this.#options.url),
      connected: this.#connected,
      ...(this.#fault === undefined || this.#connected ? {} : { fault: this.#fault.message }),
    };
  }

  async send(kind: "hello" | "attestation", bytes: Uint8Array): Promise<void> {
    const client = this.#client;
    if (client === undefined || !this.#connected)
      throw new RigError("transport-unreachable", "not connected to the broker");
    const { name, qos } = TOPICS[kind](this.#options.rig);
    await client.publishAsync(name, Buffer.from(bytes), { qos });
  }

  #connect(): void {
    if (this.#stopped) return;
    const client = mqtt.connect(this.#options.url, this.#clientOptions());
    this.#client = client;
    // Late words of a client that was given up must not count as words of the present one.
    const current = (): boolean => this.#client === client && !this.#stopped;
    let code: number | undefined;
    let fault: Error | undefined;
    client.on("connect", () => void (current() && this.#up(client)));
    client.on("message", (topic, payload) => void (current() && this.#message(topic, payload)));
    client.on("error", (error) => {
      fault = error;
      code = (error as { code?: unknown }).code as number | undefined;
    });
    client.on("close", () => {
      if (!current()) return;
      this.#client = undefined;
      client.end(true);
      this.#down(code, fault);
    });
  }

  #clientOptions(): IClientOptions {
    const { rig, username, password, ca, cert, key } = this.#options;
    const will = TOPICS.presence(rig);
    return {
      // Not the rig alone: a twin with the same key would throw this one off, and be thrown off, for as long as both run.
      clientId: this.#clientId,
      protocolVersion: this.#version,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: KEEPALIVE_SECONDS,
      queueQoSZero: false,
      resubscribe: false,
      will: {
        topic: will.name,
        payload: Buffer.from(this.#presence(false)),
        qos: will.qos,
        retain: will.retain,
      },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(this.#version === 5
        ? { properties: { maximumPacketSize: MAX_MESSAGE_BYTES + 1024 } }
        : {}),
    };
  }

  async #greet(client: MqttClient): Promise<void> {
    const { rig } = this.#options;
    await client.subscribeAsync([TOPICS.welcome(rig).name, TOPICS.receipt(rig).name], { qos: 1 });
    await this.#say(client, true);
  }

  #up(client: MqttClient): void {
    const { clock, log } = this.#options;
    this.#within(CONNECT_TIMEOUT_MS, this.#greet(client)).then(
      () => {
        if (this.#client !== client || this.#stopped) return;
        this.#connected = true;
        this.#fault = undefined;
        this.#upAtMs = clock.monotonicMs();
        log.info("connected to the broker", {
          broker: withoutLogin(this.#options.url),
          mqtt: this.#version,
        });
        this.#events?.up();
      },
      // The connection is of no use without its topics; closing it leads to the next attempt.
      (cause: unknown) => client.stream.destroy(cause instanceof Error ? cause : undefined),
    );
  }

  /** Something that a broker must do in time; rejects when it does not. */
  #within<T>(limitMs: number, work: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#options.clock.after(limitMs, () =>
      late.reject(new Error(`the broker did not answer in ${limitMs} ms`)),
    );
    return Promise.race([work, late.promise]).finally(cancel);
  }

  #down(code: number | undefined, cause: Error | undefined): void {
    const { backoff, clock, log, meter, url } = this.#options;
    const wasUp = this.#connected;
    this.#connected = false;
    if (wasUp) this.#events?.down();
    if (wasUp && clock.monotonicMs() - this.#upAtMs >= STABLE_MS) backoff.reset();
    if (code !== undefined && WRONG_VERSION.has(code) && this.#version === 5) {
      this.#version = 4;
      this.#connect();
      return;
    }
    const login = code !== undefined && WRONG_LOGIN.has(code);
    const error = new RigError(
      login ? "transport-login" : "transport-unreachable",
      `${withoutLogin(url)}: ${cause?.message || "the connection was closed"}`,
      { broker: withoutLogin(url) },
      { cause },
    );
    if (wasUp || this.#fault?.message !== error.message)
      log.warn("not connected to the broker", {}, error);
    this.#fault = error;
    meter.count("rig_errors_total", { code: error.code });
    // A broker may be replaced by one that speaks 5: each attempt after a failure begins with it again.
    this.#version = wasUp || login ? this.#version : 5;
    this.#cancel = clock.after(backoff.next(), () => this.#connect());
  }

  #message(topic: string, payload: Buffer): void {
    const { rig } = this.#options;
    if (topic === TOPICS.welcome(rig).name) this.#events?.welcome(payload);
    else if (topic === TOPICS.receipt(rig).name) this.#events?.answer(payload);
  }

  async #say(client: MqttClient, online: boolean): Promise<void> {
    const { name, qos, retain } = TOPICS.presence(this.#options.rig);
    await client.publishAsync(name, this.#presence(online), { qos, retain });
  }

  #presence(online: boolean): string {
    const presence: Presence = {
      online,
      version: this.#options.version,
      since: Math.floor(this.#options.clock.wallMs() / 1000),
    };
    return JSON.stringify(presence);
  }
}

/** A URL as it may stand in a log: a login in it is left out. */
function withoutLogin(url: string): string {
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  return parsed.href.replace(/\/$/, "");
}
