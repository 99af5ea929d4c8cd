import winston from "winston";
import type { Facts, Log } from "./ports.ts";

const SECRET = /password|secret|token$|private/i;

function writable(value: Facts[string]): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function plain(facts: Facts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, SECRET.test(key) ? "[secret]" : writable(value)]),
  );
}

function faultFacts(error: unknown): Record<string, unknown> {
  if (error === undefined) return {};
  if (!(error instanceof Error)) return { error: String(error).slice(0, 200) };
  const { code } = error as { code?: unknown };
  return {
    error: error.message.slice(0, 500),
    ...(typeof code === "string" ? { code } : {}),
    ...(error.cause instanceof Error ? { cause: error.cause.message.slice(0, 500) } : {}),
    // A stack helps where it is ours to mend; a named fault says enough by itself.
    ...(typeof code === "string" ? {} : { stack: error.stack?.slice(0, 2000) }),
  };
}

const json = winston.format.printf(({ level, message, at, ...facts }) =>
  JSON.stringify({ at, level, message, ...facts }),
);
const text = winston.format.printf(({ level, message, at, ...facts }) => {
  const words = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [String(at).slice(11, 19), level.padEnd(5), String(message), ...words].join(" ");
});

const stamp = winston.format((line) => Object.assign(line, { at: new Date().toISOString() }));

function portOver(logger: winston.Logger, carried: Record<string, unknown>): Log {
  const write =
    (level: string) =>
    (message: string, facts: Facts = {}, error?: unknown): void => {
      logger.log(level, message, { ...carried, ...plain(facts), ...faultFacts(error) });
    };
  return {
    error: write("error"),
    warn: write("warn"),
    info: write("info"),
    debug: write("debug"),
    child: (facts) => portOver(logger, { ...carried, ...plain(facts) }),
  };
}

/** The log on standard output: JSON lines, or readable text on a terminal. */
export function createLog(level: string, readable: boolean, out: NodeJS.WritableStream): Log {
  const logger = winston.createLogger({
    level,
    format: winston.format.combine(stamp(), readable ? text : json),
    transports: [new winston.transports.Stream({ stream: out })],
  });
  return portOver(logger, {});
}
