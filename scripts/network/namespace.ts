import type { ChildProcess } from "node:child_process";
import { execFileSync, type SpawnOptions, spawn } from "node:child_process";

/** Two hosts in network namespaces of their own: one looks, behind the other lies a network of which few addresses answer. */
export interface Network {
  /** The network that is looked at, such as `10.77.0.0/24`. */
  readonly cidr: string;
  /** The addresses of it that somebody has. */
  readonly addresses: readonly string[];
  /** Runs a program on the looking host. */
  look(command: string, words: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs a program on the host that has the addresses. */
  answer(command: string, words: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Takes everything away again; safe twice. */
  remove(): void;
}

const ip = (...words: string[]): string => execFileSync("ip", words, { encoding: "utf8" });

/** Why no network can be made here, or undefined where it can: that takes root and iproute2. */
export function networkObstacle(): string | undefined {
  if (process.getuid?.() !== 0) return "network namespaces are made by root only";
  const name = `rig-try-${process.pid}`;
  try {
    ip("netns", "add", name);
    ip("netns", "del", name);
    return undefined;
  } catch (thrown) {
    return `no network namespace can be made here: ${(thrown as Error).message.split("\n")[0]}`;
  }
}

/**
 * Makes a network that exists on this machine alone: nothing that is sent in it leaves the two namespaces. Its other
 * addresses drop what is sent to them, as a host that is off behind a router does; they refuse nothing. As root.
 */
export function makeNetwork(prefix: 16 | 24, answering: number): Network {
  const id = `${process.pid}`;
  const [looking, having] = [`rig-look-${id}`, `rig-have-${id}`];
  const cidr = prefix === 24 ? "10.77.1.0/24" : "10.78.0.0/16";
  const spread = prefix === 24 ? 1 : 1301;
  const addresses = Array.from({ length: answering }, (_, n) => {
    const at = 3 + n * spread;
    return prefix === 24 ? `10.77.1.${at}` : `10.78.${Math.floor(at / 256)}.${at % 256}`;
  });
  const remove = (): void => {
    for (const name of [looking, having]) {
      try {
        ip("netns", "del", name);
      } catch {
        // It is gone, or was never made.
      }
    }
  };
  try {
    for (const name of [looking, having]) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    ip(
      "link",
      "add",
      "uplink",
      "netns",
      looking,
      "type",
      "veth",
      "peer",
      "name",
      "site",
      "netns",
      having,
    );
    ip("-n", looking, "addr", "add", "10.76.0.2/30", "dev", "uplink");
    ip("-n", having, "addr", "add", "10.76.0.1/30", "dev", "site");
    ip("-n", looking, "link", "set", "uplink", "up");
    ip("-n", having, "link", "set", "site", "up");
    ip("-n", looking, "route", "add", cidr, "via", "10.76.0.1");
    // Not forwarded and nobody's: what is sent to the rest is dropped without a word.
    for (const address of addresses) ip("-n", having, "addr", "add", `${address}/32`, "dev", "lo");
  } catch (thrown) {
    remove();
    throw thrown;
  }
  const within =
    (name: string) =>
    (command: string, words: readonly string[], options: SpawnOptions = {}): ChildProcess =>
      spawn("ip", ["netns", "exec", name, command, ...words], options);
  return { cidr, addresses, look: within(looking), answer: within(having), remove };
}
