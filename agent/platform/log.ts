import type { Writable } from "node:stream";
import { createLogger, format, type Logger, transports } from "winston";
import type { Facts } from "../core/errors.ts";
import type { Log } from "../core/ports.ts";
import { type Entry, jsonLine, type Level, textLine } from "./log-line.ts";

export interface LogOptions {
  readonly level: Level;
  /** `auto`: text on a terminal, else JSON lines. */
  readonly format: "auto" | "json" | "text";
  readonly stream: Writable & { readonly isTTY?: boolean };
  /** Wall clock, Unix ms. */
  readonly now?: () => number;
}

const LEVELS = { error: 0, warn: 1, info: 2, debug: 3 } as const satisfies Record<Level, number>;

/** The Log port over winston: one line an entry to one stream, nothing to files. */
export class WinstonLog implements Log {
  readonly #logger: Logger;
  readonly #facts: Facts;
  readonly #now: () => number;

  constructor(logger: Logger, facts: Facts, now: () => number) {
    this.#logger = logger;
    this.#facts = facts;
    this.#now = now;
  }

  error(message: string, facts?: Facts, error?: unknown): void {
    this.#say("error", message, facts, error);
  }

  warn(message: string, facts?: Facts, error?: unknown): void {
    this.#say("warn", message, facts, error);
  }

  info(message: string, facts?: Facts, error?: unknown): void {
    this.#say("info", message, facts, error);
  }

  debug(message: string, facts?: Facts, error?: unknown): void {
    this.#say("debug", message, facts, error);
  }

  child(facts: Facts): WinstonLog {
    return new WinstonLog(this.#logger, { ...this.#facts, ...facts }, this.#now);
  }

  /** Changes the least important level that is written, for this log and all its children. */
  setLevel(level: Level): void {
    this.#logger.level = level;
  }

  #say(level: Level, message: string, facts: Facts = {}, error: unknown): void {
    const entry: Entry = {
      atMs: this.#now(),
      level,
      message,
      facts: { ...this.#facts, ...facts },
      error,
    };
    this.#logger.log({ level, message, entry });
  }
}

/** Opens the log. The stream is not closed with it. */
export function openLog(options: LogOptions): WinstonLog {
  const asText =
    options.format === "text" || (options.format === "auto" && options.stream.isTTY === true);
  const line = asText ? textLine : jsonLine;
  const logger = createLogger({
    level: options.level,
    levels: LEVELS,
    format: format.printf((said) => line(said["entry"] as Entry)),
    transports: [new transports.Stream({ stream: options.stream })],
  });
  return new WinstonLog(logger, {}, options.now ?? Date.now);
}
