import { cgminer } from "./cgminer.ts";
import { garbled, textOf } from "./text.ts";

// The name that a section has in JSON. https://github.com/ckolivas/cgminer/blob/master/API-README
const LISTS = new Map([
  ["POOL", "POOLS"],
  ["ASC", "DEVS"],
  ["PGA", "DEVS"],
  ["GPU", "DEVS"],
  ["CPU", "DEVS"],
]);

// A comma parts two fields where a name and an equals sign come next: values hold commas too, most of them unescaped.
const BETWEEN_FIELDS = /(?<!\\),(?=[^,=|[\]]{1,64}=)/;

/**
 * A reply of the cgminer API in either of its forms. Some firmware answers in text whatever it was asked in:
 * `STATUS=S,When=…|SUMMARY,Elapsed=…|`. It is put in the order of the JSON form, with every value as a string. Throws
 * `driver-garbled` where it is cut, `driver-refused` where the miner answered that it will not.
 */
export function cgminerOrText(reply: Uint8Array): object {
  const text = textOf(reply);
  return text.startsWith("STATUS=") ? fromText(text) : cgminer(reply);
}

function fromText(text: string): object {
  // Every section ends in a bar: without the last one it is cut.
  if (!text.endsWith("|")) throw garbled("the reply is cut", text);
  const lists = new Map<string, Record<string, unknown>[]>();
  for (const section of text.slice(0, -1).split(/(?<!\\)\|/)) {
    const [first = "", ...rest] = section.split(BETWEEN_FIELDS);
    const [name = ""] = first.split("=");
    const list = LISTS.get(name) ?? name;
    // "SUMMARY,Elapsed=…" has its name alone, "POOL=0,URL=…" and "STATUS=S,…" with a value.
    const fields = first.includes("=") ? [first, ...rest] : rest;
    const members = lists.get(list) ?? [];
    members.push(Object.fromEntries(fields.map(pairOf)));
    lists.set(list, members);
  }
  // The check of the status is the other form's.
  return cgminer(Buffer.from(JSON.stringify(Object.fromEntries(lists)), "utf8"));
}

function pairOf(field: string): [key: string, value: string] {
  const at = field.indexOf("=");
  const plain = (part: string): string => part.replaceAll(/\\(.)/g, "$1");
  return at < 0 ? [plain(field), ""] : [plain(field.slice(0, at)), plain(field.slice(at + 1))];
}
