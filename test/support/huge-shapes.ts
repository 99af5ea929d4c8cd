import { isRecord } from "../../agent/drivers/pointer.ts";

const text = (reply: Uint8Array): string => Buffer.from(reply).toString("utf8");
const filled = (unit: string, bytes: number): string =>
  unit.repeat(Math.max(1, Math.floor(bytes / Math.max(1, Buffer.byteLength(unit)))));

function parsed(reply: Uint8Array): unknown {
  try {
    return JSON.parse(text(reply).replace(/\0+$/, ""));
  } catch {
    // A reply that is no JSON is only ever repeated as a whole.
    return undefined;
  }
}

/** Replies of one byte, one bracket or one word over and over, by what they are. */
export function monotonous(bytes: number): Record<string, Buffer> {
  const units = [
    "[",
    '{"a":',
    "9",
    '"',
    "\\",
    " ",
    "\0",
    ",",
    "|",
    ";",
    "=",
    "\n",
    ":",
    "<a>",
    "é",
  ];
  const wrapped = {
    "empty arrays": `[${filled("[],", bytes - 4)}[]]`,
    "one number": `[${filled("9", bytes - 2)}]`,
    "one string": `["${filled("a", bytes - 4)}"]`,
    "one string of brackets": `["${filled("[{", bytes - 4)}"]`,
    "one string never closed": `["${filled("a\\", bytes)}`,
    "numbers with a dot each": `[${filled("1.5,", bytes - 3)}1]`,
    "missing commas": `{"STATUS":[{"STATUS":"S"}${filled('{"a":1}', bytes - 30)}]}`,
    "keys and values": `${filled("AB=12,CD=3.4|", bytes)}`,
    "bracketed words": `{"a":"${filled("Ver[x] T[1 2] ", bytes - 8)}"}`,
  };
  const all = {
    ...Object.fromEntries(
      units.map((unit) => [`only ${JSON.stringify(unit)}`, filled(unit, bytes)]),
    ),
    ...wrapped,
  };
  return Object.fromEntries(Object.entries(all).map(([what, made]) => [what, Buffer.from(made)]));
}

/** A device's reply blown up: as a whole, its lists, its texts, and its numbered keys. */
export function inflated(reply: Uint8Array, bytes: number): Record<string, Buffer> {
  const whole = Buffer.from(filled(text(reply), bytes));
  const doc = parsed(reply);
  if (doc === undefined) return { "over and over": whole };
  const size = Math.max(1, reply.length);
  const times = Math.max(2, Math.floor(bytes / size));
  return Object.fromEntries(
    Object.entries({
      "with long lists": grown(
        doc,
        (list) => many(list, times),
        (word) => word,
      ),
      "with long texts": grown(
        doc,
        (list) => list,
        (word) => filled(word, Math.floor(bytes / stringsIn(doc))),
      ),
      "with many numbered keys": numbered(doc, bytes),
    })
      .map(([what, made]) => [what, Buffer.from(JSON.stringify(made))] as const)
      .map(([what, made]) => [what, made.length > bytes ? made.subarray(0, bytes) : made] as const)
      .concat([["over and over", whole]]),
  );
}

/** How much of a list goes on, so that what holds lists in lists does not grow beyond all bounds. */
const MOST_ELEMENTS = 20_000;

function many(list: readonly unknown[], times: number): unknown[] {
  const wanted = Math.min(MOST_ELEMENTS, list.length * times);
  return Array.from({ length: wanted }, (_, at) => list[at % list.length]);
}

const stringsIn = (doc: unknown): number => Math.max(1, JSON.stringify(doc).split(':"').length - 1);

function grown(
  doc: unknown,
  ofList: (list: readonly unknown[]) => readonly unknown[],
  ofText: (word: string) => string,
): unknown {
  if (typeof doc === "string") return doc === "" ? "" : ofText(doc);
  // The outermost list only: each of its elements is the same object, which costs nothing until it is written.
  if (Array.isArray(doc))
    return ofList(doc.map((element) => grown(element, (list) => list, ofText)));
  if (!isRecord(doc)) return doc;
  return Object.fromEntries(
    Object.entries(doc).map(([key, value]) => [key, grown(value, ofList, ofText)]),
  );
}

/** Every key with a number in it, and the same with very many other numbers. */
function numbered(doc: unknown, bytes: number): unknown {
  if (Array.isArray(doc)) return doc.map((element) => numbered(element, bytes / doc.length));
  if (!isRecord(doc)) return doc;
  const entries = Object.entries(doc).map(
    ([key, value]) => [key, numbered(value, bytes / Object.keys(doc).length)] as const,
  );
  const [first] = entries.filter(([key]) => /\d/.test(key));
  if (first === undefined) return Object.fromEntries(entries);
  const [key, value] = first;
  const count = Math.floor(bytes / (key.length + JSON.stringify(value).length + 8));
  const more = Array.from({ length: Math.min(MOST_ELEMENTS, count) }, (_, at) => [
    key.replace(/\d+/, String(at)),
    value,
  ]);
  return Object.fromEntries([...more, ...entries]);
}
