import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Hex } from "../../proto/hex.ts";
import { CoordinatorError } from "../errors.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Log, Service } from "../ports.ts";
import type { RecordKeeper } from "../record/keeper.ts";
import { createProofs } from "../record/proofs.ts";
import { mayOperate } from "./access.ts";
import { type Answer, BadRequest, problem } from "./answer.ts";
import { createBundleShelf } from "./bundle-shelf.ts";
import { STYLE_HASH } from "./layout.ts";
import type { Asked } from "./query.ts";
import { findRoute } from "./routes.ts";
import type { Site, SiteSettings } from "./site.ts";

/** The coordinator's pages and API. */
export interface Http extends Service {
  /** Where it listens; known after start. */
  readonly url: string;
}

interface Parts {
  readonly db: Ledger;
  readonly settings: SiteSettings & {
    readonly http: { readonly host: string; readonly port: number };
  };
  readonly log: Log;
  readonly keeper: Pick<RecordKeeper, "status">;
  readonly coordinator: Hex;
  readonly operatorToken: string;
  /** What device ids are made with; public to rigs. */
  readonly salt: Hex;
}

const MOST_URL = 2048;
const MOST_HEADERS = 8192;
const STOP_MS = 2000;

const HEADERS = {
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
  Vary: "Accept, Authorization",
} as const;

const OPEN_HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Cache-Control": "public, max-age=10",
  Vary: "Accept",
} as const;

const LONG = "public, max-age=3600";

/** What others may keep of an answer, and for how long. A refusal may be another answer in a moment. */
function cacheHeaders({ open, status, keep }: Answer): Readonly<Record<string, string>> {
  if (!open || status >= 400 || keep === "never") return { "Cache-Control": "no-store" };
  return keep === "long" ? { "Cache-Control": LONG } : {};
}

function isKnown({ headers }: IncomingMessage, answer: Answer): boolean {
  const tag = answer.headers?.["ETag"];
  const known = (headers["if-none-match"] ?? "").split(",").map((one) => one.trim());
  return tag !== undefined && known.some((one) => one === tag || one === `W/${tag}`);
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const known = isKnown(request, answer);
  const body = known ? Buffer.alloc(0) : Buffer.from(answer.body);
  const contents = {
    "Content-Type": `${answer.type}; charset=utf-8`,
    "Content-Length": body.length,
  };
  response.writeHead(known ? 304 : answer.status, {
    ...HEADERS,
    ...(answer.open ? OPEN_HEADERS : {}),
    ...cacheHeaders(answer),
    ...answer.headers,
    ...(known ? {} : contents),
    // A body of a GET is not read; what follows it on the connection would be.
    ...(request.headers["content-length"] === undefined &&
    request.headers["transfer-encoding"] === undefined
      ? {}
      : { Connection: "close" }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Reads the target of a request; undefined for one that is no path of ours. */
function readTarget(request: IncomingMessage): Asked | undefined {
  const target = request.url ?? "";
  if (!target.startsWith("/") || target.startsWith("//") || !URL.canParse(target, "http://here")) {
    return undefined;
  }
  const url = new URL(target, "http://here");
  return {
    segments: url.pathname.split("/").slice(1),
    query: url.searchParams,
    wantsPage: (request.headers.accept ?? "").includes("text/html"),
  };
}

/**
 * The HTTP side of a coordinator: public records of tokens, and for its operator the rigs. Reads only.
 * `start` throws a CoordinatorError `http-address-taken`.
 */
export function createHttp(parts: Parts): Http {
  const { db, settings, log, keeper, coordinator, operatorToken, salt } = parts;
  const { publicUrl, host, port } = settings.http;
  const rules = { operatorToken, trustsLoopback: publicUrl === undefined };
  let listening: string | undefined;
  const urlNow = (): string => listening ?? `http://${host}:${port}`;
  const { chainId, windowSeconds } = settings;
  const bundler = { db, chainId, coordinator, windowSeconds, proofs: createProofs(db) };
  const bundles = createBundleShelf(bundler);
  const site: Site = {
    db,
    settings,
    keeper,
    coordinator,
    salt,
    base: () => publicUrl ?? urlNow(),
    bundler,
    bundles,
  };

  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return problem(405, "method-not-allowed", "Only GET and HEAD are answered here.", {
        Allow: "GET, HEAD",
      });
    }
    if ((request.url ?? "").length > MOST_URL) {
      return problem(414, "uri-too-long", `The address is longer than ${MOST_URL} characters.`);
    }
    const asked = readTarget(request);
    if (asked === undefined) return problem(400, "bad-request", "The address cannot be read.");
    const route = findRoute(asked);
    if (!route.open && !mayOperate(request, rules)) {
      return problem(401, "unauthorized", "This needs the operator's token.", {
        "WWW-Authenticate": "Bearer",
      });
    }
    const answer = await route.answer(site, asked);
    return route.open ? { ...answer, open: true } : answer;
  };

  const safeAnswer = async (request: IncomingMessage): Promise<Answer> => {
    try {
      return await answerTo(request);
    } catch (thrown) {
      if (thrown instanceof BadRequest) return problem(400, "bad-request", thrown.message);
      log.error("A request failed", {}, thrown);
      return problem(500, "internal", "This failed here; the log says why.");
    }
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      send(request, response, await safeAnswer(request));
    } catch (thrown) {
      log.error("An answer could not be sent", {}, thrown);
      response.destroy();
    }
  };

  const server = createServer(
    { maxHeaderSize: MOST_HEADERS, headersTimeout: 10_000, requestTimeout: 15_000 },
    (request, response) => {
      void serve(request, response);
    },
  );
  server.maxConnections = 256;
  server.keepAliveTimeout = 5000;

  return {
    get url() {
      return urlNow();
    },
    async start() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once("error", reject);
      server.listen(port, host, resolve);
      try {
        await promise;
      } catch (cause) {
        const why = (cause as NodeJS.ErrnoException).code ?? "";
        const message = `cannot serve on ${host}:${port} (${why})`;
        throw new CoordinatorError("http-address-taken", message, { cause });
      } finally {
        server.removeListener("error", reject);
      }
      server.on("error", (error) => log.error("The HTTP server failed", {}, error));
      const { address, family, port: bound } = server.address() as AddressInfo;
      listening = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
    },
    async stop() {
      if (!server.listening) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await bundles.close();
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), STOP_MS);
      await promise;
      clearTimeout(force);
    },
  };
}
