import { RigError } from "../../core/errors.ts";
import type { LoginScheme } from "../driver.ts";
import { type Admission, REFUSED_REST_MS } from "./admission.ts";
import { type Reach, within } from "./link.ts";

/** A login that is a request of its own. */
export type TokenScheme = Extract<LoginScheme, { readonly kind: "token" }>;

/** What lets in: headers, or gRPC's metadata. */
export type Passes = Readonly<Record<string, string>>;

/** What a login request came to: what lets in from now on, or undefined where the login was refused. */
export type LogIn = (signal: AbortSignal) => Promise<Passes | undefined>;

/** How a token is sent. Throws `driver-auth` for one that cannot be. */
export function passesOf(
  { send = "Bearer {token}", header = "authorization" }: Pick<TokenScheme, "send" | "header">,
  token: string,
  called: string,
): Passes {
  const value = send.replaceAll("{token}", () => token);
  if (/^[\x20-\x7e]+$/.test(value)) return { [header.toLowerCase()]: value };
  throw new RigError(
    "driver-auth",
    `the token for ${called} holds characters that cannot be sent`,
    {
      address: called,
    },
  );
}

/**
 * Logs in once for all asks of a device, and again when what it got is refused. A login that the device refused rests for
 * a minute; so does logging in again for an ask that is refused with a fresh login too.
 */
export class TokenLogin {
  readonly #reach: Reach;
  readonly #admission: Admission;
  readonly #logIn: LogIn;
  readonly #stopped = new AbortController();
  readonly #deniedUntilMs = new Map<string, number>();
  #held: Passes | undefined;
  #running: Promise<Passes> | undefined;

  constructor(reach: Reach, admission: Admission, logIn: LogIn) {
    this.#reach = reach;
    this.#admission = admission;
    this.#logIn = logIn;
  }

  /**
   * Runs something that needs the login, once more with a new one where `isRefused` says so of the first outcome. Throws
   * `driver-auth` where the login is refused or rests.
   */
  async through<T>(
    target: string,
    work: (passes: Passes) => Promise<T>,
    isRefused: (outcome: T) => boolean,
  ): Promise<T> {
    const held = this.#held ?? (await this.#renewed());
    const outcome = await work(held);
    if (!isRefused(outcome) || this.#isDenied(target)) return outcome;
    // Another ask may have renewed it meanwhile.
    if (this.#held === held) this.#held = undefined;
    const second = await work(this.#held ?? (await this.#renewed()));
    if (isRefused(second))
      this.#deniedUntilMs.set(target, this.#reach.clock.monotonicMs() + REFUSED_REST_MS);
    return second;
  }

  /** Gives up a login that is under way. */
  stop(): void {
    this.#stopped.abort();
  }

  #isDenied(target: string): boolean {
    return this.#reach.clock.monotonicMs() < (this.#deniedUntilMs.get(target) ?? 0);
  }

  /** One login for all that wait for it, under a time limit of its own: the ask that began it may be given up. */
  #renewed(): Promise<Passes> {
    this.#running ??= within(this.#reach, this.#stopped.signal, (signal) => this.#renew(signal))
      .then((passes) => {
        this.#held = passes;
        return passes;
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #renew(signal: AbortSignal): Promise<Passes> {
    const passes = await this.#admission.through(async () => {
      const got = await this.#logIn(signal);
      return { got, refused: got === undefined };
    }, signal);
    if (passes !== undefined) return passes;
    const { called } = this.#reach;
    throw new RigError("driver-auth", `${called} refused the login`, { address: called });
  }
}
