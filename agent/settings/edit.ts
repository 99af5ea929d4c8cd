import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  visit,
  type YAMLMap,
} from "yaml";
import { RigError } from "../core/errors.ts";
import { type Edit, editsToAdd, inBlockOrFlow, withEdits } from "./edit-text.ts";
import { parseYaml, readYaml } from "./yaml.ts";

/** A device to be written into a settings file. */
export interface NewDevice {
  readonly name: string;
  readonly driver: string;
  readonly address: string;
}

/** A device of the file that was found at another address. */
export interface MovedDevice {
  readonly name: string;
  readonly address: string;
}

/** A settings file's text after an edit, and what could not be changed in it. */
export interface Edited {
  readonly text: string;
  readonly refused: readonly { readonly name: string; readonly why: string }[];
}

const BOM = "\uFEFF";

/**
 * The text of a settings file with devices added and addresses changed. Text is put in where it belongs and nothing else
 * is touched: every comment, every line ending and the spelling of every other value stay. An address that several
 * entries share is not changed. Throws `settings-invalid` where the file is not YAML with a list of devices, or is
 * written in a way in which the change would alter anything else.
 */
export function withDevices(
  text: string,
  added: readonly NewDevice[],
  moved: readonly MovedDevice[],
): Edited {
  if (added.length + moved.length === 0) return { text, refused: [] };
  if (text.startsWith(BOM)) {
    const { text: rest, refused } = withDevices(text.slice(1), added, moved);
    return { text: BOM + rest, refused };
  }
  const before = readYaml(text);
  const document = parseYaml(text);
  if (before.faults.length > 0 || !isMap(document.contents))
    throw faulty("the file is no YAML mapping");
  const present = document.contents.get("devices", true) ?? null;
  if (!isSeq(present) && !(isScalar(present) && present.value === null) && present !== null)
    throw faulty("`devices` is no list");
  const refused: { name: string; why: string }[] = [];
  const edits: Edit[] = [];
  const done: MovedDevice[] = [];
  for (const move of moved) {
    const outcome = editToMove(document, present, move);
    if ("why" in outcome) refused.push({ name: move.name, why: outcome.why });
    else {
      edits.push(outcome);
      done.push(move);
    }
  }
  edits.push(...editsToAdd(text, document.contents, added));
  const edited = withEdits(text, edits);
  if (!saysThat(edited, asChanged(before.value, added, done)))
    throw faulty("the list of devices is written in a way that only a person should change");
  return { text: edited, refused };
}

const faulty = (why: string): RigError =>
  new RigError("settings-invalid", `${why}: nothing was written`);

/** Where the address of one device stands, and what is to stand there. */
function editToMove(
  document: Document,
  devices: unknown,
  { name, address }: MovedDevice,
): Edit | { readonly why: string } {
  const entries = isSeq(devices) ? devices.items : [];
  const held = entries.find(
    (entry) => isMap(real(document, entry)) && nameOf(document, entry) === name,
  );
  const device = real(document, held);
  if (!isMap(device)) throw faulty(`there is no device ${name}`);
  const value = device.get("address", true);
  if (!isScalar(value) && !isAlias(value)) return { why: "its entry names no address" };
  const whole = [devices, device, value];
  if (isAlias(held) || whole.some((node) => isShared(document, node)))
    return { why: "its address is shared with another entry by a YAML anchor" };
  const { range } = value;
  if (!range) throw new RigError("bug", "a parsed node has no place in its text");
  const isPlain = isAlias(value) || value.type === "PLAIN";
  const isInFlow = device.flow === true || !isPlain;
  return { from: range[0], to: range[1], text: inBlockOrFlow(address, isInFlow) };
}

function real(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function nameOf(document: Document, entry: unknown): unknown {
  const name = real(document, (real(document, entry) as YAMLMap).get("name", true));
  return isScalar(name) ? name.value : undefined;
}

/** True where the text names the node and speaks of it again elsewhere. */
function isShared(document: Document, node: unknown): boolean {
  const { anchor } = node as Node & { anchor?: string };
  if (anchor === undefined || isAlias(node)) return false;
  let shared = false;
  visit(document, {
    Alias: (_key, { source }) => {
      shared ||= source === anchor;
    },
  });
  return shared;
}

/** The file's plain values as they should be after the edit. */
function asChanged(
  before: unknown,
  added: readonly NewDevice[],
  moved: readonly MovedDevice[],
): unknown {
  const top = before as { readonly devices?: readonly { readonly name?: unknown }[] | null };
  const devices = (top.devices ?? []).map((device) => {
    const move = moved.find(({ name }) => name === device?.name);
    return move === undefined ? device : { ...device, address: move.address };
  });
  const all = [
    ...devices,
    ...added.map(({ name, driver, address }) => ({ name, driver, address })),
  ];
  return all.length === 0 ? before : { ...top, devices: all };
}

function saysThat(text: string, value: unknown): boolean {
  const read = readYaml(text);
  return read.faults.length === 0 && isDeepStrictEqual(read.value, value);
}
