import { RigError } from "../../core/errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const latin1 = new TextDecoder("latin1");

/**
 * The text of a whole reply: UTF-8, or Latin-1 where it is not, without byte order mark and the NULs that cgminer ends
 * a reply with.
 */
export function textOf(reply: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(reply);
  } catch {
    // Old firmware writes pool names in Latin-1; every byte string is valid there, so this cannot fail.
    text = latin1.decode(reply);
  }
  return text.replace(/^\uFEFF/, "").replace(/[\0\s]+$/, "");
}

/** The fault of a reply that cannot be decoded, with the beginning of what came. */
export function garbled(what: string, text: string, cause?: unknown): RigError {
  // The beginning only: a reply may hold pool users further down, and an error is printed.
  return new RigError(
    "driver-garbled",
    what,
    { characters: text.length, begins: text.slice(0, 40) },
    { cause },
  );
}

/**
 * Parses JSON; undefined where it is not. Only an object or an array is a reply: a cut number would pass for a whole one.
 * What cannot be written as a text, whatever value of it is asked for, is no reply either.
 */
export function parseReply(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && isWritable(parsed) ? parsed : undefined;
  } catch {
    // Not JSON is an answer here; what is to be tried next is the caller's to know.
    return undefined;
  }
}

/** Three times as deep as any reply known to us; ten thousand deep, an array that is made a text ends the stack. */
const MAX_DEPTH = 32;

/** False where `String(value)` would throw for a value of it: nested without end, or with a `toString` of its own. */
function isWritable(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= MAX_DEPTH || Object.hasOwn(value, "toString")) return false;
  return Object.values(value).every((held) => isWritable(held, depth + 1));
}
