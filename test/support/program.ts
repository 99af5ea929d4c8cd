import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

const ROOT = join(import.meta.dirname, "../..");

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of this checkout as a process of its own, with the Node.js that runs the test; its words are kept. */
export class Program {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ending>;
  #out = "";
  #err = "";

  constructor(file: string, words: readonly string[]) {
    this.#child = spawn(process.execPath, [join(ROOT, file), ...words], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (chunk) => {
      this.#out += String(chunk);
    });
    this.#child.stderr?.on("data", (chunk) => {
      this.#err += String(chunk);
    });
    this.ended = new Promise((resolve) =>
      this.#child.once("close", (code, signal) => resolve({ code, signal })),
    );
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the process did not start");
    return this.#child.pid;
  }

  /** What it wrote to standard output so far. */
  get out(): string {
    return this.#out;
  }

  /** What it wrote to standard error so far. */
  get err(): string {
    return this.#err;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until it has written something to standard output; throws with its words when it ends before. */
  async said(what: RegExp, withinMs = 30_000): Promise<RegExpExecArray> {
    return await until(
      `${what} among ${this.#child.spawnargs.slice(1).join(" ")}`,
      () => {
        const found = what.exec(this.#out);
        if (found !== null) return found;
        if (!this.running)
          throw new Error(`it ended before it said ${what}:\n${this.#out}\n${this.#err}`);
        return undefined;
      },
      withinMs,
    );
  }

  /** Ends it as a power cut would, at once. */
  async kill(): Promise<Ending> {
    if (this.running) this.#child.kill("SIGKILL");
    return await this.ended;
  }

  /** Asks it to end. Answers how it did and how long that took. */
  async stop(name: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<Ending & { tookMs: number }> {
    const askedAtMs = performance.now();
    if (this.running) this.#child.kill(name);
    const ending = await this.ended;
    return { ...ending, tookMs: performance.now() - askedAtMs };
  }
}

/** Runs a program of this checkout to its end. */
export async function runToEnd(
  file: string,
  ...words: string[]
): Promise<Ending & { out: string; err: string }> {
  const program = new Program(file, words);
  const ending = await program.ended;
  return { ...ending, out: program.out, err: program.err };
}

/** Ids of the processes that a process has started and that are still there. */
export function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/** True while a process of this id is there and is not just waiting to be buried. */
export function isAlive(pid: number): boolean {
  return statOf(String(pid)) !== undefined && !/^[ZX]/.test(statOf(String(pid)) ?? "Z");
}

function parentOf(name: string): number | undefined {
  const stat = statOf(name);
  return stat === undefined ? undefined : Number(stat.split(" ")[1]);
}

/** State, parent and more, as the kernel writes them after the process' name; undefined when there is none. */
function statOf(name: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2);
  } catch (error) {
    // ESRCH: it went away between the look at the folder and this one.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
}
