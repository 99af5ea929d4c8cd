import type { Facts, Log } from "../../coordinator/ports.ts";

/** One line that was logged. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly facts: Facts;
}

/** A log that keeps its lines. */
export function createKeptLog(): Log & { readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const write =
    (level: string) =>
    (message: string, facts: Facts = {}, error?: unknown): void => {
      lines.push({
        level,
        message,
        facts: error === undefined ? facts : { ...facts, error: String(error) },
      });
    };
  const log = {
    lines,
    error: write("error"),
    warn: write("warn"),
    info: write("info"),
    debug: write("debug"),
    child: () => log,
  };
  return log;
}
