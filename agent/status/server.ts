import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { asRigError, RigError } from "../core/errors.ts";
import { isLoopback, type ListenAddress } from "../core/listen.ts";
import type { Log, Service } from "../core/ports.ts";
import { type Answer, answer, GUARD_HEADERS } from "./routes.ts";
import type { StatusSource } from "./snapshot.ts";

export interface StatusServerOptions {
  /** Loopback only; port 0 takes any free one. */
  readonly listen: ListenAddress;
  readonly version: string;
  readonly simulated: boolean;
  readonly source: StatusSource;
  readonly log: Log;
}

const LIMITS = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const MAX_CONNECTIONS = 32;
const KEEP_ALIVE_MS = 5000;
/** What answers that are being sent get at a stop. */
const GRACE_MS = 200;

/** The local status endpoint: /, /api/status and /healthz for programs and people on this machine. */
export class StatusServer implements Service {
  readonly #options: StatusServerOptions;
  #server: Server | undefined;
  #starting: Promise<void> | undefined;

  constructor(options: StatusServerOptions) {
    this.#options = options;
  }

  /** Where it listens, with the port that was really taken; undefined before start and after stop. */
  get url(): string | undefined {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    if (!address) return undefined;
    return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Throws `status-address-taken` or `status-address-refused`. */
  start(): Promise<void> {
    this.#starting ??= this.#open();
    return this.#starting;
  }

  async #open(): Promise<void> {
    const { listen } = this.#options;
    if (!isLoopback(listen.host)) {
      const message = `The status endpoint serves loopback only, not ${listen.host}`;
      throw new RigError("status-address-refused", message, { host: listen.host });
    }
    const server = createServer(LIMITS, (request, response) => this.#respond(request, response));
    server.maxConnections = MAX_CONNECTIONS;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    try {
      await listening(server, listen);
    } catch (error) {
      throw listenFault(error, listen);
    }
    this.#server = server;
    // Without a listener an error of the socket would end the process.
    server.on("error", (error) =>
      this.#options.log.warn("The status endpoint has a fault", {}, error),
    );
  }

  async stop(): Promise<void> {
    // A failed start was thrown to whoever started; there is nothing to close then.
    await Promise.allSettled([this.#starting]);
    const server = this.#server;
    this.#server = undefined;
    this.#starting = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await closed;
    clearTimeout(cut);
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    // A body is neither read nor waited for.
    if (request.headers["content-length"] || request.headers["transfer-encoding"]) {
      response.setHeader("Connection", "close");
    }
    send(response, this.#answer(request), request.method === "HEAD");
  }

  #answer(request: IncomingMessage): Answer {
    const { log, source, version, simulated } = this.#options;
    const asked = {
      method: request.method ?? "",
      target: request.url ?? "",
      host: request.headers.host,
    };
    try {
      return answer(asked, source, { version, simulated });
    } catch (error) {
      const fault = asRigError(error);
      log.error("The status cannot be told", { code: fault.code }, fault);
      return {
        code: 500,
        type: "text/plain",
        body: `The status cannot be told (${fault.code}).\n`,
      };
    }
  }
}

function send(
  response: ServerResponse,
  { code, type, body, headers = {} }: Answer,
  headOnly: boolean,
): void {
  const bytes = Buffer.from(body, "utf8");
  response.writeHead(code, {
    ...GUARD_HEADERS,
    ...headers,
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Length": bytes.length,
  });
  response.end(headOnly ? undefined : bytes);
}

function listening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function listenFault(error: unknown, { host, port }: ListenAddress): RigError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown";
  const taken = code === "EADDRINUSE";
  const message = taken
    ? `Another program listens at ${host}:${port}; set status.listen to a free port`
    : `The status endpoint cannot listen at ${host}:${port}: ${code}`;
  return new RigError(
    taken ? "status-address-taken" : "status-address-refused",
    message,
    { host, port },
    { cause: error },
  );
}
