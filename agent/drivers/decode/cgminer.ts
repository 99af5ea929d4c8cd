import { jsonrepair } from "jsonrepair";
import { RigError } from "../../core/errors.ts";
import { listOf, pointer } from "../pointer.ts";
import { repair } from "./repair.ts";
import { garbled, parseReply, textOf } from "./text.ts";

/**
 * A reply of the cgminer API, also one that is not quite JSON. Throws `driver-garbled` where it is cut or beyond repair,
 * and `driver-refused` where the miner answered that it will not. https://github.com/ckolivas/cgminer/blob/master/API-README
 */
export function cgminer(reply: Uint8Array): object {
  const text = textOf(reply);
  const parsed = parseReply(text) ?? mended(text);
  const status = listOf(pointer(parsed, "/STATUS"))[0] ?? pointer(parsed, "/STATUS");
  const level = pointer(status, "/STATUS");
  if (level === "E" || level === "F") {
    const said = String(pointer(status, "/Msg")).slice(0, 100);
    throw new RigError("driver-refused", `the miner answered with an error: ${said}`, { said });
  }
  return parsed;
}

function mended(text: string): object {
  const { text: better, complete } = repair(text);
  // What is cut stays cut: a repair that closes the brackets would pass half a reply for a whole one.
  if (!complete) throw garbled("the reply is cut or no JSON", text);
  const parsed = parseReply(better) ?? parseReply(lastResort(better));
  if (parsed === undefined) throw garbled("the reply is beyond repair", text);
  return parsed;
}

/** For faults that nobody told us of yet; its brackets are known to be balanced by now. */
function lastResort(text: string): string {
  try {
    return jsonrepair(text);
  } catch (cause) {
    throw garbled("the reply is beyond repair", text, cause);
  }
}
