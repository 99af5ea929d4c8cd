import { readFileSync } from "node:fs";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { MAX_MESSAGE_BYTES } from "../../proto/attestation.ts";
import { COORDINATOR_FILTERS } from "../../proto/topics.ts";
import type { Log, Meter } from "../ports.ts";
import type { ExternalBroker } from "../settings.ts";
import { type Backoff, createBackoff } from "./backoff.ts";
import type { Carrier } from "./broker.ts";
import type { Reply } from "./intake.ts";
import { createSendWindow } from "./window.ts";

/** What the connection to somebody else's broker needs. */
export interface MqttParts {
  readonly broker: ExternalBroker;
  /** The same at each start: the broker keeps what comes while the coordinator restarts. */
  readonly clientId: string;
  readonly receive: (topic: string, payload: Uint8Array) => Promise<Reply | undefined>;
  readonly room: () => Promise<void>;
  readonly log: Log;
  readonly meter: Meter;
  readonly backoff?: Backoff;
}

type Version = 4 | 5;
type Ending = "other-version" | "refused" | "closed";

const CONNECT_MS = 10_000;
/** A connection that held this long ends the series of failures before it. */
const STEADY_MS = 10_000;
const SESSION_SECONDS = 86_400;
const MAX_PACKET_BYTES = MAX_MESSAGE_BYTES + 65_536;
const AT_ONCE = 64;
const KEEP_REPLIES = 10_000;
/** CONNACK: 1 of MQTT 3.1.1 and 132 of MQTT 5 both say that this version is not spoken. */
const OTHER_VERSION = new Set([1, 132]);

/** How this side asks for the messages of all rigs: coordinators that share a broker share the load. */
export function filtersFor(version: Version, shares: boolean): string[] {
  return COORDINATOR_FILTERS.map((filter) =>
    // Presence is retained, and a broker gives nothing retained to a shared subscription.
    version === 5 && shares && !filter.endsWith("/presence")
      ? `$share/coordinators/${filter}`
      : filter,
  );
}

/**
 * The connection to somebody else's broker: MQTT 5, else 3.1.1, kept up by ourselves. A message is acknowledged to the
 * broker when it is in the queue of intake, before its commit: waiting for each would make a commit of its own of it.
 * What a crash takes with it is sent again by the rig, which keeps it until its receipt.
 */
export function createMqtt(parts: MqttParts): Carrier {
  const { broker, clientId, receive, room, log, meter } = parts;
  const backoff = parts.backoff ?? createBackoff(500, 60_000);
  const stopping = new AbortController();
  let life: Promise<void> | undefined;
  let version: Version = 5;

  function optionsFor(): IClientOptions {
    const { username, passwordFile, caFile } = broker;
    return {
      clientId,
      clean: false,
      protocolVersion: version,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_MS,
      keepalive: 30,
      queueQoSZero: false,
      resubscribe: false,
      manualConnect: true,
      ...(version === 5
        ? {
            properties: {
              sessionExpiryInterval: SESSION_SECONDS,
              maximumPacketSize: MAX_PACKET_BYTES,
            },
          }
        : {}),
      ...(username === undefined ? {} : { username }),
      // Read at each attempt: a password or an authority may be changed while the coordinator runs.
      ...(passwordFile === undefined
        ? {}
        : { password: readFileSync(passwordFile, "utf8").replace(/\r?\n$/, "") }),
      ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    };
  }

  async function subscribe(client: MqttClient, shares: boolean): Promise<void> {
    const granted = await client.subscribeAsync(filtersFor(version, shares), { qos: 1 });
    const denied = granted.find(({ qos }) => qos >= 128);
    if (denied !== undefined) throw new Error(`the broker denied ${denied.topic}`);
  }

  function serve(client: MqttClient, receiveMaximum: number): void {
    const replies = createSendWindow<Reply>(
      Math.min(AT_ONCE, receiveMaximum),
      KEEP_REPLIES,
      ({ topic: { name, qos, retain }, payload }, acknowledged) => {
        client.publish(name, Buffer.from(payload), { qos, retain }, acknowledged);
      },
    );
    client.once("close", () => replies.close());
    client.handleMessage = (packet, done) => {
      const payload =
        typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
      receive(packet.topic, payload)
        .then((reply) => {
          if (reply !== undefined) replies.push(reply);
        })
        .catch((error: unknown) => log.error("A reply could not be sent", {}, error));
      room().then(() => done(), done);
    };
  }

  /** One connection, from the attempt to its end. */
  function session(): Promise<Ending> {
    const client = mqtt.connect(broker.url, optionsFor());
    return new Promise((resolve) => {
      const end = (how: Ending): void => {
        stopping.signal.removeEventListener("abort", abort);
        client.end(true, () => resolve(how));
      };
      const abort = (): void => end("closed");
      stopping.signal.addEventListener("abort", abort, { once: true });
      let how: Ending = "closed";
      client.on("error", (error) => {
        const { code } = error as { code?: unknown };
        const other = version === 5 && typeof code === "number" && OTHER_VERSION.has(code);
        how = other ? "other-version" : "refused";
        if (!other) log.warn("The broker cannot be used", { version }, error);
      });
      client.once("close", () => end(how));
      client.once("connect", ({ properties }) => {
        serve(client, properties?.receiveMaximum ?? (version === 5 ? 65_535 : 20));
        subscribe(client, properties?.sharedSubscriptionAvailable !== false)
          .then(() => log.info("Connected to the broker", { url: broker.url, version }))
          .catch((error: unknown) => {
            log.error("The broker does not let us hear the rigs", {}, error);
            end("refused");
          });
      });
      client.connect();
    });
  }

  async function attempt(): Promise<Ending> {
    try {
      return await session();
    } catch (error) {
      log.error("The broker connection cannot be set up", {}, error);
      return "refused";
    }
  }

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      const ending = await attempt();
      if (stopping.signal.aborted) return;
      if (ending === "other-version") {
        version = 4;
        continue;
      }
      meter.count("rig_coordinator_broker_disconnects_total");
      if (performance.now() - begun > STEADY_MS) backoff.reset();
      const waitMs = backoff.nextMs();
      log.info("The broker connection is over; the next attempt follows", { waitMs });
      await pause(waitMs, stopping.signal);
    }
  }

  return {
    url: broker.url,
    async start() {
      life ??= live();
    },
    async stop() {
      stopping.abort();
      await life;
    },
  };
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal.addEventListener("abort", done, { once: true });
  });
}
