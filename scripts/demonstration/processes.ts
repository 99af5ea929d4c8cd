import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/**
 * How scripts/rig-agent runs Node.js, for processes that are started without it: a young generation that stays small,
 * compiled code kept from the last start, and freed memory given back to the system.
 */
const LEAN = {
  words: ["--max-semi-space-size=1"],
  env: {
    NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/compiled"),
    MALLOC_TRIM_THRESHOLD_: "131072",
    MALLOC_ARENA_MAX: "2",
    ...process.env,
  },
};

/** Runs a program of this checkout to its end and answers what it printed. Throws with its words when it fails. */
export function call(file: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, file), ...words], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${file} ${words[0]}: ${(stderr || stdout).trim()}`);
  return stdout;
}

/** A program of this checkout that runs until it is stopped; what it says goes to a file. */
export class Running {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(name: string, file: string, words: readonly string[], logFile: string) {
    this.name = name;
    const log = openSync(logFile, "w");
    // A group of its own: a Ctrl-C on the terminal reaches only us, and we stop the parts in order.
    this.#child = spawn(process.execPath, [...LEAN.words, join(ROOT, file), ...words], {
      env: LEAN.env,
      stdio: ["ignore", log, log],
      detached: true,
    });
    closeSync(log);
    this.#ended = new Promise((resolve) => this.#child.once("exit", (code) => resolve(code)));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** SIGTERM, and SIGKILL to what has not gone after a while. */
  async stop(patienceMs: number): Promise<void> {
    if (!this.running) return;
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    await this.#ended;
    clearTimeout(late);
  }
}

/** The wanted port on 127.0.0.1 if it is free, else any that is. */
export async function freePort(wanted: number): Promise<number> {
  const take = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(undefined));
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        server.close(() =>
          resolve(typeof address === "object" && address !== null ? address.port : undefined),
        );
      });
    });
  return (await take(wanted)) ?? (await take(0)) ?? wanted;
}

/** Waits until something is so, looking again and again; false when it is not within the time. */
export async function until(
  so: () => Promise<boolean>,
  withinMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && !signal.aborted) {
    if (await so().catch(() => false)) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
