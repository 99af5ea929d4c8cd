import { RigError } from "../../core/errors.ts";
import { isRecord, pointer } from "../pointer.ts";
import { Admission, type Tried } from "./admission.ts";
import { parseChallenges } from "./challenge.ts";
import { DigestAnswers, digestChallenge } from "./digest.ts";
import { type Access, type Entry, inManner } from "./entry.ts";
import { type HttpReply, type HttpRequest, isOk, methodOf } from "./exchange.ts";
import type { Login, Reach } from "./link.ts";
import { bodyWithLogin, inUrl, withLogin } from "./template.ts";
import { type Passes, passesOf, TokenLogin, type TokenScheme } from "./token-login.ts";

/** What is asked, without the headers that let in. */
type Asked = Omit<HttpRequest, "headers">;
type HttpEntry = Entry<Asked, HttpReply>;
/** Puts a request with these headers. */
export type Put = (asked: Asked, headers: Passes, signal: AbortSignal) => Promise<HttpReply>;

/** The way in that a login and a scheme give. Without a login requests go as they are. */
export function entryFor(reach: Reach, login: Login, access: Access, put: Put): HttpEntry {
  const open: HttpEntry["ask"] = (asked, signal) => put(asked, {}, signal);
  if (Object.keys(login).length === 0) return { ask: open, stop: () => {} };
  const entry = loggedIn(reach, login, access, put);
  if (access.manner === "when-asked") return forStranger(entry, open);
  const { scheme } = access;
  const byCookie = scheme?.kind === "token" && scheme.token === undefined;
  return inManner(
    access.manner,
    entry,
    open,
    ({ status }) => isRefusal(status) || (byCookie && isRedirect(status)),
  );
}

/**
 * The way in where nobody knows yet what answers: a login goes only where a 401 asks for one, in the manner that it asks
 * for. A login request of a driver's own is not sent at all: it would tell the password to whatever it is.
 */
function forStranger(entry: SchemeEntry | TokenEntry, open: HttpEntry["ask"]): HttpEntry {
  const ask: HttpEntry["ask"] = async (asked, signal) => {
    const reply = await open(asked, signal);
    const isAsked = reply.status === 401 && entry instanceof SchemeEntry;
    return isAsked ? entry.answer(asked, reply, signal) : reply;
  };
  return { ask, stop: () => entry.stop() };
}

function loggedIn(reach: Reach, login: Login, access: Access, put: Put): SchemeEntry | TokenEntry {
  const { scheme, admission = new Admission(reach.clock, reach.called) } = access;
  const byToken = scheme?.kind === "token" ? scheme : undefined;
  if (login.token !== undefined) {
    const passes = passesOf(byToken ?? {}, login.token, reach.called);
    return new SchemeEntry(reach.called, undefined, passes, put, admission);
  }
  if (byToken !== undefined) return new TokenEntry(reach, login, byToken, put, admission);
  const passes = scheme?.kind === "digest" ? {} : { authorization: basic(login) };
  return new SchemeEntry(reach.called, login, passes, put, admission);
}

