import type { Random } from "../simulate/model/random.ts";

/** Changes a text whose characters are bytes; `donor` is another reply. */
type Mutation = (text: string, random: Random, donor: string) => string;

const below = (random: Random, limit: number): number => Math.floor(random.next() * limit);

/** One of several, each as likely; there must be one. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[below(random, choices.length)] as T;
}

// Bytes on which decoders decide something.
const TELLING = ["\0", '"', ",", ":", "{", "}", "[", "]", "\\", "|", ";", "=", "\n", "9", "-", "."];
// Values at which programs have stumbled: sentinels, ends of ranges, other types, words for nothing.
const ODD_VALUES = [
  ..."0 -0 -1 1e308 -1e308 1e400 1e-320 65535 4294967295 18446744073709551615 -273 0x1f 007".split(
    " ",
  ),
  ...'NaN Infinity null true false [] {} [null] [[]] [{}] {"value":1} {"toString":1} {"valueOf":1}'.split(
    " ",
  ),
  ...'"" "N/A" "-" "1,234.5" "1e5" "\xd9\xa3" "0" "on" "\\u0000" "\\ud800"'.split(" "),
];
const ODD_KEYS = ["__proto__", "constructor", "length", "toString", "0", "", "a/b", "~0"];
const VALUE = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|"(?:[^"\\]|\\.)*"|true|false|null/gi;
const KEY = /"(?:[^"\\]|\\.)*"(?=\s*:)/g;

/** The first match behind a random place, from the beginning where there is none: no full scan of a long reply. */
function anyMatch(text: string, pattern: RegExp, random: Random): RegExpExecArray | undefined {
  pattern.lastIndex = below(random, text.length);
  const found = pattern.exec(text);
  if (found !== null) return found;
  pattern.lastIndex = 0;
  return pattern.exec(text) ?? undefined;
}

const replaced = (text: string, found: RegExpExecArray, by: string): string =>
  text.slice(0, found.index) + by + text.slice(found.index + found[0].length);

/** A stretch of a text; short ones more often, since long ones leave nothing to look at. */
function stretch(text: string, random: Random): readonly [from: number, to: number] {
  const from = below(random, text.length);
  const length = 1 + Math.floor(random.next() ** 3 * (text.length - from));
  return [from, from + length];
}

const MUTATIONS: readonly Mutation[] = [
  function flipBit(text, random) {
    const at = below(random, text.length);
    const flipped = text.charCodeAt(at) ^ (1 << below(random, 8));
    return text.slice(0, at) + String.fromCharCode(flipped) + text.slice(at + 1);
  },
  function tellingByte(text, random) {
    const at = below(random, text.length);
    return text.slice(0, at) + pick(random, TELLING) + text.slice(at + below(random, 2));
  },
  function cut(text, random) {
    return text.slice(0, below(random, text.length));
  },
  function remove(text, random) {
    const [from, to] = stretch(text, random);
    return text.slice(0, from) + text.slice(to);
  },
  function repeat(text, random) {
    const [from, to] = stretch(text, random);
    return text.slice(0, to) + text.slice(from, to).repeat(1 + below(random, 3)) + text.slice(to);
  },
  function splice(text, random, donor) {
    const [from, to] = stretch(text, random);
    const [begin, end] = stretch(donor, random);
    return text.slice(0, from) + donor.slice(begin, end) + text.slice(to);
  },
  function swapValues(text, random) {
    const one = anyMatch(text, VALUE, random);
    const other = anyMatch(text, VALUE, random);
    if (one === undefined || other === undefined) return text;
    const [first, second] = one.index <= other.index ? [one, other] : [other, one];
    return replaced(replaced(text, second, first[0]), first, second[0]);
  },
  function oddValue(text, random) {
    const found = anyMatch(text, VALUE, random);
    return found === undefined ? text : replaced(text, found, pick(random, ODD_VALUES));
  },
  function oddDigits(text, random) {
    const found = anyMatch(text, /\d+/g, random);
    const digits = String(Math.floor(random.exponential() * 10 ** below(random, 18)));
    return found === undefined ? text : replaced(text, found, digits);
  },
  function oddKey(text, random) {
    const found = anyMatch(text, KEY, random);
    const other = anyMatch(text, KEY, random)?.[0] ?? '""';
    const key = random.next() < 0.5 ? other : JSON.stringify(pick(random, ODD_KEYS));
    return found === undefined ? text : replaced(text, found, key);
  },
  function nest(text, random) {
    const found = anyMatch(text, VALUE, random);
    if (found === undefined) return text;
    const depth = 1 + below(random, random.next() < 0.02 ? 20_000 : 5);
    const [open, close] = pick(random, [
      ["[", "]"],
      ['{"0":', "}"],
    ] as const);
    return replaced(text, found, open.repeat(depth) + found[0] + close.repeat(depth));
  },
];

/** A reply put through one to four changes. Bytes are characters of the same number on both sides. */
export function mutate(text: string, random: Random, donor: string): string {
  let changed = text;
  const times = 1 + below(random, 4);
  for (let time = 0; time < times && changed.length > 0; time += 1)
    changed = pick(random, MUTATIONS)(changed, random, donor.length > 0 ? donor : text);
  return changed;
}
