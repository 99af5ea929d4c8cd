import { RigError } from "../core/errors.ts";
import { type Address, hostAndPort, parseAddress } from "./address.ts";
import { AskedOnce, type Probing } from "./ask-once.ts";
import { isRemote, webPort } from "./dial.ts";
import type { Driver } from "./driver.ts";
import { openSource, type Source, type SourceSpec, type Tools } from "./open.ts";
import { decodeReplies } from "./read-replies.ts";
import { DRIVERS } from "./registry.ts";

/** What is known before the driver is: a name for the source, a login, limits. */
export type ProbeSpec = Partial<Omit<SourceSpec, "driver" | "address">>;

/**
 * Finds which driver knows what answers at a host, host:port or URL: asks what the drivers know their devices by, each
 * distinct request once, and lets them look at the replies. Exactly one must know it; a generic one is asked where no
 * other does. Throws `driver-unknown` where something answers that none knows, or more than one; the fault that was met
 * (`driver-unreachable`, `driver-auth` …) where nothing answers.
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
  for (const port of portsFor(where)) {
    const called = hostAndPort(where.host, port);
    const drivers = driversFor(where, port);
    const known = await whoKnows(drivers, { where, port, tools, signal, spec }, faults);
    tried.push(...drivers.map(({ name }) => `${name} at ${called}`));
    const [driver, other] = known;
    if (other !== undefined) throw ambiguous(called, known);
    if (driver !== undefined) {
      const named = {
        name: spec.name ?? called,
        driver: driver.name,
        address: where.url?.href ?? called,
      };
      return { driver, source: openSource({ ...spec, ...named }, tools) };
    }
  }
  throw unknown(where, faults, tried);
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

function portsFor({ port, url }: Address): number[] {
  if (port !== undefined) return [port];
  if (url !== undefined) return [webPort(url)];
  return probedPorts();
}

function driversFor({ port, url }: Address, at: number): Driver[] {
  if (url !== undefined) return PROBED.filter((driver) => firstLink(driver) === "http");
  return PROBED.filter(({ ports }) => port !== undefined || ports.includes(at));
}

/** The asks that a driver knows its device by, in order. */
export function knownBy(driver: Driver): readonly string[] {
  return driver.knownBy ?? Object.keys(driver.asks).slice(0, 1);
}

/**
 * Which of the drivers know what listens at a port. Puts the first of every driver's asks, then the second of those that
 * have one, until a driver knows it: a device is not asked more than that takes.
 */
export async function whoKnows(
  drivers: readonly Driver[],
  probing: Probing,
  faults: RigError[],
): Promise<Driver[]> {
  const asked = new AskedOnce(probing);
  try {
    return await knowing(drivers, probing.signal, asked, faults);
  } finally {
    await asked.stop();
  }
}

async function knowing(
  drivers: readonly Driver[],
  signal: AbortSignal,
  asked: AskedOnce,
  faults: RigError[],
): Promise<Driver[]> {
  const met = new Map<Driver, Record<string, Uint8Array>>(drivers.map((driver) => [driver, {}]));
  const rounds = Math.max(0, ...drivers.map((driver) => knownBy(driver).length));
  for (let round = 0; round < rounds; round += 1) {
    for (const driver of drivers) {
      const name = knownBy(driver)[round];
      if (name === undefined) continue;
      const reply = await asked.ask(driver, name);
      signal.throwIfAborted();
      if (reply instanceof RigError) {
        faults.push(reply);
        // Nobody listens there: no other request will find more.
        if (reply.code === "driver-unreachable" && driver.asks[name]?.port === undefined) return [];
      } else (met.get(driver) as Record<string, Uint8Array>)[name] = reply;
    }
    const known = drivers.filter(
      (driver) => knownBy(driver).length <= round + 1 && knows(driver, met.get(driver) ?? {}),
    );
    const own = known.filter(({ generic }) => generic !== true);
    if (own.length > 0) return own;
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
  "driver-auth",
  "driver-unknown",
  "driver-garbled",
  "driver-refused",
  "driver-too-large",
  "driver-timeout",
];

function unknown(where: Address, faults: readonly RigError[], tried: readonly string[]): RigError {
  const facts = { host: where.host, tried: tried.join(", ") };
  const told =
    TELLING.map((code) => faults.find((fault) => fault.code === code)).find(Boolean) ?? faults[0];
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
