import { isRecord } from "../pointer.ts";
import { garbled, parseReply, textOf } from "./text.ts";

/**
 * Decodes JSON objects that follow each other without a comma or brackets around them, as one object with the members of
 * all. One object alone is itself. Throws `driver-garbled` where something else stands there, where the last object is
 * cut, or where two objects have a member of one name.
 */
export function jsonSequence(reply: Uint8Array): object {
  const text = textOf(reply);
  const whole = new Map<string, unknown>();
  for (const piece of pieces(text)) {
    const parsed = parseReply(piece);
    if (!isRecord(parsed)) throw garbled("the reply is no row of JSON objects", text);
    for (const [key, value] of Object.entries(parsed)) {
      if (whole.has(key))
        throw garbled("two objects of the reply have one name for what they hold", text);
      whole.set(key, value);
    }
  }
  if (whole.size === 0) throw garbled("the reply holds no JSON object with members", text);
  return Object.fromEntries(whole);
}

/** Cuts where a bracket closes all that were opened; what is left over is a piece too, and no JSON. */
function* pieces(text: string): Iterable<string> {
  let [from, depth, inString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (inString && char === "\\") at += 1;
    else if (char === '"') inString = !inString;
    else if (!inString && (char === "{" || char === "[")) depth += 1;
    else if (!inString && (char === "}" || char === "]")) {
      depth -= 1;
      if (depth !== 0) continue;
      yield text.slice(from, at + 1);
      from = at + 1;
    }
  }
  if (text.slice(from).trim() !== "") yield text.slice(from);
}
