import { RigError } from "../../core/errors.ts";
import { isAbsent, listOf, pointer } from "../pointer.ts";
import { json } from "./json.ts";

/**
 * A reply to a GraphQL query (https://spec.graphql.org/October2021/#sec-Response-Format). Throws `driver-garbled` where it is
 * no JSON, and `driver-refused` where it holds errors and nothing that was asked for.
 */
export function graphql(reply: Uint8Array): object {
  const parsed = json(reply);
  const [first] = listOf(pointer(parsed, "/errors"));
  if (first === undefined || !isAbsent(pointer(parsed, "/data"))) return parsed;
  const said = String(pointer(first, "/message")).slice(0, 100);
  throw new RigError("driver-refused", `the miner answered with an error: ${said}`, { said });
}
