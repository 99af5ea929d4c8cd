import { asRigError, isAbort, RigError } from "../core/errors.ts";
import type { Clock } from "../core/ports.ts";
import type { Report } from "../core/reading.ts";
import { type Address, hostAndPort, parseAddress } from "./address.ts";
import { type DialAccess, isRemote, Links, webPort } from "./dial.ts";
import type { Ask, Driver } from "./driver.ts";
import { Admissions } from "./links/admission.ts";
import type { Login } from "./links/link.ts";
import { type Pins, PinsInMemory } from "./links/pins.ts";
import { readReplies } from "./read-replies.ts";
import { DRIVERS } from "./registry.ts";
import { Uptimes } from "./uptimes.ts";

/** A device in the settings. */
export interface SourceSpec {
  readonly name: string;
  /** Name of a driver. */
  readonly driver: string;
  /** Host, host:port or URL; none for what is read on this host. */
  readonly address?: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** Where no login is given, the maker's own is tried. */
  readonly tryDefaultLogin?: boolean;
  /** SHA-256 of the device's TLS certificate, 64 lower-case hex digits; the first that is seen where left out. */
  readonly fingerprint?: string;
  /** For everything that one ask of the source takes; 5000 by default. */
  readonly timeoutMs?: number;
  /** The program that a sensor is read through; `nvidia-smi` by default. */
  readonly program?: string;
  /** Where sysfs is; `/sys` by default, `/` for the host. */
  readonly root?: string;
  /** Between two blocks of a program that prints by itself; 5000 by default. */
  readonly periodMs?: number;
}

/** What sources need of the agent. */
export interface Tools {
  readonly clock: Clock;
  /** Which certificate each address showed first; forgotten with the source where left out. */
  readonly pins?: Pins;
  /** Which logins were refused of late; forgotten with the source where left out. */
  readonly admissions?: Admissions;
}

type Replies = Readonly<Record<string, Uint8Array>>;

/** The reports of one ask, and the bytes that they were read from by ask name, those that hold secrets left out. */
export interface Answer {
  readonly reports: readonly Report[];
  readonly replies: Replies;
}

/** Something to ask: a driver with its links to one address. */
export interface Source {
  readonly name: string;
  readonly driver: Driver;
  /** Host and port, or `local`; without a login. */
  readonly address: string;
  /**
   * Asks once. What one ask of several does not answer is a problem in the reports; where nothing comes of any, throws
   * the first RigError, or `driver-garbled` where what came holds no reading. Throws `driver-no-socket` where this host
   * could not put one of them. An abort of the signal passes through.
   */
  ask(signal: AbortSignal): Promise<Answer>;
  /** Lets go of everything; safe twice. */
  stop(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_PERIOD_MS = 5000;
/** How long the reply to an ask that is put rarely stands. */
const RARE_MS = 600_000;

/** Opens a source. Nothing is asked or started yet. Throws `settings-invalid` for an unknown driver or a bad address. */
export function openSource(spec: SourceSpec, tools: Tools): Source {
  const driver = DRIVERS.find(({ name }) => name === spec.driver);
  if (driver === undefined)
    throw new RigError("settings-invalid", `${spec.name}: there is no driver ${spec.driver}`, {
      source: spec.name,
      known: DRIVERS.map(({ name }) => name).join(", "),
    });
  const address = isRemote(driver) ? addressOf(spec, driver) : undefined;
  const port = address === undefined ? undefined : portOf(spec, driver, address);
  const login = loginOf(spec, driver, address);
  // The maker's login was not said to be the right one: what is read without one goes on being read.
  const isOwn = login !== driver.defaultLogin;
  const links = new Links(driver, address, port, {
    clock: tools.clock,
    timeoutMs: spec.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    login,
    access: { ...accessOf(spec, tools), manner: isOwn ? "always" : "when-it-helps" },
    program: spec.program ?? "nvidia-smi",
    periodMs: spec.periodMs ?? DEFAULT_PERIOD_MS,
    root: spec.root,
  });
  const called =
    address === undefined || port === undefined ? "local" : hostAndPort(address.host, port);
  const asker = new Asker(driver, links, called, tools.clock, Object.keys(login).length > 0);
  return {
    name: spec.name,
    driver,
    address: called,
    ask: (signal) => asker.ask(signal),
    stop: () => links.stop(),
  };
}

function addressOf(spec: SourceSpec, driver: Driver): Address {
  if (spec.address === undefined)
    throw new RigError("settings-invalid", `${spec.name}: ${driver.name} needs an address`, {
      source: spec.name,
    });
  return parseAddress(spec.address);
}

/** The login that a source is asked with: its own, that in the address, or the maker's where that is allowed. */
export function loginOf(
  spec: Pick<SourceSpec, "username" | "password" | "token" | "tryDefaultLogin">,
  driver: Pick<Driver, "defaultLogin">,
  address: Address | undefined,
): Login {
  const { username = address?.username, password = address?.password, token } = spec;
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
  };
  if (Object.keys(login).length > 0 || spec.tryDefaultLogin !== true) return login;
  return driver.defaultLogin ?? {};
}

/** What a source's logins and certificates are judged by. */
export function accessOf(spec: Pick<SourceSpec, "fingerprint">, tools: Tools): DialAccess {
  const { clock, pins = new PinsInMemory(), admissions = new Admissions(clock) } = tools;
  return { trust: { pins, fingerprint: spec.fingerprint }, admissions };
}

/** The port that asks go to which name none. Throws `settings-invalid` where neither address nor driver says one. */
export function portOf(spec: SourceSpec, driver: Driver, { url, port }: Address): number {
  const first = Object.values(driver.asks)[0]?.link;
  if (url !== undefined && first === "http") return webPort(url);
  // The port in a device's web address is not that of its cgminer API.
  const usual = driver.ports[0];
  const chosen = url === undefined ? (port ?? usual) : usual;
  if (chosen === undefined)
    throw new RigError(
      "settings-invalid",
      `${spec.name}: ${driver.name} has no usual port, write host:port`,
      { source: spec.name },
    );
  return chosen;
}

/** Puts a driver's asks to one device. */
class Asker {
  readonly #driver: Driver;
  readonly #links: Links;
  readonly #called: string;
  readonly #clock: Clock;
  readonly #asks: readonly (readonly [name: string, ask: Ask])[];
  /** Replies that still stand; without one, an ask that this firmware does not answer and that rests. */
  readonly #standing = new Map<string, { readonly reply?: Uint8Array; readonly untilMs: number }>();
  readonly #answeredOnce = new Set<string>();
  readonly #uptimes: Uptimes;

