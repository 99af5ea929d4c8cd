import { isLoopback } from "../core/listen.ts";
import { type About, statusDocument } from "./document.ts";
import { judge } from "./health.ts";
import { STYLE_HASH, statusPage } from "./page.ts";
import type { StatusSource } from "./snapshot.ts";

/** An answer before it is sent. */
export interface Answer {
  readonly code: number;
  readonly type: "application/json" | "text/html" | "text/plain";
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an answer is made from. */
export interface Asked {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  /** The Host header. */
  readonly host: string | undefined;
}

/** Headers of every answer: nothing is cached, framed, sniffed or read by another origin. */
export const GUARD_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Answers a request. Throws only what the source throws. */
export function answer(asked: Asked, source: StatusSource, about: About): Answer {
  // A page of another site whose name was made to mean 127.0.0.1 asks under that name.
  if (!isOwnName(asked.host)) return plain(421, "Ask under a loopback name such as 127.0.0.1.");
  const [path] = asked.target.split("?");
  const route = path === undefined ? undefined : ROUTES[path];
  if (route === undefined) return plain(404, "There are / , /api/status and /healthz.");
  if (asked.method !== "GET" && asked.method !== "HEAD") {
    return { ...plain(405, "Only GET and HEAD."), headers: { Allow: "GET, HEAD" } };
  }
  return route(source, about);
}

type Route = (source: StatusSource, about: About) => Answer;

const ROUTES: Readonly<Record<string, Route>> = Object.assign(Object.create(null), {
  "/": (source: StatusSource, about: About): Answer => ({
    code: 200,
    type: "text/html",
    body: statusPage(source.snapshot(), about),
  }),
  "/api/status": (source: StatusSource, about: About): Answer => ({
    code: 200,
    type: "application/json",
    body: `${JSON.stringify(statusDocument(source.snapshot(), about))}\n`,
  }),
  "/healthz": (source: StatusSource): Answer => {
    const { level, reasons } = judge(source.snapshot());
    return plain(level === "broken" ? 503 : 200, [level, ...reasons].join("\n"));
  },
} satisfies Record<string, Route>);

function isOwnName(host: string | undefined): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host ?? "") ?? [];
  return name !== undefined && isLoopback(name);
}

function plain(code: number, text: string): Answer {
  return { code, type: "text/plain", body: `${text}\n` };
}
