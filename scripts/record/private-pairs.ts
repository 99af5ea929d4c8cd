import { isNumber, type MadeUp, saysNothing } from "./made-up.ts";
import { isNumberPrivate, privacyOf } from "./private-names.ts";

const PAIR = /(?<=^|[,;|&?{[("'\s\0])([A-Za-z][\w %.-]{0,40}?)=(?!\s*["'[{])/g;
/** What ends a value of `A=1;B=2|`: a sign behind which the next name stands, or nothing more. */
const END = /[,;|&](?=\s*(?:[A-Za-z][\w %.-]{0,40}[=[]|[A-Za-z]+\||$|[\s|\0]))|[\r\n\0]|$/g;
const BRACKETS = /\b([A-Za-z][A-Za-z0-9_ ]{0,20})\[([^\]\r\n"{[]*)(?=\]|$)/g;
const LINE = /^([ \t]*([A-Za-z][\w ./-]{0,40}?)[ \t]*:[ \t]+)([^\r\n]+)$/gm;
/** A cell with a name, up to what the next cell says. */
const CELL = />\s*([^<>]{1,60}?)\s*:?\s*(?:<[^<>]*>\s*)+/g;
const ELEMENT = /<([A-Za-z][\w.-]{0,40})(?:\s[^<>]*)?>([^<>]+)(?=<\/)/g;
const INPUT = /<[a-z]+\s[^<>]*>/gi;

/** Replaces private values that are told in another way than JSON: `NAME=value`, `NAME[value]`, lines, cells of a page. */
export function strikePairs(text: string, made: MadeUp): string {
  const isJson = /^\s*[[{]/.test(text);
  const struck = strikeEquals(text, made, isJson).replaceAll(
    BRACKETS,
    (whole, name: string, value: string) =>
      privacyOf(name) === "secret" ? `${name}[${struckValue(name, value, made)}` : whole,
  );
  if (isJson) return struck;
  return strikeTags(
    struck.replaceAll(
      LINE,
      (_, head: string, name: string, value: string) => head + struckValue(name, value, made),
    ),
    made,
  );
}

function strikeEquals(text: string, made: MadeUp, isJson: boolean): string {
  let struck = "";
  let at = 0;
  PAIR.lastIndex = 0;
  for (let head = PAIR.exec(text); head !== null; head = PAIR.exec(text)) {
    const [whole, name = ""] = head;
    const begin = head.index + whole.length;
    if (privacyOf(name) === undefined) continue;
    END.lastIndex = begin;
    let end = END.exec(text)?.index ?? text.length;
    // In a string of JSON the string's end is the value's.
    const quote = isJson ? text.slice(begin, end).search(/\\*"/) : -1;
    if (quote >= 0) end = begin + quote;
    struck += text.slice(at, begin) + struckValue(name, text.slice(begin, end), made);
    at = end;
    PAIR.lastIndex = Math.max(end, begin);
  }
  return struck + text.slice(at);
}

/** What a cell says is private where the cell before it is its name. */
function strikeCells(text: string, made: MadeUp): string {
  let struck = "";
  let at = 0;
  CELL.lastIndex = 0;
  for (let cell = CELL.exec(text); cell !== null; cell = CELL.exec(text)) {
    const [whole, name = ""] = cell;
    const begin = cell.index + whole.length;
    const value = /^[^<>]*/.exec(text.slice(begin, begin + 4096))?.[0] ?? "";
    // The next cell may be a name in its turn.
    CELL.lastIndex = Math.max(cell.index + 1, begin - 1);
    if (privacyOf(name) === undefined) continue;
    struck += text.slice(at, begin) + struckValue(name, value, made);
    at = begin + value.length;
    CELL.lastIndex = at;
  }
  return struck + text.slice(at);
}

function strikeTags(text: string, made: MadeUp): string {
  return strikeCells(text, made)
    .replaceAll(
      ELEMENT,
      (whole, name: string, value: string) =>
        whole.slice(0, whole.length - value.length) + struckValue(name, value, made),
    )
    .replaceAll(INPUT, (tag) => {
      const name = /\b(?:name|id)\s*=\s*["']?([\w.-]+)/i.exec(tag)?.[1] ?? "";
      return tag.replace(
        /(\bvalue\s*=\s*)(?:"([^"]*)"|'([^']*)')/i,
        (whole, head: string, double?: string, single?: string) => {
          const value = double ?? single ?? "";
          const quote = whole.charAt(head.length);
          return `${head}${quote}${struckValue(name, value, made)}${quote}`;
        },
      );
    });
}

function struckValue(name: string, value: string, made: MadeUp): string {
  const privacy = privacyOf(name);
  if (privacy === undefined || saysNothing(value)) return value;
  if (privacy === "place") return made.place(value);
  if (isNumber(value) && !isNumberPrivate(name)) return value;
  return made.secret(value);
}