  constructor(driver: Driver, links: Links, called: string, clock: Clock, loggedIn: boolean) {
    this.#driver = driver;
    this.#links = links;
    this.#called = called;
    this.#clock = clock;
    this.#uptimes = new Uptimes(clock);
    this.#asks = Object.entries(driver.asks).filter(([, ask]) => loggedIn || ask.login !== true);
  }

  async ask(signal: AbortSignal): Promise<Answer> {
    const stood = [...this.#standing.values()].some(({ reply }) => reply !== undefined);
    const answer = await this.#askDue(signal);
    if (!this.#uptimes.ranOn(answer.reports) && stood) {
      // It is another run, and maybe another device: what the one before said of itself is asked again.
      this.#standing.clear();
      return this.#askDue(signal);
    }
    return answer;
  }

  async #askDue(signal: AbortSignal): Promise<Answer> {
    const asked = this.#due();
    const outcomes = await Promise.all(
      asked.map(async ([name, ask]) => ({ name, ask, came: await this.#one(ask, signal) })),
    );
    signal.throwIfAborted();
    const answered = outcomes.filter(({ came }) => came instanceof Uint8Array);
    const failed = outcomes.filter(({ came }) => came instanceof RigError);
    const [first] = failed;
    // A want of this host's own says nothing of the device: half an answer would put it down to that.
    const spent = failed.find(({ came }) => (came as RigError).code === "driver-no-socket");
    if (spent !== undefined) throw spent.came;
    // What stands from before is no answer: nobody may be there any more, or another device.
    if (first !== undefined && (answered.length === 0 || failed.some(({ ask }) => !ask.optional)))
      this.#standing.clear();
    if (first !== undefined && answered.length === 0) throw first.came;
    for (const { name, ask, came } of outcomes) this.#note(name, ask, came);
    const replies = Object.fromEntries([
      ...[...this.#standing].flatMap(([name, { reply }]) =>
        reply ? [[name, reply] as const] : [],
      ),
      ...answered.map(({ name, came }) => [name, came as Uint8Array] as const),
    ]);
    const reports = readReplies(this.#driver, replies);
    checkSomething(this.#driver, this.#called, reports);
    const open = Object.entries(replies).filter(([name]) => !this.#driver.asks[name]?.secret);
    return { reports, replies: Object.fromEntries(open) };
  }

  /** What is to be put now. All of it where everything rests or stands: silence must never pass for an answer. */
  #due(): readonly (readonly [name: string, ask: Ask])[] {
    const nowMs = this.#clock.monotonicMs();
    const due = this.#asks.filter(
      ([name]) => nowMs >= (this.#standing.get(name)?.untilMs ?? nowMs),
    );
    return due.length > 0 ? due : this.#asks;
  }

  async #one(ask: Ask, signal: AbortSignal): Promise<Uint8Array | RigError> {
    try {
      return await this.#links.ask(ask, signal);
    } catch (thrown) {
      if (isAbort(thrown) && signal.aborted) throw thrown;
      return asRigError(thrown);
    }
  }

  /**
   * What hardly changes stands for a while, and over a failure in which others answered. What this firmware refuses, or
   * never answered yet, rests: it may cost a time limit each. What it once answered is asked again at the next turn.
   */
  #note(name: string, { optional, rarely }: Ask, came: Uint8Array | RigError): void {
    const untilMs = this.#clock.monotonicMs() + RARE_MS;
    if (came instanceof Uint8Array) {
      this.#answeredOnce.add(name);
      if (rarely) this.#standing.set(name, { reply: came, untilMs });
      else this.#standing.delete(name);
    } else if (optional && (came.code === "driver-refused" || !this.#answeredOnce.has(name)))
      this.#standing.set(name, { untilMs });
  }
}

/** A reply without one value that was asked for is not the device's: half a reply, a login page, another device. */
function checkSomething(driver: Driver, called: string, reports: readonly Report[]): void {
  const problems = reports.flatMap((report) => report.problems);
  // A device that says that it sleeps, or what ails it, has answered though it measures nothing.
  const says = ({ readings, condition }: Report): boolean =>
    readings.length > 0 || condition?.state !== undefined;
  if (problems.length === 0 || reports.some(says)) return;
  const [first] = problems;
  throw new RigError(
    "driver-garbled",
    `nothing that ${called} answered can be read as ${driver.name}'s`,
    { address: called, why: first?.why, ask: first?.ask },
  );
}
