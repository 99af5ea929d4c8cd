import { isIPv4, isIPv6 } from "node:net";
import { RigError } from "../../core/errors.ts";

/** Where to look: a run of IPv4 addresses, or one host by name or IPv6 address. */
export type Target = { readonly first: number; readonly count: number } | { readonly host: string };

/** More is no site but the internet. */
const MAX_ADDRESSES = 1 << 20;
const CIDR = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/;
const RANGE = /^(\d+\.\d+\.\d+\.)(\d+)-(\d+)$/;
const NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

const bad = (word: string, why: string): RigError =>
  new RigError("command-invalid", `${word}: ${why}`, { target: word });

const numberOf = (address: string): number =>
  address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
const textOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/**
 * Reads `192.168.1.0/24`, `192.168.1.10-90`, an address or a host's name. A network's own address and its broadcast
 * address are left out. Throws `command-invalid`, also for more than a million addresses.
 */
export function parseTarget(word: string): Target {
  const [, base = "", prefix] = CIDR.exec(word) ?? [];
  if (prefix !== undefined) return ofNetwork(word, base, Number(prefix));
  const [, head = "", from, to] = RANGE.exec(word) ?? [];
  if (from !== undefined) {
    const [a, b] = [`${head}${from}`, `${head}${to}`];
    if (!isIPv4(a) || !isIPv4(b) || Number(to) < Number(from)) throw bad(word, "is no range");
    return { first: numberOf(a), count: Number(to) - Number(from) + 1 };
  }
  if (isIPv4(word)) return { first: numberOf(word), count: 1 };
  if (isIPv6(word)) return { host: word };
  // Digits and dots alone are an address that somebody mistyped, and not a name.
  if (/^[\d.]+$/.test(word) || !NAME.test(word))
    throw bad(
      word,
      "is no network (192.168.1.0/24), range (192.168.1.10-90), address or host name",
    );
  return { host: word };
}

function ofNetwork(word: string, base: string, prefix: number): Target {
  if (!isIPv4(base) || prefix > 32) throw bad(word, "is no network");
  const size = 2 ** (32 - prefix);
  if (size > MAX_ADDRESSES)
    throw bad(word, `has ${size} addresses; at most ${MAX_ADDRESSES} are looked at`);
  const first = Math.floor(numberOf(base) / size) * size;
  return size <= 2 ? { first, count: size } : { first: first + 1, count: size - 2 };
}

/** Number of addresses. */
export function countOf(targets: readonly Target[]): number {
  return targets.reduce((sum, target) => sum + ("host" in target ? 1 : target.count), 0);
}

/** Every address once as it is reached, without holding them all. */
export function* addressesOf(targets: readonly Target[]): Generator<string> {
  for (const [n, target] of targets.entries()) {
    if ("host" in target) {
      if (!targets.slice(0, n).some((other) => "host" in other && other.host === target.host))
        yield target.host;
      continue;
    }
    const before = targets.slice(0, n);
    for (let at = target.first; at < target.first + target.count; at += 1)
      if (!before.some((other) => holds(other, at))) yield textOf(at);
  }
}

function holds(target: Target, address: number): boolean {
  return !("host" in target) && address >= target.first && address < target.first + target.count;
}
