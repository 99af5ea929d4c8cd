import type { AddressInfo, Server, Socket } from "node:net";

/** A server that can be shut and opened again at the same address, and that lets go of every connection when shut. */
export class Listener {
  readonly host: string;
  readonly #server: Server;
  readonly #ports: readonly number[];
  readonly #sockets = new Set<Socket>();
  #port: number | undefined;
  #turn: Promise<void> = Promise.resolve();

  /** `ports` are tried in order; the first that can be had is kept for good. */
  constructor(server: Server, host: string, ports: readonly number[]) {
    this.host = host;
    this.#server = server;
    this.#ports = ports;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      // A client that resets its connection is nothing to report.
      socket.on("error", () => socket.destroy());
    });
  }

  /** Where it listens, or listened last. */
  get address(): string {
    return `${this.host}:${this.#port}`;
  }

  get port(): number | undefined {
    return this.#port;
  }

  /** Listens; at once if it does already. Throws when no port can be had. */
  open(): Promise<void> {
    return this.#next(() => this.#listen());
  }

  /** Stops listening and drops every connection. */
  close(): Promise<void> {
    return this.#next(() => this.#shut());
  }

  // One after the other: an open that overtakes a close would find its own port taken.
  #next(step: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #listen(): Promise<void> {
    if (this.#server.listening) return;
    const ports = this.#port === undefined ? this.#ports : [this.#port];
    const refusals: string[] = [];
    for (const port of ports) {
      const refusal = await this.#bind(port);
      if (refusal === undefined) {
        this.#port = (this.#server.address() as AddressInfo).port;
        return;
      }
      refusals.push(`${port}: ${refusal}`);
    }
    throw new Error(`cannot listen on ${this.host} (${refusals.join(", ")})`);
  }

  #bind(port: number): Promise<string | undefined> {
    const server = this.#server;
    return new Promise((resolve) => {
      const settle = (refusal?: NodeJS.ErrnoException): void => {
        server.off("error", settle);
        server.off("listening", settle);
        resolve(refusal && (refusal.code ?? refusal.message));
      };
      server.once("error", settle);
      server.once("listening", settle);
      server.listen({ host: this.host, port, exclusive: true });
    });
  }

  #shut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return Promise.resolve();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
