import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

const LISTENING = "0A";
/** How mining programs are called, wherever they listen. */
const MINERS =
  /(^|\/)(t-rex|lolminer|teamredminer|gminer|miner|nbminer|xmrig|srbminer|bzminer|rigel|wildrig|miniz|ethminer|phoenixminer|ethdcrminer|claymore|ccminer|cpuminer|minerd|nanominer|onezerominer|excavator|teamblackminer|z-enemy|cryptodredge|tt-miner|xmr-stak)[^/]*$/i;
const MAX_PROCESSES = 32_768;

function entriesOf(file: string): { port: number; inode: string }[] {
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
    .map((cells) => ({
      port: Number.parseInt(cells[1]?.split(":")[1] ?? "", 16),
      inode: cells[9] ?? "",
    }))
    .filter(({ port }) => port > 0);
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
 * TCP ports on this host that a mining program may be asked at: those of `usual` that somebody listens at, and every one
 * that a program with a miner's name listens at. `proc` is where procfs is.
 */
export function localPorts(usual: readonly number[], proc = "/proc"): number[] {
  const listening = ["net/tcp", "net/tcp6"].flatMap((file) => entriesOf(join(proc, file)));
  const miners = minersSockets(proc);
  const ports = listening
    .filter(({ port, inode }) => usual.includes(port) || miners.has(inode))
    .map(({ port }) => port);
  return [...new Set(ports)].sort((a, b) => a - b);
}
