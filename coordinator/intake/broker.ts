import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client, type Connection } from "aedes";
import { MAX_MESSAGE_BYTES } from "../../proto/attestation.ts";
import { type Hex, isHex } from "../../proto/hex.ts";
import { COORDINATOR_FILTERS, TOPICS } from "../../proto/topics.ts";
import { CoordinatorError } from "../errors.ts";
import { isPassword } from "../fleet/login.ts";
import type { Log, Meter } from "../ports.ts";
import { limitFrames } from "./frames.ts";
import type { Reply } from "./intake.ts";

/** What carries messages between rigs and intake. */
export interface Carrier {
  /** Where rigs reach it. */
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What the embedded broker needs. */
export interface BrokerParts {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What is stored of a rig's password; undefined for a rig that is not known. */
  readonly loginHashOf: (rig: Hex) => string | undefined;
  readonly receive: (topic: string, payload: Uint8Array) => Promise<Reply | undefined>;
  readonly log: Log;
  readonly meter: Meter;
}

// Room for a message of the greatest size with its topic, and for one that is a little over it: that one is counted.
const MAX_FRAME_BYTES = MAX_MESSAGE_BYTES + 65_536;
const MAX_LOGIN_BYTES = 16_384;
const MAX_CONNECTIONS = 10_000;
const MAX_LOGINS_AT_ONCE = 256;
const STOP_MS = 2000;

const RIG_SAYS = [TOPICS.hello, TOPICS.attestation, TOPICS.presence, TOPICS.settingsReported];
const RIG_HEARS = [TOPICS.welcome, TOPICS.receipt, TOPICS.settingsDesired];

const refusal = (returnCode: number): AuthenticateError =>
  Object.assign(new Error("refused"), { returnCode }) as AuthenticateError;
const BAD_LOGIN = 4;
const BUSY = 3;

/**
 * The broker that comes with the coordinator: MQTT 3.1.1, a login per rig, and to each rig its own topics alone.
 * It acknowledges a message before it is committed and keeps nothing on disk; a rig keeps each message until it has
 * its receipt, so nothing is lost by that. A message that is being dealt with holds back its own sender, nobody else.
 */
export function createBroker(parts: BrokerParts): Carrier {
  const { host, port, loginHashOf, receive, log, meter } = parts;
  const rigOf = new WeakMap<Client, Hex>();
  const sockets = new Map<Connection, (limit: number) => void>();
  let aedes: Aedes | undefined;
  let server: Server | undefined;
  let url = "";
  let logins = 0;

  async function login(username: string | undefined, password: Buffer | undefined) {
    if (!isHex(username, 20) || password === undefined) return undefined;
    const stored = loginHashOf(username);
    if (stored === undefined) return undefined;
    return (await isPassword(password.toString("utf8"), stored)) ? username : undefined;
  }

  function authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    if (logins >= MAX_LOGINS_AT_ONCE) {
      done(refusal(BUSY), false);
      return;
    }
    logins += 1;
    login(username, password)
      .then((rig) => {
        meter.count("rig_coordinator_logins_total", {
          outcome: rig === undefined ? "bad" : "good",
        });
        if (rig === undefined) return done(refusal(BAD_LOGIN), false);
        rigOf.set(client, rig);
        sockets.get(client.conn)?.(MAX_FRAME_BYTES);
        // Under its rig's name: one rig cannot end the session of another by taking its client id.
        client.id = `${rig}/${client.id}`;
        done(null, true);
      })
      .catch((error: unknown) => {
        log.error("A login could not be checked", {}, error);
        done(refusal(BUSY), false);
      })
      .finally(() => {
        logins -= 1;
      });
  }

  function topicOf(client: Client | null, names: typeof RIG_SAYS, topic: string) {
    const rig = client === null ? undefined : rigOf.get(client);
    if (rig === undefined) return undefined;
    return names.map((name) => name(rig)).find(({ name }) => name === topic);
  }

  async function open(): Promise<Aedes> {
    return Aedes.createBroker({
      // No common limit: a message that waits for its commit must not hold back what others send or get.
      concurrency: 0,
      connectTimeout: 10_000,
      drainTimeout: 20_000,
      preConnect(_client, packet, done) {
        // The outbox of the rig is the memory of this protocol; sessions that nobody comes back to would only grow.
        packet.clean = true;
        done(null, true);
      },
      authenticate,
      authorizePublish(client, packet, done) {
        const topic = topicOf(client, RIG_SAYS, packet.topic);
        if (topic === undefined) {
          meter.count("rig_coordinator_publishes_denied_total");
          return done(new Error("not a topic that this login may publish on"));
        }
        packet.retain = topic.retain;
        done(null);
      },
      authorizeSubscribe(client, subscription, done) {
        const topic = topicOf(client, RIG_HEARS, subscription.topic);
        done(null, topic === undefined ? null : subscription);
      },
    });
  }

  function listenTo(broker: Aedes): void {
    for (const filter of COORDINATOR_FILTERS) {
      broker.subscribe(
        filter,
        (packet, done) => {
          const payload = Buffer.from(packet.payload);
          receive(packet.topic, payload)
            .then((reply) => {
              if (reply !== undefined) send(broker, reply);
            })
            .catch((error: unknown) => log.error("A reply could not be sent", {}, error))
            .finally(done);
        },
        () => {},
      );
    }
    broker.on("clientError", (_client, error) => quiet("client", error));
    broker.on("connectionError", (_client, error) => quiet("connection", error));
  }

  function quiet(at: string, error: Error): void {
    meter.count("rig_coordinator_connections_failed_total", { at });
    log.debug("A connection failed", { at }, error);
  }

  function send(broker: Aedes, { topic: { name, qos, retain }, payload }: Reply): void {
    broker.publish(
      { cmd: "publish", topic: name, payload: Buffer.from(payload), qos, retain, dup: false },
      (error) => {
        if (error) log.debug("A reply was not taken by the broker", { topic: name }, error);
      },
    );
  }

  function greet(broker: Aedes, socket: Socket): void {
    sockets.set(socket, limitFrames(socket, MAX_LOGIN_BYTES));
    socket.once("close", () => sockets.delete(socket));
    socket.setNoDelay(true);
    broker.handle(socket);
  }

  return {
    get url() {
      return url;
    },
    async start() {
      const broker = await open();
      aedes = broker;
      listenTo(broker);
      const listening = createServer((socket) => greet(broker, socket));
      listening.maxConnections = MAX_CONNECTIONS;
      server = listening;
      url = `mqtt://${await listen(listening, host, port, log)}`;
      log.info("The broker listens", { url });
      if (!isLoopback(host)) {
        log.warn("The broker is open to the network and its logins travel in the clear", { url });
      }
    },
    async stop() {
      const [broker, listening] = [aedes, server];
      aedes = undefined;
      server = undefined;
      listening?.close();
      if (broker === undefined) return;
      const closed = new Promise<void>((resolve) => broker.close(resolve));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, STOP_MS);
      });
      await Promise.race([closed, late]);
      clearTimeout(timer);
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function listen(server: Server, host: string, port: number, log: Log): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `the broker cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new CoordinatorError("broker-address-taken", message, { cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      server.on("error", (error) => log.warn("The broker could not take a connection", {}, error));
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(family === "IPv6" ? `[${address}]:${bound}` : `${address}:${bound}`);
    });
  });
}
