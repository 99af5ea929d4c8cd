import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { RigError } from "../core/errors.ts";
import { parseYaml } from "./yaml.ts";

/** Text that takes the place of the characters from one offset up to another. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

interface Entry {
  readonly name: string;
  readonly driver: string;
  readonly address: string;
}

/** The text with edits that do not overlap made in it. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.from - a.from || b.to - a.to)
    .reduce((made, edit) => made.slice(0, edit.from) + edit.text + made.slice(edit.to), text);
}

/** A value as it is written: without quotes where it stands on its own line and means the same without. */
export function inBlockOrFlow(value: string, isInFlow: boolean): string {
  const isPlain = !isInFlow && /^\w[\w.:/-]*$/.test(value) && parseYaml(value).toJS() === value;
  return isPlain ? value : JSON.stringify(value);
}

/** What puts entries behind those that `devices` has, in the manner in which they are written. */
export function editsToAdd(text: string, top: YAMLMap, added: readonly Entry[]): Edit[] {
  if (added.length === 0) return [];
  const pair = top.items.find(({ key }) => isScalar(key) && key.value === "devices") as
    | Pair<Node, Node | null>
    | undefined;
  if (pair === undefined) return [newList(text, top, added)];
  const { key, value } = pair;
  if (!isSeq(value)) return intoNothing(text, top, key, value, added);
  if (value.flow !== true) return [belowLast(text, value, added)];
  const last = value.items.at(-1) as Node | undefined;
  if (last !== undefined) return [insert(rangeOf(last)[1], `, ${inFlow(added)}`)];
  const [from, to] = rangeOf(value);
  // `devices: []` in one line would put every device behind it.
  const canBeBlock = top.flow !== true && /^\[\s*\]$/.test(text.slice(from, to));
  if (canBeBlock && value.anchor === undefined) return intoNothing(text, top, key, value, added);
  return [insert(from + 1, inFlow(added))];
}

const insert = (at: number, text: string): Edit => ({ from: at, to: at, text });

function rangeOf({ range }: Node): readonly [start: number, valueEnd: number, nodeEnd: number] {
  if (!range) throw new RigError("bug", "a parsed node has no place in its text");
  return range;
}

/** A list where there is none yet: behind everything else. */
function newList(text: string, top: YAMLMap, added: readonly Entry[]): Edit {
  if (top.flow === true) {
    const last = top.items.at(-1) as Pair<Node, Node | null> | undefined;
    const at = last === undefined ? rangeOf(top)[0] + 1 : rangeOf(last.value ?? last.key)[1];
    return insert(at, `${last === undefined ? "" : ", "}"devices": [${inFlow(added)}]`);
  }
  const end = endOf(top);
  // Three dots end a document, and what is behind them is not of it.
  const dots = text.slice(end).search(/^\.\.\.(\s|$)/m);
  const at = dots === -1 ? text.length : end + dots;
  const indent = " ".repeat(columnOf(text, rangeOf(top)[0]));
  const list = [`${indent}devices:`, ...inBlock(added, `${indent}  `)];
  return insertLines(text, at, list);
}

/** Entries below a `devices:` that holds nothing, before the comments that follow it. */
function intoNothing(
  text: string,
  top: YAMLMap,
  key: Node,
  value: Node | null,
  added: readonly Entry[],
): Edit[] {
  const [keyFrom, keyTo] = rangeOf(key);
  const [from, to] = value === null ? [keyTo, keyTo] : rangeOf(value);
  if (top.flow === true) return [{ from, to, text: ` [${inFlow(added)}]` }];
  const indent = " ".repeat(columnOf(text, keyFrom) + 2);
  const below = insertLines(text, nextLine(text, keyTo), inBlock(added, indent));
  if (from === to) return [below];
  const blanks = /[ \t]*$/.exec(text.slice(0, from))?.[0].length ?? 0;
  return [{ from: from - blanks, to, text: "" }, below];
}

function belowLast(text: string, devices: YAMLSeq, added: readonly Entry[]): Edit {
  const column = columnOf(text, rangeOf(devices)[0]);
  const at = pastOwnComments(text, nextLine(text, endOf(devices)), column);
  return insertLines(text, at, inBlock(added, " ".repeat(column)));
}

/** Behind the comments that are indented as the last entry's own lines are. */
function pastOwnComments(text: string, at: number, column: number): number {
  const comment = /( *)#[^\n]*(?:\n|$)/y;
  comment.lastIndex = at;
  let end = at;
  for (let found = comment.exec(text); found !== null; found = comment.exec(text)) {
    if ((found[1] as string).length <= column) return end;
    end = comment.lastIndex;
  }
  return end;
}

/** Where the last thing that is written of a node ends; a block's own range takes comments in. */
function endOf(node: Node): number {
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1) as Node | undefined;
    if (last !== undefined) return endOf(last);
  }
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1) as Pair<Node, Node | null> | undefined;
    if (last !== undefined) return endOf(last.value ?? last.key);
  }
  return rangeOf(node)[1];
}

/** The start of the line after the one that a thing ends on; a block scalar ends with its line. */
function nextLine(text: string, end: number): number {
  if (text[end - 1] === "\n") return end;
  const feed = text.indexOf("\n", end);
  return feed === -1 ? text.length : feed + 1;
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf("\n", at - 1) + 1);
}

/** Whole lines, ended as those of the file are; its last one may have no end. */
function insertLines(text: string, at: number, lines: readonly string[]): Edit {
  const end = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  const isCut = at > 0 && text[at - 1] !== "\n";
  return insert(at, isCut ? end + lines.join(end) : lines.map((line) => line + end).join(""));
}

function inBlock(added: readonly Entry[], indent: string): string[] {
  return added.flatMap(({ name, driver, address }) => [
    `${indent}- name: ${inBlockOrFlow(name, false)}`,
    `${indent}  driver: ${inBlockOrFlow(driver, false)}`,
    `${indent}  address: ${inBlockOrFlow(address, false)}`,
  ]);
}

function inFlow(added: readonly Entry[]): string {
  return added
    .map(({ name, driver, address }) => {
      const members = { name, driver, address };
      const written = Object.entries(members).map(
        ([key, value]) => `${key}: ${JSON.stringify(value)}`,
      );
      return `{ ${written.join(", ")} }`;
    })
    .join(", ");
}
