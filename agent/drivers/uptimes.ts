import type { Clock } from "../core/ports.ts";
import type { Report } from "../core/reading.ts";

/** By how many seconds an uptime may gain on the clock between two asks: devices count coarsely and set their clocks. */
const SLACK_S = 60;
/** Machines of one source; more are not honest. */
const MAX_KNOWN = 1024;

interface Seen {
  readonly seconds: number;
  readonly atMs: number;
}

/** Tells by their uptimes whether devices are those of before and ran on. */
export class Uptimes {
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** False where an uptime fell, or grew by more than the time since: it began again, or is another device's. */
  ranOn(reports: readonly Report[]): boolean {
    const atMs = this.#clock.monotonicMs();
    const now = reports.flatMap(({ key, readings }) =>
      readings
        .filter(({ metric, part }) => metric === "uptime" && part === "")
        .map(({ value }) => ({ key, seconds: value, atMs })),
    );
    const all = now.every(({ key, seconds }) => {
      const past = this.#seen.get(key);
      return past === undefined || isLater(past, { seconds, atMs });
    });
    if (this.#seen.size > MAX_KNOWN) this.#seen.clear();
    for (const { key, ...seen } of now) this.#seen.set(key, seen);
    return all;
  }
}

function isLater(past: Seen, now: Seen): boolean {
  const grownS = now.seconds - past.seconds;
  return grownS >= 0 && grownS <= (now.atMs - past.atMs) / 1000 + SLACK_S;
}
