import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const MAIN = join(import.meta.dirname, "../../coordinator/main.ts");

/** What a command said and ended with. */
export interface Spoken {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts `rig-coordinator` with the Node.js that runs the test. */
export function spawnCoordinator(args: readonly string[]): ChildProcess & {
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
} {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  return child as ReturnType<typeof spawnCoordinator>;
}

/** Runs one command to its end. */
export async function runCoordinator(...args: readonly string[]): Promise<Spoken> {
  const child = spawnCoordinator(args);
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await exit, out, err };
}
