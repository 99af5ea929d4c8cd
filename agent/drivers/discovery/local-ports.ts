import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { ownAddresses, plainHost } from "../../core/own-addresses.ts";

const LISTENING = "0A";
/** Where a program that listens at all addresses is asked. */
const LOOPBACK = "127.0.0.1";
/** How mining programs are called, wherever they listen. */
const MINERS =
  /(^|\/)(t-rex|lolminer|teamredminer|gminer|miner|nbminer|xmrig|srbminer|bzminer|rigel|wildrig|miniz|ethminer|phoenixminer|ethdcrminer|claymore|ccminer|cpuminer|minerd|nanominer|onezerominer|excavator|teamblackminer|z-enemy|cryptodredge|tt-miner|xmr-stak)[^/]*$/i;
const MAX_PROCESSES = 32_768;

/** Where a program on this host is asked. */
interface Place {
  readonly host: string;
  readonly port: number;
}

function entriesOf(file: string): (Place & { inode: string })[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // No IPv6, or no /proc: there is nothing to look at.
    return [];
  }
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTENING)
    .map((cells) => {
      const [address = "", port = ""] = cells[1]?.split(":") ?? [];
      return {
        host: hostOf(address),
        port: Number.parseInt(port, 16),
        inode: cells[9] ?? "",
      };
    })
    .filter(({ port }) => port > 0);
}

/** The address that somebody listens at, as procfs(5) prints it: words of 32 bits in the host's (little-endian) order. */
function hostOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => word.match(/../g)?.reverse() ?? []);
  if (bytes.every((byte) => byte === "00")) return LOOPBACK;
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  const groups = bytes.join("").match(/.{4}/g) ?? [];
  return plainHost(new URL(`http://[${groups.join(":")}]/`).hostname);
}

/** Sockets that processes with a miner's name hold; of other users' processes only root sees them. */
function minersSockets(proc: string): Set<string> {
  const found = new Set<string>();
  for (const pid of numbered(proc).slice(0, MAX_PROCESSES)) {
    try {
      const [program = ""] = readFileSync(join(proc, pid, "cmdline"), "utf8").split("\0");
      if (!MINERS.test(program)) continue;
      for (const fd of readdirSync(join(proc, pid, "fd"))) {
        const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(join(proc, pid, "fd", fd))) ?? [];
        if (inode !== undefined) found.add(inode);
      }
    } catch {
      // It ended meanwhile, or is another user's: not ours to look into.
    }
  }
  return found;
}

function numbered(proc: string): string[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name));
  } catch {
    // Not on Linux.
    return [];
  }
}

/**
 * Where on this host a mining program may be asked: at those ports of `usual` that somebody listens at, and at every one
 * that a program with a miner's name listens at. By the loopback address, or by that of the interface where the program
 * listens at no other. `proc` is where procfs is, `own` are the addresses of this host's interfaces.
 */
export function localPlaces(
  usual: readonly number[],
  proc = "/proc",
  own: ReadonlySet<string> = ownAddresses(),
): Place[] {
  const listening = ["net/tcp", "net/tcp6"].flatMap((file) => entriesOf(join(proc, file)));
  const miners = minersSockets(proc);
  const wanted = listening.filter(
    ({ host, port, inode }) =>
      (host === LOOPBACK || own.has(host)) && (usual.includes(port) || miners.has(inode)),
  );
  const byPort = Map.groupBy(wanted, ({ port }) => port);
  return [...byPort]
    .sort(([a], [b]) => a - b)
    .flatMap(([port, places]) => {
      const hosts = [...new Set(places.map(({ host }) => host))];
      return hosts.includes(LOOPBACK)
        ? [{ host: LOOPBACK, port }]
        : hosts.sort().map((host) => ({ host, port }));
    });
}
