import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

/** The repository's root. */
export const ROOT = join(import.meta.dirname, "..");

/** How a program ended and what it printed. */
export interface Ended {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of node_modules/.bin in the repository. Rejects when it cannot be started. */
export function runProgram(name: string, args: readonly string[]): Promise<Ended> {
  const bin = join(ROOT, "node_modules", ".bin");
  // Programs that these start in turn, such as code generators, are found there too, and run on the pinned Node.js.
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  return new Promise((resolve, reject) => {
    const child = spawn(join(bin, name), args, {
      cwd: ROOT,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({
        code: code ?? undefined,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      }),
    );
  });
}
