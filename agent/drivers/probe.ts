import { RigError } from "../core/errors.ts";
import { type Address, hostAndPort, parseAddress } from "./address.ts";
import { AskedOnce, PROBE_TIMEOUT_MS, type Probing } from "./ask-once.ts";
import { Budget } from "./budget.ts";
import { isRemote, webPort } from "./dial.ts";
import type { Driver } from "./driver.ts";
import { type Knock, knock } from "./links/knock.ts";
import { openSource, type Source, type SourceSpec, type Tools } from "./open.ts";
import { decodeReplies } from "./read-replies.ts";
import { DRIVERS } from "./registry.ts";

/** What is known before the driver is: a name for the source, a login, limits. */
export type ProbeSpec = Partial<Omit<SourceSpec, "driver" | "address">>;

/** For all that is put to one address, at least; so many time limits where those are long. */
const PROBE_MS = 30_000;
const LIMITS_A_PROBE = 6;
const KNOCK_MS = 1500;
const KNOCKS_AT_ONCE = 8;

/**
 * Finds which driver knows what answers at a host, host:port or URL: asks what the drivers know their devices by, each
 * distinct request once, and lets them look at the replies. A host alone is knocked at first, and asked where it takes
 * connections. Takes half a minute at most and shares it out among the ports; more where the time limit is long. Exactly
 * one driver must know it; a generic one is asked where no other does. Throws `driver-unknown` where something answers
 * that none knows, or more than one; the fault that was met (`driver-unreachable`, `driver-auth` …) where nothing answers.
 */
export async function probe(
  address: string,
  tools: Tools,
  signal: AbortSignal = new AbortController().signal,
  spec: ProbeSpec = {},
): Promise<{ driver: Driver; source: Source }> {
  const where = parseAddress(address);
  const faults: RigError[] = [];
  const tried: string[] = [];
  const limitMs = spec.timeoutMs ?? PROBE_TIMEOUT_MS;
  const budget = new Budget(tools.clock, Math.max(PROBE_MS, LIMITS_A_PROBE * limitMs));
  const ports = await portsFor(where, tools, signal);
  for (const [at, port] of ports.entries()) {
    const called = hostAndPort(where.host, port);
    const drivers = driversFor(where, port);
    const untilMs = budget.untilMs(ports.length - at);
    const known = await askedAt({ where, port, tools, signal, spec }, drivers, faults, untilMs);
    tried.push(`${called} (${drivers.length} drivers)`);
    const [driver, other] = known;
    if (other !== undefined) throw ambiguous(called, known);
    if (driver !== undefined) {
      const named = {
        name: spec.name ?? called,
        driver: driver.name,
        address: where.url?.href ?? called,
      };
      return { driver, source: openSource({ ...loginIn(where), ...spec, ...named }, tools) };
    }
  }
  throw unknown(where, faults, tried);
}

