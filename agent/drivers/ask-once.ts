import { asRigError, RigError } from "../core/errors.ts";
import type { Address } from "./address.ts";
import { type DialAccess, Links } from "./dial.ts";
import type { Ask, Driver } from "./driver.ts";
import type { Login } from "./links/link.ts";
import { accessOf, loginOf, type SourceSpec, type Tools } from "./open.ts";

/** A place that is looked at, and how. */
export interface Probing {
  readonly where: Address;
  readonly port: number;
  readonly tools: Tools;
  readonly signal: AbortSignal;
  /** The login to ask with, and limits. */
  readonly spec: Partial<Omit<SourceSpec, "driver" | "address">>;
}

/** For one request, where nothing else is said. */
export const PROBE_TIMEOUT_MS = 3000;

function askOf(driver: Driver, name: string): Ask {
  const ask = driver.asks[name];
  if (ask === undefined) throw new RigError("bug", `${driver.name} has no ask ${name}`);
  return ask;
}

/** What an ask is on the wire, whoever puts it; `port` is that of asks that name none. */
export function requestKey(driver: Driver, name: string, port: number): string {
  const ask = askOf(driver, name);
  return [ask.link, ask.port ?? port, ask.target, ask.body].join(" ");
}

/** Puts drivers' asks to one place, each distinct request once. A login is sent only where one is asked for. */
export class AskedOnce {
  readonly probing: Probing;
  readonly #access: DialAccess;
  readonly #asked = new Map<string, Promise<Uint8Array | RigError>>();
  readonly #links = new Map<Driver, Links>();

  constructor(probing: Probing) {
    this.probing = probing;
    this.#access = { ...accessOf(probing.spec, probing.tools), manner: "when-asked" };
  }

  /** The reply to an ask of a driver, or why there is none. */
  ask(driver: Driver, name: string): Promise<Uint8Array | RigError> {
    const key = this.keyOf(driver, name);
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const made = this.#linksOf(driver)
      .ask(askOf(driver, name), this.probing.signal)
      .catch((thrown: unknown) => asRigError(thrown));
    this.#asked.set(key, made);
    return made;
  }

  /** Asks with the same key are one request. */
  keyOf(driver: Driver, name: string): string {
    const login = askOf(driver, name).link === "tcp" ? "" : this.#kindOfLogin(driver);
    return `${requestKey(driver, name, this.probing.port)} ${login}`;
  }

  /** Lets go of everything. */
  async stop(): Promise<void> {
    await Promise.all([...this.#links.values()].map((links) => links.stop()));
  }

  /** Drivers for which this is the same get the same reply. */
  #kindOfLogin(driver: Driver): string {
    const login = this.#loginFor(driver);
    if (Object.keys(login).length === 0) return "";
    const kind = driver.login?.kind === "token" ? driver.name : (driver.login?.kind ?? "");
    return `${kind} ${JSON.stringify(login)}`;
  }

  /** A login that is a request of its own waits until the driver is known: it would tell the password to whatever it is. */
  #loginFor(driver: Driver): Login {
    const { spec, where } = this.probing;
    const login = loginOf(spec, driver, where);
    return driver.login?.kind === "token" && login.token === undefined ? {} : login;
  }

  #linksOf(driver: Driver): Links {
    const known = this.#links.get(driver);
    if (known !== undefined) return known;
    const { where, port, tools, spec } = this.probing;
    const login = this.#loginFor(driver);
    const made = new Links(driver, where, port, {
      clock: tools.clock,
      timeoutMs: spec.timeoutMs ?? PROBE_TIMEOUT_MS,
      login,
      access: this.#access,
      program: "",
      periodMs: 0,
      root: undefined,
    });
    this.#links.set(driver, made);
    return made;
  }
}
