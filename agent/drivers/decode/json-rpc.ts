import { RigError } from "../../core/errors.ts";
import { isAbsent, pointer } from "../pointer.ts";
import { json } from "./json.ts";

/**
 * A reply of a JSON-RPC API. Throws `driver-garbled` where it is no JSON, and `driver-refused` where the program answered
 * with an error: a method that it does not have, or a password that it wants. https://www.jsonrpc.org/specification
 */
export function jsonRpc(reply: Uint8Array): object {
  const parsed = json(reply);
  const error = pointer(parsed, "/error");
  if (isAbsent(error) || error === "") return parsed;
  const said = String(pointer(error, "/message") ?? error).slice(0, 100);
  throw new RigError("driver-refused", `the miner answered with an error: ${said}`, { said });
}

// Up to 13 hex digits: more would not fit a number without loss.
const HEX = /^0x0{0,19}[0-9a-f]{1,13}$/i;

/** Like `jsonRpc`, with numbers that are written as `0x…` made numbers; those too large for one stay texts. */
export function jsonRpcHex(reply: Uint8Array): object {
  return hexMadeNumbers(jsonRpc(reply)) as object;
}

function hexMadeNumbers(value: unknown): unknown {
  if (typeof value === "string") return HEX.test(value) ? Number(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => hexMadeNumbers(member));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, hexMadeNumbers(member)]),
  );
}