/** The login that an address was written with, which its URL no longer holds. */
function loginIn({ username, password }: Address): Pick<ProbeSpec, "username" | "password"> {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

/** Drivers that are reached over a network. */
const PROBED = DRIVERS.filter(isRemote);
const firstLink = (driver: Driver): string => Object.values(driver.asks)[0]?.link ?? "";

/** Where drivers that are reached over a network usually listen, each port once. */
export function probedPorts(): number[] {
  return [...new Set(PROBED.flatMap(({ ports }) => ports))];
}

/** Drivers whose devices usually listen at a port; all of them for a port that none names. */
export function driversAt(port: number): Driver[] {
  const usual = PROBED.filter(({ ports }) => ports.includes(port));
  return usual.length > 0 ? usual : [...PROBED];
}

/** Where to ask: the port that is named, or every usual one that takes a connection. Throws where none does. */
async function portsFor(
  { host, port, url }: Address,
  { clock }: Tools,
  signal: AbortSignal,
): Promise<number[]> {
  if (port !== undefined) return [port];
  if (url !== undefined) return [webPort(url)];
  const ports = probedPorts();
  const answers: Knock[] = [];
  for (let at = 0; at < ports.length; at += KNOCKS_AT_ONCE) {
    const some = ports.slice(at, at + KNOCKS_AT_ONCE);
    answers.push(
      ...(await Promise.all(some.map((one) => knock(clock, host, one, KNOCK_MS, signal)))),
    );
    signal.throwIfAborted();
  }
  const open = ports.filter((_, at) => answers[at] === "open");
  const facts = { host, tried: ports.join(", ") };
  if (open.length === 0 && answers.includes("no-socket"))
    throw new RigError("driver-no-socket", `${host} was not asked`, facts);
  if (open.length === 0)
    throw new RigError(
      "driver-unreachable",
      `${host} takes no connection; tried ports ${ports.join(", ")}`,
      facts,
    );
  return open;
}

function driversFor({ port, url }: Address, at: number): Driver[] {
  if (url !== undefined) return PROBED.filter((driver) => firstLink(driver) === "http");
  return PROBED.filter(({ ports }) => port !== undefined || ports.includes(at));
}

/** The asks that a driver knows its device by, in order. */
export function knownBy(driver: Driver): readonly string[] {
  return driver.knownBy ?? Object.keys(driver.asks).slice(0, 1);
}

async function askedAt(
  probing: Probing,
  ...[drivers, faults, untilMs]: [readonly Driver[], RigError[], number]
): Promise<Driver[]> {
  const asked = new AskedOnce(probing);
  try {
    return await whoKnows(drivers, asked, faults, untilMs);
  } finally {
    await asked.stop();
  }
}

/** One request, and which asks of which drivers it is. */
interface Request {
  readonly round: number;
  readonly wants: (readonly [driver: Driver, ask: string])[];
}

/** What to put to a place, in order: what most drivers know their devices by first. `keyOf` tells requests apart. */
export function planOf(
  drivers: readonly Driver[],
  keyOf: (driver: Driver, ask: string) => string,
): Request[] {
  const byKey = new Map<string, Request>();
  for (const driver of drivers)
    for (const [round, ask] of knownBy(driver).entries()) {
      const key = keyOf(driver, ask);
      const known = byKey.get(key) ?? { round, wants: [] };
      known.wants.push([driver, ask]);
      byKey.set(key, { ...known, round: Math.min(known.round, round) });
    }
  return [...byKey.values()].sort((a, b) => a.round - b.round || b.wants.length - a.wants.length);
}

/**
 * Which of the drivers know what listens at a port. Requests are put one after the other until a driver knows the
 * device by what has come: it is not asked more than that takes. A generic driver is asked where no other knows it. No
 * request is begun after `untilMs` (monotonic): what has come by then must do. What was met goes to `faults`.
 */
export async function whoKnows(
  drivers: readonly Driver[],
  asked: AskedOnce,
  faults: RigError[],
  untilMs: number,
): Promise<Driver[]> {
  const { where, port, tools, signal } = asked.probing;
  const met = new Map<Driver, Record<string, Uint8Array>>(drivers.map((driver) => [driver, {}]));
  const closed = new Set<number>();
  // What is silent to one request of a protocol does not speak it: another would cost its time limit again.
  const silent = new Map<string, boolean>();
  for (const { wants } of planOf(drivers, (driver, ask) => asked.keyOf(driver, ask))) {
    const [[first, name]] = wants as [readonly [Driver, string]];
    const at = first.asks[name]?.port ?? port;
    const protocol = `${first.asks[name]?.link} ${at}`;
    if (closed.has(at) || silent.get(protocol)) continue;
    if (tools.clock.monotonicMs() >= untilMs) {
      faults.push(outOfTime(hostAndPort(where.host, port)));
      break;
    }
    const reply = await asked.ask(first, name);
    signal.throwIfAborted();
    if (reply instanceof RigError) {
      faults.push(reply);
      // Nobody listens there: no other request will find more.
      if (reply.code === "driver-unreachable") closed.add(at);
      if (reply.code === "driver-timeout" && !silent.has(protocol)) silent.set(protocol, true);
      if (closed.has(port) || reply.code === "driver-no-socket") return [];
      continue;
    }
    silent.set(protocol, false);
    for (const [driver, ask] of wants) (met.get(driver) as Record<string, Uint8Array>)[ask] = reply;
    const known = wants
      .map(([driver]) => driver)
      .filter((driver) => driver.generic !== true && knows(driver, met.get(driver) ?? {}));
    if (known.length > 0) return known;
  }
  const generic = drivers.filter(
    (driver) => driver.generic === true && knows(driver, met.get(driver) ?? {}),
  );
  if (generic.length > 0) return generic.slice(0, 1);
  if ([...met.values()].some((replies) => Object.keys(replies).length > 0))
    faults.push(new RigError("driver-unknown", "something answers that no driver knows"));
  return [];
}

function knows(driver: Driver, replies: Readonly<Record<string, Uint8Array>>): boolean {
  return Object.keys(replies).length > 0 && driver.identify(decodeReplies(driver, replies));
}

function outOfTime(called: string): RigError {
  return new RigError(
    "driver-timeout",
    `${called} takes so long to answer that not every driver was tried`,
    { address: called },
  );
}

function ambiguous(called: string, known: readonly Driver[]): RigError {
  const names = known.map(({ name }) => name).join(", ");
  return new RigError(
    "driver-unknown",
    `several drivers know what answers at ${called}: ${names}; name one`,
    { address: called, drivers: names },
  );
}

// What an operator can act on goes before what merely is.
const TELLING = [
  "driver-no-socket",
  "driver-auth",
  "driver-unknown",
  "driver-garbled",
  "driver-refused",
  "driver-too-large",
  "driver-timeout",
];

/** Of what was met, that which says most about the device. */
export function mostTelling(faults: readonly RigError[]): RigError | undefined {
  return (
    TELLING.map((code) => faults.find((fault) => fault.code === code)).find(Boolean) ?? faults[0]
  );
}

function unknown(where: Address, faults: readonly RigError[], tried: readonly string[]): RigError {
  const facts = { host: where.host, tried: tried.join(", ") };
  const told = mostTelling(faults);
  if (
    told === undefined ||
    told.code === "driver-unknown" ||
    told.code === "driver-garbled" ||
    told.code === "driver-refused"
  )
    return new RigError(
      "driver-unknown",
      `something answers at ${where.host} that no driver knows; tried ${tried.join(", ")}`,
      facts,
    );
  return new RigError(told.code, `${told.message}; tried ${tried.join(", ")}`, facts, {
    cause: told,
  });
}