function basic({ username = "", password = "" }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** Basic, bearer and digest: every request carries the login, or an answer to the last challenge. */
class SchemeEntry implements HttpEntry {
  readonly #called: string;
  readonly #login: Login | undefined;
  readonly #passes: Passes;
  readonly #put: Put;
  readonly #admission: Admission;
  #answers: DigestAnswers | undefined;

  /** `login` is what challenges are answered with; `passes` goes along unasked. */
  constructor(
    called: string,
    login: Login | undefined,
    passes: Passes,
    put: Put,
    admission: Admission,
  ) {
    this.#called = called;
    this.#login = login;
    this.#passes = passes;
    this.#put = put;
    this.#admission = admission;
  }

  ask(asked: Asked, signal: AbortSignal): Promise<HttpReply> {
    return this.#admission.through(() => this.#try(asked, signal), signal);
  }

  /** Asks again with the login, of one who refused the same without. Basic only where it is asked for, or nothing is. */
  answer(asked: Asked, refusal: HttpReply, signal: AbortSignal): Promise<HttpReply> {
    return this.#admission.through(async () => {
      const answers = this.#answersTo(refusal);
      if (answers !== undefined) return this.#answered(asked, answers, signal);
      if (this.#login !== undefined && !takesBasic(refusal))
        throw this.#otherKind("one that is known here");
      return verdictOn(await this.#put(asked, this.#passes, signal));
    }, signal);
  }

  stop(): void {}

  async #try(asked: Asked, signal: AbortSignal): Promise<Tried<HttpReply>> {
    const first = await this.#put(asked, this.#headers(asked), signal);
    if (first.status !== 401) return verdictOn(first);
    const answers = this.#answersTo(first);
    return answers === undefined ? verdictOn(first) : this.#answered(asked, answers, signal);
  }

  async #answered(
    asked: Asked,
    answers: DigestAnswers,
    signal: AbortSignal,
  ): Promise<Tried<HttpReply>> {
    this.#answers = answers;
    const authorization = answers.header(methodOf(asked), asked.path);
    const reply = await this.#put(asked, { authorization }, signal);
    if (reply.status !== 401) return verdictOn(reply);
    if (this.#answers === answers) this.#answers = undefined;
    // A nonce that is stale at its first use is an excuse when it comes twice.
    const isStale = challengeOf(reply)?.stale === true;
    return { got: reply, refused: !isStale, doubtful: true };
  }

  #headers(asked: Asked): Passes {
    if (this.#answers === undefined) return this.#passes;
    return { authorization: this.#answers.header(methodOf(asked), asked.path) };
  }

  /** What answers a challenge; undefined where the login as it is sent unasked is all there is to say. */
  #answersTo(reply: HttpReply): DigestAnswers | undefined {
    const challenge = this.#login === undefined ? undefined : challengeOf(reply);
    if (challenge !== undefined)
      return new DigestAnswers(challenge, this.#login?.username ?? "", this.#login?.password ?? "");
    if (Object.keys(this.#passes).length > 0) return undefined;
    // The password itself is not handed to whoever asks for it where a digest of it would do.
    throw this.#otherKind("digest");
  }

  #otherKind(than: string): RigError {
    return new RigError("driver-auth", `${this.#called} wants another kind of login than ${than}`, {
      address: this.#called,
    });
  }
}

/** What a reply to a login says of it. Where too many came, or the account is locked, it is left alone. */
function verdictOn(reply: HttpReply): Tried<HttpReply> {
  const { status } = reply;
  const isLocked = status === 423 || status === 429;
  const restMs = isLocked ? Math.max(1, retryAfterS(reply) * 1000) : 0;
  return { got: reply, refused: status === 401, doubtful: status === 403 || isLocked, restMs };
}

/** Seconds that a reply wants to be left alone; 0 where it names none. A date is not read: a device's clock may be off. */
function retryAfterS({ headers }: HttpReply): number {
  const { "retry-after": after = "" } = headers;
  return /^\d{1,9}$/.test(after.trim()) ? Number(after) : 0;
}

function takesBasic({ headers }: HttpReply): boolean {
  const { "www-authenticate": header = "" } = headers;
  return header.trim() === "" || parseChallenges(header).some(({ scheme }) => scheme === "basic");
}

function challengeOf({ headers }: HttpReply): ReturnType<typeof digestChallenge> {
  return digestChallenge(headers["www-authenticate"]);
}

/** A login request, and what it gave with every request after it. */
class TokenEntry implements HttpEntry {
  readonly #reach: Reach;
  readonly #login: Login;
  readonly #scheme: TokenScheme;
  readonly #put: Put;
  readonly #tokens: TokenLogin;

  constructor(reach: Reach, login: Login, scheme: TokenScheme, put: Put, admission: Admission) {
    this.#reach = reach;
    this.#login = login;
    this.#scheme = scheme;
    this.#put = put;
    this.#tokens = new TokenLogin(reach, admission, (signal) => this.#logIn(signal));
  }

  ask(asked: Asked, signal: AbortSignal): Promise<HttpReply> {
    return this.#tokens.through(
      asked.path,
      (passes) => this.#put(asked, passes, signal),
      ({ status }) => isRefusal(status) || (this.#byCookie && isRedirect(status)),
    );
  }

  stop(): void {
    this.#tokens.stop();
  }

  get #byCookie(): boolean {
    return this.#scheme.token === undefined;
  }

  async #logIn(signal: AbortSignal): Promise<Passes | undefined> {
    const { target, body } = this.#scheme;
    const asked = {
      path: withLogin(target, this.#login, inUrl),
      ...(body === undefined ? {} : { body: bodyWithLogin(body, this.#login) }),
    };
    const reply = await this.#put(asked, {}, signal);
    const { called } = this.#reach;
    // 400 and 422 are how some say that the password is wrong.
    if (isRefusal(reply.status) || reply.status === 400 || reply.status === 422) return undefined;
    if (!isOk(reply.status) && !(this.#byCookie && isRedirect(reply.status)))
      throw new RigError("driver-refused", `${called} has no login (HTTP ${reply.status})`, {
        address: called,
        status: reply.status,
        retry_after_s: retryAfterS(reply),
      });
    return this.#byCookie ? cookiesOf(reply) : this.#tokenOf(reply);
  }

  /** An answer without a token is how many say no. */
  #tokenOf(reply: HttpReply): Passes | undefined {
    const found = pointer(jsonOf(reply.bytes), this.#scheme.token ?? "");
    if (typeof found !== "string" || found === "") return undefined;
    return passesOf(this.#scheme, found, this.#reach.called);
  }
}

/** True for a status that asks for a login, or another one. */
export function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** Names and values of the cookies that a reply sets; what they are bound to does not matter to one device. */
function cookiesOf({ headers }: HttpReply): Passes | undefined {
  const cookies = new Map<string, string>();
  for (const line of headers["set-cookie"] ?? []) {
    const [, name, value] = /^\s*([^\s=;]+)\s*=\s*([^;]*)/.exec(line) ?? [];
    if (name !== undefined && value?.trim()) cookies.set(name, value.trim());
  }
  if (cookies.size === 0) return undefined;
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    const doc: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return isRecord(doc) ? doc : undefined;
  } catch {
    // A page in place of a token: the login was not understood, which the caller tells from its absence.
    return undefined;
  }
}
