import { setTimeout as pause } from "node:timers/promises";

/** Waits until something is there (neither undefined nor false), at most `withinMs`; throws with what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`gave up waiting for ${what}`);
    await pause(10);
  }
}
