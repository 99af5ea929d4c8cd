import type { Writable } from "node:stream";

/** What a command may touch of the process that it runs in. Only main.ts has the process itself. */
export interface CommandIo {
  /** Writes a line, or several, to standard output. */
  out(text: string): void;
  /** The same to standard error, for what is not the result. */
  err(text: string): void;
  /** Writes over one line of a terminal, for long work; absent where nobody watches. */
  readonly progress?: (text: string) => void;
  /** Standard output itself, for the log. */
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** What the process ends with when the command is done; 0 unless it is said. */
  exitWith(code: number): void;
  /** Aborts at the first SIGINT or SIGTERM; from the first call on these no longer end the process by themselves. */
  stopSignal(): AbortSignal;
}

/** A result as one JSON document: big numbers as strings, unknown as absent. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, held) => (typeof held === "bigint" ? held.toString() : held),
    2,
  );
}
