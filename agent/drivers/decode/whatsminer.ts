import { RigError } from "../../core/errors.ts";
import { pointer } from "../pointer.ts";
import { cgminer } from "./cgminer.ts";
import { json } from "./json.ts";
import { textOf } from "./text.ts";

/**
 * A reply of Whatsminer's API up to version 2: that of the cgminer API, or of a front end before it, which writes its status
 * without the list around it and says in plain text that the miner behind it does not run. Throws `driver-garbled`, and
 * `driver-refused` where either will not or cannot answer.
 */
export function whatsminerReply(reply: Uint8Array): object {
  if (textOf(reply).startsWith("Socket connect failed"))
    throw new RigError("driver-refused", "the miner behind the API does not run");
  const parsed = cgminer(reply);
  if (pointer(parsed, "/STATUS") === "E") throw refused(pointer(parsed, "/Msg"));
  return parsed;
}

/**
 * The JSON in a frame of Whatsminer's API version 3. Throws `driver-garbled` where it is none, and `driver-refused` where its
 * `code` is not 0: a command that the firmware does not know, a parameter that is missing.
 */
export function whatsminerV3Reply(reply: Uint8Array): object {
  const parsed = json(reply);
  const code = pointer(parsed, "/code");
  if (code !== undefined && code !== 0) throw refused(pointer(parsed, "/msg"));
  return parsed;
}

function refused(said: unknown): RigError {
  const text = String(said).slice(0, 100);
  return new RigError("driver-refused", `the miner answered with an error: ${text}`, {
    said: text,
  });
}
