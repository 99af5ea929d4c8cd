import { isRecord } from "../pointer.ts";
import { json } from "./json.ts";
import { garbled } from "./text.ts";

/** Contents of small files by their path below a root: how a reply of the sysfs link looks. */
export type Files = Readonly<Record<string, string>>;

/** Decodes a reply of the sysfs link: one JSON object, path → content. Contents are trimmed. Throws `driver-garbled`. */
export function files(reply: Uint8Array): Files {
  const parsed = json(reply);
  if (!isRecord(parsed)) throw garbled("the reply is no listing of files", "");
  const contents = Object.entries(parsed).flatMap(([path, content]) =>
    typeof content === "string" ? [[path, content.trim()] as const] : [],
  );
  return Object.fromEntries(contents);
}
