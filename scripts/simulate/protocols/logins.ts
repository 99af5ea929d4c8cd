import { createHash } from "node:crypto";
import { createRandom } from "../model/random.ts";
import type { PartNow, Protocol, Question, Reply } from "./protocol.ts";

interface Login {
  readonly username: string;
  readonly password: string;
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const secretOf = ([part]: readonly [PartNow, ...PartNow[]]): string =>
  createRandom(`${part.id}/secret`).hex(32);

/** A protocol that lets in by HTTP digest (RFC 7616, MD5) only. */
export function behindDigest(realm: string, login: Login, protocol: Protocol): Protocol {
  return (question) => {
    const nonce = secretOf(question.parts);
    const told = protocol(question);
    if (told === undefined || isDigest(question, { realm, nonce, ...login })) return told;
    const challenge = `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`;
    return refused({ "www-authenticate": challenge });
  };
}

function isDigest(
  { headers, ask }: Question,
  { realm, nonce, username, password }: Login & { realm: string; nonce: string },
): boolean {
  const sent = Object.fromEntries(
    [...(headers["authorization"] ?? "").matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(
      ([, name, quoted, bare]) => [name, quoted ?? bare],
    ),
  );
  const [method, target] = ask.startsWith("/") ? ["GET", ask] : ask.split(" ");
  const { nc, cnonce, qop, uri, response } = sent;
  const expected = [
    md5(`${username}:${realm}:${password}`),
    ...[nonce, nc, cnonce, qop],
    md5(`${method}:${target}`),
  ].join(":");
  return uri === target && response === md5(expected);
}

/** How a token is had, and how it is shown. */
export interface TokenDesk {
  /** The request that gives it. */
  readonly ask: string;
  /** Whether its body or target holds the right login. */
  readonly lets: (question: Question) => boolean;
  /** The reply with the token in it, or with the headers that carry it. */
  readonly gives: (token: string) => {
    readonly document: unknown;
    readonly headers?: Reply["headers"];
  };
  /** Whether a request carries the token. */
  readonly shows: (question: Question, token: string) => boolean;
}

/** A protocol that lets in by a token only, but for what it says to everybody. */
export function behindToken(desk: TokenDesk, protocol: Protocol, open?: Protocol): Protocol {
  return (question) => {
    const token = secretOf(question.parts);
    if (question.ask.split("?")[0] === desk.ask) return given(question, desk, token);
    const told = open?.(question);
    if (told !== undefined) return told;
    const kept = protocol(question);
    return kept === undefined || desk.shows(question, token) ? kept : refused({});
  };
}

function given(question: Question, { lets, gives }: TokenDesk, token: string): Reply {
  if (!lets(question)) return refused({});
  const { document, headers = {} } = gives(token);
  const body = document instanceof Uint8Array ? document : JSON.stringify(document);
  return { body, reported: new Map(), status: 200, headers };
}

/** True for a body in JSON that holds these members. */
export function holds(fields: Readonly<Record<string, string>>): TokenDesk["lets"] {
  return ({ body }) => {
    const sent = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return Object.entries(fields).every(([name, value]) => sent[name] === value);
  };
}

/** Shows the token as `Bearer …`. */
export function showsBearer({ headers }: Question, token: string): boolean {
  return headers["authorization"] === `Bearer ${token}`;
}

/** Shows it in a cookie of that name. */
export function showsCookie(name: string): (question: Question, token: string) => boolean {
  return ({ headers }, token) =>
    (headers["cookie"] ?? "").split(/;\s*/).includes(`${name}=${token}`);
}

const refused = (headers: Readonly<Record<string, string>>): Reply => ({
  body: "",
  reported: new Map(),
  status: 401,
  headers,
});
