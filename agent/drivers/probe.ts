import { asRigError, RigError } from "../core/errors.ts";
import { type Address, hostAndPort, parseAddress } from "./address.ts";
import { type Driver, decodeReplies } from "./driver.ts";
import { cgminerLink } from "./links/cgminer.ts";
import { httpLink } from "./links/http.ts";
import type { Link } from "./links/link.ts";
import { openSource, type Source, type SourceSpec, type Tools } from "./open.ts";
import { DRIVERS } from "./registry.ts";

/** What is known before the driver is: a name for the source, a login, limits. */
export type ProbeSpec = Partial<Omit<SourceSpec, "driver" | "address">>;

/** One reply, asked once whatever number of drivers wants it. */
type Asker = (driver: Driver, ask: string) => Promise<Uint8Array | RigError>;

const PROBE_TIMEOUT_MS = 3000;

/**
 * Finds which driver knows what answers at a host, host:port or URL: asks what the drivers would ask, each distinct
 * request once, and lets them look at the replies. Exactly one must know it. Throws `driver-unknown` where something
 * answers that none knows, or more than one; the fault that was met (`driver-unreachable`, `driver-auth` …) where
 * nothing answers.
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
    const ask = askerFor(where, port, tools, signal, spec);
    const known: Driver[] = [];
    for (const driver of driversFor(where, port)) {
      tried.push(`${driver.name} at ${called}`);
      if (await knows(driver, ask, faults)) known.push(driver);
    }
    signal.throwIfAborted();
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
const REMOTE = DRIVERS.filter(({ asks }) =>
  Object.values(asks).some(({ link }) => link === "http" || link === "cgminer"),
);
const linkOf = (driver: Driver): string => Object.values(driver.asks)[0]?.link ?? "";

function portsFor({ port, url }: Address): number[] {
  if (port !== undefined) return [port];
  if (url !== undefined) return [url.protocol === "https:" ? 443 : 80];
  return [...new Set(REMOTE.flatMap(({ ports }) => ports))];
}

function driversFor({ port, url }: Address, at: number): Driver[] {
  if (url !== undefined) return REMOTE.filter((driver) => linkOf(driver) === "http");
  return REMOTE.filter(({ ports }) => port !== undefined || ports.includes(at));
}

function askerFor(
  where: Address,
  port: number,
  { clock }: Tools,
  signal: AbortSignal,
  spec: ProbeSpec,
): Asker {
  const called = hostAndPort(where.host, port);
  const reach = { clock, timeoutMs: spec.timeoutMs ?? PROBE_TIMEOUT_MS, called };
  const { username = where.username, password = where.password, token } = spec;
  const login = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
  };
  const links: Readonly<Record<string, Link>> = {
    http: httpLink(reach, where.url ?? new URL(`http://${called}/`), login),
    cgminer: cgminerLink(reach, where.host, port),
  };
  const asked = new Map<string, Promise<Uint8Array | RigError>>();
  return (driver, name) => {
    const ask = driver.asks[name];
    const key = `${ask?.link} ${ask?.target}`;
    const made =
      asked.get(key) ??
      (links[ask?.link ?? ""] as Link)
        .ask(ask?.target ?? "", signal)
        .catch((thrown: unknown) => asRigError(thrown));
    asked.set(key, made);
    return made;
  };
}

/** Asks until the driver knows the device or has no ask left; a port that nobody listens at is asked once. */
async function knows(driver: Driver, ask: Asker, faults: RigError[]): Promise<boolean> {
  const replies: Record<string, Uint8Array> = {};
  for (const [name, { optional }] of Object.entries(driver.asks)) {
    if (optional) continue;
    const reply = await ask(driver, name);
    if (reply instanceof RigError) {
      faults.push(reply);
      if (reply.code === "driver-unreachable" || reply.code === "driver-timeout") return false;
      continue;
    }
    replies[name] = reply;
    if (driver.identify(decodeReplies(driver, replies))) return true;
  }
  if (Object.keys(replies).length > 0)
    faults.push(new RigError("driver-unknown", `it is no ${driver.name}`));
  return false;
}

function ambiguous(called: string, known: readonly Driver[]): RigError {
  const names = known.map(({ name }) => name).join(", ");
  return new RigError(
    "driver-unknown",
    `several drivers know what answers at ${called}: ${names}; name one`,
    {
      address: called,
      drivers: names,
    },
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
