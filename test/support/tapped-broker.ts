import { type AddressInfo, createServer, type Socket } from "node:net";
import { Aedes } from "aedes";

/** One message as the broker passed it on. */
interface Passed {
  readonly topic: string;
  readonly payload: Buffer;
}

/** An MQTT broker of somebody else's, without logins, that hears everything and can say anything on any topic. */
export interface TappedBroker {
  readonly url: string;
  /** What clients published so far; not what the broker itself said. */
  readonly passed: readonly Passed[];
  /** Told of each message of a client as it passes. */
  hear(listener: (passed: Passed) => void): void;
  /** Publishes as the broker's own client. Resolves when it is out. */
  say(topic: string, payload: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startTappedBroker(): Promise<TappedBroker> {
  const broker = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const passed: Passed[] = [];
  const listeners: ((one: Passed) => void)[] = [];
  broker.on("publish", ({ topic, payload }, client) => {
    if (client === null) return;
    const one = { topic, payload: Buffer.from(payload) };
    passed.push(one);
    for (const listener of listeners) listener(one);
  });
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    hear: (listener) => void listeners.push(listener),
    say: (topic, payload) =>
      new Promise((resolve, reject) => {
        broker.publish(
          {
            cmd: "publish",
            topic,
            payload: Buffer.from(payload),
            qos: 1,
            retain: false,
            dup: false,
          },
          (error) => (error ? reject(error) : resolve()),
        );
      }),
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => broker.close(resolve));
    },
  };
}
