import { asRigError, RigError } from "../core/errors.ts";
import type { Clock } from "../core/ports.ts";
import type { Report } from "../core/reading.ts";
import { type Address, hostAndPort, parseAddress } from "./address.ts";
import { type Ask, type Driver, readReplies } from "./driver.ts";
import { hostLink } from "./hosts/link.ts";
import { cgminerLink } from "./links/cgminer.ts";
import { execLink } from "./links/exec.ts";
import { httpLink } from "./links/http.ts";
import type { Link, Reach } from "./links/link.ts";
import { sysfsLink } from "./links/sysfs.ts";
import { DRIVERS } from "./registry.ts";

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
}

/** The reports of one ask, and the bytes that they were read from by ask name. */
interface Answer {
  readonly reports: readonly Report[];
  readonly replies: Readonly<Record<string, Uint8Array>>;
}

/** Something to ask: a driver with its link to one address. */
export interface Source {
  readonly name: string;
  readonly driver: Driver;
  /** Host and port, or `local`; without a login. */
  readonly address: string;
  /**
   * Asks once. What one ask of several does not answer is a problem in the reports; where nothing comes of any, throws
   * the first RigError, or `driver-garbled` where what came holds no reading. An abort of the signal passes through.
   */
  ask(signal: AbortSignal): Promise<Answer>;
  /** Lets go of everything; safe twice. */
  stop(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_PERIOD_MS = 5000;

/** Opens a source. Nothing is asked or started yet. Throws `settings-invalid` for an unknown driver or a bad address. */
export function openSource(spec: SourceSpec, tools: Tools): Source {
  const driver = DRIVERS.find(({ name }) => name === spec.driver);
  if (driver === undefined)
    throw new RigError("settings-invalid", `${spec.name}: there is no driver ${spec.driver}`, {
      source: spec.name,
      known: DRIVERS.map(({ name }) => name).join(", "),
    });
  const { link, called } = linkFor(spec, driver, tools);
  return {
    name: spec.name,
    driver,
    address: called,
    ask: (signal) => askAll(driver, link, called, signal),
    stop: () => link.stop(),
  };
}

function linkFor(
  spec: SourceSpec,
  driver: Driver,
  { clock }: Tools,
): { link: Link; called: string } {
  const timeoutMs = spec.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const kind = Object.values(driver.asks)[0]?.link ?? "http";
  const local = (called: string): Reach => ({ clock, timeoutMs, called });
  if (kind === "host")
    return { link: hostLink(local("this host"), spec.root ?? "/"), called: "local" };
  if (kind === "sysfs")
    return { link: sysfsLink(local("sysfs"), spec.root ?? "/sys"), called: "local" };
  if (kind === "exec") {
    const program = spec.program ?? "nvidia-smi";
    const periodMs = spec.periodMs ?? DEFAULT_PERIOD_MS;
    return { link: execLink(local(program), { program, periodMs }), called: "local" };
  }
  return remoteLink(spec, driver, kind, (called) => local(called));
}

function remoteLink(
  spec: SourceSpec,
  driver: Driver,
  kind: Extract<Ask["link"], "http" | "cgminer">,
  reachOf: (called: string) => Reach,
): { link: Link; called: string } {
  if (spec.address === undefined)
    throw new RigError("settings-invalid", `${spec.name}: ${driver.name} needs an address`, {
      source: spec.name,
    });
  const address = parseAddress(spec.address);
  const port = portOf(spec, driver, kind, address);
  const called = hostAndPort(address.host, port);
  if (kind === "cgminer") return { link: cgminerLink(reachOf(called), address.host, port), called };
  const base = address.url ?? new URL(`http://${called}/`);
  const { username = address.username, password = address.password, token } = spec;
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
  };
  return { link: httpLink(reachOf(called), base, login), called };
}

function portOf(
  spec: SourceSpec,
  driver: Driver,
  kind: Ask["link"],
  { url, port }: Address,
): number {
  if (url !== undefined && kind === "http") return port ?? (url.protocol === "https:" ? 443 : 80);
  // The port in a device's web address is not that of its cgminer API.
  const usual = driver.ports[0];
  const chosen = url === undefined ? (port ?? usual) : usual;
  if (chosen === undefined)
    throw new RigError(
      "settings-invalid",
      `${spec.name}: ${driver.name} has no usual port, write host:port`,
      {
        source: spec.name,
      },
    );
  return chosen;
}

async function askAll(
  driver: Driver,
  link: Link,
  called: string,
  signal: AbortSignal,
): Promise<Answer> {
  const names = Object.keys(driver.asks);
  const outcomes = await Promise.allSettled(
    Object.values(driver.asks).map(({ target }) => link.ask(target, signal)),
  );
  signal.throwIfAborted();
  const replies = Object.fromEntries(
    outcomes.flatMap((outcome, at) =>
      outcome.status === "fulfilled" ? [[names[at] ?? "", outcome.value] as const] : [],
    ),
  );
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined && Object.keys(replies).length === 0) throw asRigError(failed.reason);
  const reports = readReplies(driver, replies);
  checkSomething(driver, called, reports);
  return { reports, replies };
}

/** A reply without one value that was asked for is not the device's: half a reply, a login page, another device. */
function checkSomething(driver: Driver, called: string, reports: readonly Report[]): void {
  const problems = reports.flatMap((report) => report.problems);
  if (problems.length === 0 || reports.some(({ readings }) => readings.length > 0)) return;
  const [first] = problems;
  throw new RigError(
    "driver-garbled",
    `nothing that ${called} answered can be read as ${driver.name}'s`,
    {
      address: called,
      why: first?.why,
      ask: first?.ask,
    },
  );
}
