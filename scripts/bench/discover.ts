import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeNetwork, networkObstacle } from "../network/namespace.ts";

const ROOT = join(import.meta.dirname, "../..");
const ANSWERING = 50;
const LOOK_MS = 50;

/** What a search of a network took. */
export interface Search {
  readonly network: string;
  readonly answering: number;
  readonly known: number;
  readonly seconds: number;
  /** Sockets open at once, by looks every 50 ms. */
  readonly sockets: number;
  readonly peakMiB: number;
}

/** Searches a /24 and a /16 made for it, in which 50 addresses answer and all others drop what they get. As root. */
export async function measureSearches(): Promise<Search[] | string> {
  const obstacle = networkObstacle();
  if (obstacle !== undefined) return obstacle;
  return [await search(24), await search(16)];
}

async function search(prefix: 16 | 24): Promise<Search> {
  const network = makeNetwork(prefix, ANSWERING);
  try {
    const site = network.answer(
      process.execPath,
      [join(ROOT, "scripts/network/answering.ts"), ...network.addresses],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    await once(site.stdout as NodeJS.ReadableStream, "data");
    const startedMs = performance.now();
    const run = network.look(
      join(ROOT, "scripts/rig-agent"),
      ["discover", network.cidr, "--json"],
      {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let out = "";
    run.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    const seen = { sockets: 0, peakMiB: 0 };
    const look = setInterval(() => lookAt(run.pid ?? 0, seen), LOOK_MS);
    await once(run, "close");
    clearInterval(look);
    const seconds = (performance.now() - startedMs) / 1000;
    site.stdin?.end();
    await once(site, "close");
    const { devices } = JSON.parse(out) as { devices: { address: string }[] };
    const known = devices.filter(({ address }) => address !== "local").length;
    return { network: network.cidr, answering: ANSWERING, known, seconds, ...seen };
  } finally {
    network.remove();
  }
}

function lookAt(pid: number, seen: { sockets: number; peakMiB: number }): void {
  try {
    // `ip netns exec` and the launcher both become the program: the pid is the agent's.
    const fds = readdirSync(`/proc/${pid}/fd`).length;
    const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    seen.sockets = Math.max(seen.sockets, fds);
    seen.peakMiB = Math.max(seen.peakMiB, Number(kib ?? 0) / 1024);
  } catch {
    // It ended between two looks.
  }
}
