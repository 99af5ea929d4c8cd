import { isMakersName, isNumber, type MadeUp, saysNothing } from "./made-up.ts";
import { isFigure, isNumberPrivate, type Privacy, privacyOf } from "./private-names.ts";

/** `"name":`, also inside a string (`\"name\":`), and `name: "` or `name = "` of scripts. */
const HEAD =
  /(\\*)(["'])([^"'\\\r\n{}[\]:]{1,80})\1\2\s*:\s*|(?<![\w"'.-])([A-Za-z][\w .-]{0,40}?)\s*[:=]\s*(?=["'[])/g;
/** What may follow a string that ends; a quote before anything else was not escaped and belongs to the value. */
const AFTER = /\s*(?:[,}\]:"'{[|;)<\\\0]|$)/y;
/** What people call lists of GPUs is as often `Workers`. */
const GPU =
  /^(?:nvidia|amd|intel|geforce|radeon|[rg]tx|rx|arc|quadro|tesla)(?:\(r\))? [a-z\d ().+/-]*$/i;

/** A private member that is being read: `under` is what its name says, or the name of what it stands in. */
interface Member {
  readonly name: string;
  readonly privacy: Privacy;
  /** How many private ones it stands in. */
  readonly depth: number;
}

/** No device nests what is private deeper; what is deeper is replaced as a whole. */
const MAX_DEPTH = 16;

/**
 * Replaces the values of private members, whatever their type. Every head of a member is looked at by itself, so that
 * JSON that is broken, cut, or written into a string does no harm, and stays so.
 */
export function strikeMembers(text: string, made: MadeUp, under?: Member): string {
  let struck = "";
  let at = 0;
  let open = 0;
  for (;;) {
    HEAD.lastIndex = at;
    const head = HEAD.exec(text);
    if (head === null) return struck + text.slice(at);
    const begin = head.index + head[0].length;
    const before = text.slice(at, begin);
    open += before.match(/[[{]/g)?.length ?? 0;
    open -= before.match(/[\]}]/g)?.length ?? 0;
    const member = memberOf(head[3] ?? head[4] ?? "", open === 0 ? under : undefined);
    struck += before;
    at = begin;
    if (member === undefined) continue;
    const value = readValue(text, begin, head[1] ?? "");
    struck += strikeValue(value, member, made);
    at = value.end;
  }
}

/** What stands in a private object is private where its name is `name` or the like, beside what its own name says. */
function memberOf(name: string, under: Member | undefined): Member | undefined {
  const privacy = privacyOf(name);
  const depth = (under?.depth ?? 0) + 1;
  if (privacy !== undefined) return { name, privacy, depth };
  return under !== undefined && /^(?:name|id|label|alias|title|value|text|v)$/i.test(name)
    ? { name: "name", privacy: "secret", depth }
    : undefined;
}

type Kind = "string" | "bare" | "array" | "object" | "none";

interface Value {
  readonly kind: Kind;
  /** What encloses a string: its quote, with what escapes it. */
  readonly quote: string;
  /** Without quotes. */
  readonly body: string;
  /** What closes it; nothing where the text is cut. */
  readonly close: string;
  readonly end: number;
}

function readValue(text: string, at: number, escapes: string): Value {
  const first = text.charAt(at + escapes.length);
  if (text.startsWith(escapes, at) && (first === '"' || first === "'"))
    return readString(text, at, escapes + first);
  const opening = text.charAt(at);
  if (opening === "[" || opening === "{") {
    const end = endOf(text, at);
    const body = text.slice(at, end);
    return { kind: opening === "[" ? "array" : "object", quote: "", body, close: "", end };
  }
  const body = /[^\s,}\]\\"'[{]*/y;
  body.lastIndex = at;
  const [bare = ""] = body.exec(text) ?? [];
  return {
    kind: bare === "" ? "none" : "bare",
    quote: "",
    body: bare,
    close: "",
    end: at + bare.length,
  };
}

/** To the quote that ends it, and to the end of the text where it is cut. */
function readString(text: string, at: number, quote: string): Value {
  const begin = at + quote.length;
  const string = (end: number, close: string): Value => {
    const body = text.slice(begin, end);
    return { kind: "string", quote, body, close, end: end + close.length };
  };
  for (let end = text.indexOf(quote, begin); end >= 0; end = text.indexOf(quote, end + 1)) {
    const before = /\\*$/.exec(text.slice(Math.max(begin, end - 64), end))?.[0].length ?? 0;
    if (quote.length === 1 ? before % 2 === 1 : before > 0) continue;
    AFTER.lastIndex = end + quote.length;
    if (AFTER.test(text)) return string(end, quote);
  }
  return string(text.length, "");
}

/** Where an array or an object ends; the end of the text where it does not. */
function endOf(text: string, at: number): number {
  let depth = 0;
  for (let end = at; end < text.length; end++) {
    const char = text.charAt(end);
    if (char === '"') end = Math.max(end, readString(text, end, char).end - 1);
    else if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") depth--;
    if (depth === 0) return end + 1;
  }
  return text.length;
}

function strikeValue(value: Value, member: Member, made: MadeUp): string {
  const { kind, quote, body, close } = value;
  if (kind === "string") return `${quote}${strikeString(body, member, made)}${close}`;
  if (kind === "bare" || kind === "none") return strikeBare(body, member, made);
  if (member.depth > MAX_DEPTH) return `"${made.word(body)}"`;
  if (kind === "array") return strikeArray(body, member, made);
  return `${body.charAt(0)}${strikeMembers(body.slice(1), made, member)}`;
}

function strikeString(body: string, { name, privacy }: Member, made: MadeUp): string {
  if (privacy === "place") return made.place(body);
  if ((isFigure(name) && isNumber(body)) || (name === "name" && GPU.test(body))) return body;
  if (/host/i.test(name) && isMakersName(body)) return body;
  return made.secret(body);
}

/** Numbers that are private, and texts without quotes; `004` is no number in JSON, and some miners write it. */
function strikeBare(body: string, { name, privacy }: Member, made: MadeUp): string {
  if (privacy === "place" || saysNothing(body)) return body;
  if (isNumber(body)) return isNumberPrivate(name) ? made.number(body) : body;
  return made.secret(body);
}

/** The elements of an array, and of those in it, as if each were the member's value; objects in it are looked into. */
function strikeArray(text: string, member: Member, made: MadeUp): string {
  let struck = "[";
  for (let at = 1; at < text.length; ) {
    const [gap = ""] = /^[\s,[\]]*/.exec(text.slice(at, at + 4096)) ?? [];
    struck += gap;
    at += gap.length;
    if (at >= text.length) break;
    const escapes = /^\\*/.exec(text.slice(at, at + 16))?.[0] ?? "";
    const value = readValue(text, at, escapes);
    if (value.end === at) {
      struck += text.charAt(at);
      at++;
      continue;
    }
    struck += strikeValue(value, member, made);
    at = value.end;
  }
  return struck;
}
