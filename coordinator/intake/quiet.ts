import type { Clock, Facts, Log } from "../ports.ts";

const MAX_KEYS = 1000;

/**
 * Makes a warning that says a thing once, counts its repetitions, and says it again with their number after a while:
 * what strangers send must not fill the log.
 */
export function createQuietWarn(
  log: Log,
  clock: Clock,
  everySeconds = 300,
): (key: string, message: string, facts: Facts, error?: unknown) => void {
  const said = new Map<string, { at: number; since: number }>();
  return (key, message, facts, error) => {
    const before = said.get(key);
    if (before !== undefined && clock() < before.at + everySeconds) {
      before.since += 1;
      return;
    }
    if (said.size >= MAX_KEYS && before === undefined) {
      const oldest = said.keys().next().value;
      if (oldest !== undefined) said.delete(oldest);
    }
    const repeated = before === undefined || before.since === 0 ? {} : { repeated: before.since };
    said.delete(key);
    said.set(key, { at: clock(), since: 0 });
    log.warn(message, { ...facts, ...repeated }, error);
  };
}
