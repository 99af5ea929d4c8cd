import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Clock } from "../core/ports.ts";

/** The longest delay that a timer takes; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id";

/** The host's clock: CLOCK_MONOTONIC (which stands still while the host sleeps) and the system's wall clock. */
export class SystemClock implements Clock {
  readonly bootId: string;

  constructor(bootId: string) {
    this.bootId = bootId;
  }

  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return Number(process.hrtime.bigint() / 1000n) / 1000;
  }

  after(delayMs: number, callback: () => void): () => void {
    const dueMs = this.monotonicMs() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueMs - this.monotonicMs();
      // Timers count whole milliseconds from the start of their loop turn, so one may come a little early.
      if (leftMs <= 0) callback();
      else timer = setTimeout(arm, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
    };
    timer = setTimeout(arm, Math.min(Math.max(Math.ceil(delayMs), 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }
}

/**
 * Which boot of the host this is. Where the kernel does not say, an id of this process alone: monotonic times are then
 * never compared with those of another run, which is the safe way to be wrong.
 */
export function readBootId(file: string = BOOT_ID_FILE): string {
  try {
    const id = readFileSync(file, "utf8").trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  return randomUUID();
}
