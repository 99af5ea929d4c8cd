import { type Facts, RigError } from "../core/errors.ts";

export type Level = "error" | "warn" | "info" | "debug";

/** One thing that was said, before it is written. */
export interface Entry {
  readonly atMs: number;
  readonly level: Level;
  readonly message: string;
  readonly facts: Facts;
  readonly error?: unknown;
}

type Plain = string | number | boolean | null | { readonly [key: string]: Plain };

const RESERVED = new Set(["at", "level", "message", "error"]);
const MAX_TEXT = 1000;
const MAX_CAUSES = 5;

/** An entry as one line of JSON. */
export function jsonLine(entry: Entry): string {
  const facts = Object.entries(entry.facts).map(([key, value]): [string, Plain | undefined] => [
    RESERVED.has(key) ? `fact_${key}` : key,
    plain(value),
  ]);
  return JSON.stringify({
    at: new Date(entry.atMs).toISOString(),
    level: entry.level,
    message: cut(entry.message),
    ...Object.fromEntries(facts),
    ...(entry.error === undefined ? {} : { error: describe(entry.error, 0) }),
  });
}

const LABEL: Readonly<Record<Level, string>> = {
  error: "ERROR",
  warn: "WARN ",
  info: "info ",
  debug: "debug",
};

/** An entry as one line for a person. */
export function textLine(entry: Entry): string {
  const time = new Date(entry.atMs).toISOString().slice(11, 23);
  const facts = Object.entries(entry.facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${word(String(value))}`);
  const error = entry.error === undefined ? "" : `: ${sayError(entry.error)}`;
  return `${time} ${LABEL[entry.level]} ${oneLine(entry.message)}${facts.join("")}${error}`;
}

function sayError(error: unknown): string {
  const parts = causesOf(error).map((cause) => {
    const code = codeOf(cause);
    const message = cause instanceof Error ? cause.message : String(cause);
    return oneLine(code === undefined ? message : `${message} (${code})`);
  });
  return parts.join(", because ");
}

function describe(error: unknown, depth: number): Plain {
  if (!(error instanceof Error)) return { message: cut(String(error)) };
  const facts = error instanceof RigError ? Object.entries(error.facts) : [];
  const code = codeOf(error);
  const goesDeeper = error.cause !== undefined && depth < MAX_CAUSES;
  return {
    ...(code === undefined ? { name: error.name } : { code }),
    message: cut(error.message),
    ...(facts.length === 0
      ? {}
      : { facts: Object.fromEntries(facts.map(([key, value]) => [key, plain(value) ?? null])) }),
    // Only faults of our own are looked for in the source.
    ...(code === "bug" && error.stack !== undefined
      ? { stack: cut(error.stack, 4 * MAX_TEXT) }
      : {}),
    ...(goesDeeper ? { cause: describe(error.cause, depth + 1) } : {}),
  };
}

function causesOf(error: unknown): unknown[] {
  const causes = [error];
  while (causes.length < MAX_CAUSES) {
    const last = causes.at(-1);
    if (!(last instanceof Error) || last.cause === undefined) break;
    causes.push(last.cause);
  }
  return causes;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : undefined;
}

function plain(value: unknown): Plain | undefined {
  if (value === undefined || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "boolean") return value;
  return cut(String(value));
}

function cut(text: string, most = MAX_TEXT): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** No text, wherever it came from, starts a line of its own or moves the cursor of a terminal. */
function oneLine(text: string): string {
  return cut(text).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}

function word(text: string): string {
  return /^[^\s"=]+$/.test(text) && oneLine(text) === text
    ? text
    : oneLine(JSON.stringify(cut(text)));
}
