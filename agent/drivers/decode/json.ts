import { garbled, parseReply, textOf } from "./text.ts";

// lolMiner 1.4x writes a worker name of digits without quotes, and 004 is no JSON number.
const BARE_WORKER = /("Worker"\s*:\s*)(0\d+)(?=\s*[,}])/g;

/** A reply in JSON, an object or an array. Throws `driver-garbled`. */
export function json(reply: Uint8Array): object {
  const text = textOf(reply);
  const parsed = parseReply(text) ?? parseReply(text.replaceAll(BARE_WORKER, '$1"$2"'));
  if (parsed === undefined) throw garbled("the reply is no JSON", text);
  return parsed;
}
