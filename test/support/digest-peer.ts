import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

/** What a digest login of RFC 7616 is made of; `hash` as the system's crypto calls it. */
export interface DigestParts {
  readonly hash: "md5" | "sha256";
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
}

/** The response that a login must give, worked out here and not by what is tested. */
export function digestOf(parts: DigestParts): string {
  const { hash, username, realm, password, method, uri, nonce, nc, cnonce } = parts;
  const of = (...words: string[]): string => createHash(hash).update(words.join(":")).digest("hex");
  const [a1, a2] = [of(username, realm, password), of(method, uri)];
  return of(a1, nonce, nc, cnonce, "auth", a2);
}

/** The parameters of an Authorization header, quotes off and escapes undone. */
function answeredIn(header: string): Record<string, string> {
  const pairs = header.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return Object.fromEntries(
    [...pairs].map(([, name = "", quoted, bare = ""]) => [
      name,
      quoted?.replaceAll(/\\(.)/g, "$1") ?? bare,
    ]),
  );
}

interface DigestDevice {
  readonly username: string;
  readonly password: string;
  /** As it stands in the header, escapes and all, and what it means. */
  readonly realm: readonly [written: string, meant: string];
  readonly algorithm?: "MD5" | "SHA-256";
  /** A challenge of another kind that it puts before its own. */
  readonly also?: string;
  /** Asks after which a nonce is used up. */
  readonly nonceLasts?: number;
}

/** A device behind a digest login that checks nonce, count and response, and counts what it met. */
export function digestDevice(device: DigestDevice) {
  const met = { asks: 0, challenges: 0, refused: 0, counts: [] as number[] };
  const {
    username,
    password,
    realm,
    algorithm,
    also,
    nonceLasts = Number.POSITIVE_INFINITY,
  } = device;
  let nonce = "";
  let count = 0;
  const challenge = (response: ServerResponse, stale: boolean): void => {
    met.challenges += 1;
    nonce = `nonce/${met.challenges}==`;
    count = 0;
    const words = [
      `realm="${realm[0]}"`,
      `nonce="${nonce}"`,
      'qop="auth,auth-int"',
      'opaque="o,p=q"',
      "charset=UTF-8",
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(stale ? ["stale=TRUE"] : []),
    ];
    const own = `Digest ${words.join(", ")}`;
    const challenges = also === undefined ? own : [also, own];
    response.writeHead(401, { "www-authenticate": challenges }).end("no");
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    met.asks += 1;
    const given = answeredIn(Buffer.from(request.headers.authorization ?? "", "latin1").toString());
    if (given["nonce"] !== nonce || nonce === "") {
      challenge(response, given["nonce"] !== undefined);
      return;
    }
    if (count >= nonceLasts) {
      challenge(response, true);
      return;
    }
    const { nc = "", cnonce = "", uri = "" } = given;
    const wanted = digestOf({
      hash: algorithm === "SHA-256" ? "sha256" : "md5",
      username,
      realm: realm[1],
      password,
      method: request.method ?? "",
      uri: request.url ?? "",
      nonce,
      nc,
      cnonce,
    });
    const isRight =
      given["response"] === wanted &&
      uri === request.url &&
      given["username"] === username &&
      given["opaque"] === "o,p=q" &&
      Number.parseInt(nc, 16) > count;
    if (!isRight) {
      met.refused += 1;
      challenge(response, false);
      return;
    }
    count = Number.parseInt(nc, 16);
    met.counts.push(count);
    response.end("in");
  };
  return { met, answer };
}
