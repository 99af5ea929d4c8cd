import { randomBytes } from "node:crypto";
import { buildAuthorizationHeader, DIGEST } from "http-auth-utils";
import { parseChallenges } from "./challenge.ts";

/** Digest algorithms that are answered, the better one first, as the system's crypto calls them. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["sha-256", "sha256"],
  ["md5", "md5"],
]);

/** A challenge that can be answered. Texts are as they stood in the header, escapes and all. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** As the challenge spells it; absent where it names none, which means MD5. */
  readonly algorithm: string | undefined;
  readonly hash: string;
  /** The login was right and only its nonce is used up. */
  readonly stale: boolean;
}

/** The best digest challenge of a WWW-Authenticate header that can be answered; undefined where there is none. */
export function digestChallenge(header: string | undefined): DigestChallenge | undefined {
  const found = parseChallenges(header ?? "")
    .filter(({ scheme }) => scheme === "digest")
    .flatMap(({ parameters }) => answerable(parameters) ?? []);
  return found.find(({ hash }) => hash === "sha256") ?? found[0];
}

function answerable(parameters: Readonly<Record<string, string>>): DigestChallenge | undefined {
  const { realm, nonce, qop, opaque, algorithm, stale } = parameters;
  const hash = ALGORITHMS.get(algorithm?.toLowerCase() ?? "md5");
  const hasAuth = qop?.split(",").some((one) => one.trim().toLowerCase() === "auth") === true;
  if (realm === undefined || nonce === undefined || hash === undefined || !hasAuth)
    return undefined;
  return { realm, nonce, opaque, algorithm, hash, stale: stale?.toLowerCase() === "true" };
}

/** Answers to one challenge, for as long as its nonce is good: each counts on. */
export class DigestAnswers {
  readonly #challenge: DigestChallenge;
  readonly #username: string;
  readonly #password: string;
  #count = 0;

  constructor(challenge: DigestChallenge, username: string, password: string) {
    this.#challenge = challenge;
    this.#username = username;
    this.#password = password;
  }

  /** The Authorization header of the next request. RFC 7616, section 3.4. */
  header(method: string, path: string): string {
    this.#count += 1;
    const { realm, nonce, opaque, algorithm, hash } = this.#challenge;
    const counted = {
      nonce,
      nc: this.#count.toString(16).padStart(8, "0"),
      cnonce: randomBytes(16).toString("hex"),
      qop: "auth",
      uri: path,
    };
    const response = DIGEST.computeHash({
      ...counted,
      algorithm: hash,
      method,
      nonce: unescaped(nonce),
      realm: fromHeader(unescaped(realm)),
      username: this.#username,
      password: this.#password,
    });
    return buildAuthorizationHeader(DIGEST, {
      ...counted,
      username: toHeader(escaped(this.#username)),
      realm,
      response,
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(opaque === undefined ? {} : { opaque }),
    });
  }
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, "$1");
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, "\\$&");
}

/** Node reads header bytes as Latin-1; what is UTF-8 among them is hashed as that. */
function fromHeader(text: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "latin1"));
  } catch {
    // Not UTF-8: the text stays what it was read as.
    return text;
  }
}

function toHeader(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
