import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RigError } from "../../core/errors.ts";
import { type Clock, pause } from "../../core/ports.ts";

const WAIT_MS = 100;
const PATIENCE_MS = 10_000;

/** A want of sockets on this host: waited out while there is any progress, and told loudly where there is none. */
export class Shortage {
  readonly #clock: Clock;
  #sinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A socket was to be had. */
  end(): void {
    this.#sinceMs = undefined;
  }

  /** Waits a little before another try. Throws `driver-no-socket` where none was to be had for ten seconds. */
  async wait(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    this.#sinceMs ??= nowMs;
    if (nowMs - this.#sinceMs >= PATIENCE_MS)
      throw new RigError(
        "driver-no-socket",
        "This host has no connection to spare: raise its limit of open files (ulimit -n), or lower --sockets",
      );
    await pause(this.#clock, WAIT_MS, signal);
  }
}

/** How many more files this process may open; undefined where the system does not say. `proc` is where procfs is. */
export function spareDescriptors(proc = "/proc"): number | undefined {
  try {
    const limits = readFileSync(join(proc, "self/limits"), "utf8");
    const [, most] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return most === undefined
      ? undefined
      : Math.max(0, Number(most) - readdirSync(join(proc, "self/fd")).length);
  } catch {
    // Not on Linux: what is too much shows when it is opened.
    return undefined;
  }
}
