import {
  type Document,
  type DocumentOptions,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParseOptions,
  parseDocument,
  Scalar,
  type SchemaOptions,
  visit,
} from "yaml";
import type { SettingPath, SettingsFault } from "./faults.ts";
import { showPath } from "./faults.ts";

/** Where a setting stands in the file, counted from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** A settings file as plain values, with the places they came from. */
export interface ReadYaml {
  /** Undefined when the file is empty or so broken that nothing can be said of its settings. */
  readonly value: unknown;
  readonly faults: readonly SettingsFault[];
  /** Place of a setting; where it is missing, of what should hold it. */
  placeOf(path: SettingPath): Place | undefined;
  /** Place of a key itself, for keys that should not be there. */
  placeOfKey(path: SettingPath): Place | undefined;
}

const MAX_ALIASES = 20;

// Our own words: the parser's messages quote the file, and with it a password that was not put in quotes.
const SYNTAX: Readonly<Record<string, string>> = {
  BAD_ALIAS: "a * at the start makes a YAML alias; put such text in quotes",
  BAD_INDENT: "the indentation does not fit, or a bracket is not closed",
  BLOCK_AS_IMPLICIT_KEY: "a second `key: value` on one line; put text with a colon in quotes",
  DUPLICATE_KEY: "this key is there twice",
  KEY_OVER_1024_CHARS: "a key is far too long",
  MISSING_CHAR: "a character is missing here, such as a closing quote, a bracket or a colon",
  MULTIPLE_DOCS: "a second YAML document starts here; one file holds one",
  NON_STRING_KEY: "a key is no text",
  RESOURCE_EXHAUSTION: "is nested too deeply",
  TAB_AS_INDENT: "a tab is used for indentation; use blanks",
  TAG_RESOLVE_FAILED: "a ! at the start makes a YAML tag; put such text in quotes",
};

/** How a settings file is parsed, be it read or edited: addresses and salts may stand without quotes, 0x… stays text. */
const PARSING: ParseOptions & DocumentOptions & SchemaOptions = {
  prettyErrors: false,
  stringKeys: true,
  logLevel: "error",
  customTags: (tags) => tags.filter((tag) => typeof tag === "string" || tag.format !== "HEX"),
};

/** The text as a document of nodes with their places in it, faults and all. */
export function parseYaml(text: string, lineCounter?: LineCounter): Document.Parsed {
  return parseDocument(text, lineCounter === undefined ? PARSING : { ...PARSING, lineCounter });
}

/** Reads YAML 1.2. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const document = parseYaml(text, lines);
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const faults = syntaxFaults(document, placeAt);
  const usable = faults.every((fault) => fault.goesOn);
  const aliases = usable ? strikeBadAliases(document, placeAt) : [];
  const plain = usable ? toPlain(document) : { value: undefined };
  const nodePlace = (node: unknown): Place | undefined => {
    const range = (node as Node | undefined)?.range;
    return range ? placeAt(range[0]) : undefined;
  };
  return {
    value: plain.value,
    faults: [
      ...faults.map(({ goesOn: _, ...fault }) => fault),
      ...aliases,
      ...(plain.fault ? [plain.fault] : []),
    ],
    placeOf: (path) => nodePlace(nearest(document, path)),
    placeOfKey: (path) => nodePlace(keyNode(document, path) ?? nearest(document, path)),
  };
}

function syntaxFaults(
  document: Document,
  placeAt: (offset: number) => Place,
): (SettingsFault & { goesOn: boolean })[] {
  const all = [...document.errors, ...document.warnings];
  // A file nested thousands deep gives a fault for every level.
  const deep = all.find((error) => error.code === "RESOURCE_EXHAUSTION");
  return (deep ? [deep] : all).map((error) => ({
    path: "",
    ...placeAt(error.pos[0]),
    message: SYNTAX[error.code] ?? `is not well-formed YAML here (${error.code})`,
    goesOn: error.code === "DUPLICATE_KEY" || error.code === "TAG_RESOLVE_FAILED",
  }));
}

/** Puts empty text in the place of each alias that names no anchor, and says where they were. */
function strikeBadAliases(document: Document, placeAt: (offset: number) => Place): SettingsFault[] {
  const faults: SettingsFault[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      const stand = new Scalar("");
      stand.range = alias.range ?? null;
      const place = alias.range ? placeAt(alias.range[0]) : {};
      faults.push({ path: "", ...place, message: SYNTAX["BAD_ALIAS"] as string });
      return stand;
    },
  });
  return faults;
}

function toPlain(document: Document): { value: unknown; fault?: SettingsFault } {
  try {
    return { value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    // What the parser throws here, it throws against files made to exhaust memory.
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return { value: undefined, fault: { path: "", message: "uses YAML aliases far too often" } };
  }
}

function child(document: Document, node: unknown, step: string | number): unknown {
  const held = isAlias(node) ? node.resolve(document) : node;
  if (isMap(held)) return held.get(String(step), true);
  if (isSeq(held) && typeof step === "number") return held.get(step, true);
  return undefined;
}

/** The node at a path, or the deepest there is on the way. */
function nearest(document: Document, path: SettingPath): unknown {
  let node: unknown = document.contents;
  for (const step of path) {
    const next = child(document, node, step);
    if (next === undefined || next === null) return node;
    node = next;
  }
  return node;
}

function keyNode(document: Document, path: SettingPath): unknown {
  let node: unknown = document.contents;
  for (const step of path.slice(0, -1)) node = child(document, node, step);
  const held = isAlias(node) ? node.resolve(document) : node;
  if (!isMap(held)) return undefined;
  return held.items.find((pair) => isScalar(pair.key) && pair.key.value === path.at(-1))?.key;
}

/** A fault at a path, with its place. */
export function faultAt(
  yaml: ReadYaml,
  path: SettingPath,
  message: string,
  at: "value" | "key" = "value",
): SettingsFault {
  const place = at === "key" ? yaml.placeOfKey(path) : yaml.placeOf(path);
  return { path: showPath(path), ...place, message };
}
