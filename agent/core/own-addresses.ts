import { networkInterfaces } from "node:os";
import { isLoopback } from "./listen.ts";

const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** A host as it is compared: without brackets and zone, in lower case, IPv6 at its shortest, mapped IPv4 as IPv4. */
export function plainHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/%.*$/, "");
  if (!bare.includes(":")) return bare;
  const short = URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1) ?? bare;
  const [, high, low] = MAPPED.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const bytes = [high, low].flatMap((group) => {
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 255];
  });
  return bytes.join(".");
}

/** The addresses of this host's own interfaces, as `plainHost` spells them. Read anew: interfaces come and go. */
export function ownAddresses(): ReadonlySet<string> {
  try {
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return new Set(all.map(({ address }) => plainHost(address)));
  } catch {
    // Where the system does not let them be listed (a sandbox without netlink), loopback is all that is known.
    return new Set(["127.0.0.1", "::1"]);
  }
}

/** True for a host, as settings spell it, that can only be this one: loopback, or an address of an own interface. */
export function isThisHost(host: string, own: ReadonlySet<string> = ownAddresses()): boolean {
  const plain = plainHost(host);
  return isLoopback(plain) || own.has(plain);
}
