import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { garbled } from "./text.ts";

/** A field of a message by what its value is; a record is the table of a message within. */
interface Field {
  readonly name: string;
  /** `wrapped`: an unsigned number in a message of its own, such as google.protobuf.UInt32Value. */
  readonly type: "double" | "unsigned" | "bool" | "text" | "wrapped" | Fields;
  /** Repeated: a list, also of one. */
  readonly many?: true;
  /** Declared `optional`: not there means not said, where it otherwise means 0 or empty. */
  readonly optional?: true;
}

/** The fields of a message that are read, by number. */
export type Fields = Readonly<Record<number, Field>>;

type Doc = Record<string, unknown>;

/** Far above what a miner says; a reply of nothing but the smallest fields would otherwise take seconds. */
const MAX_FIELDS = 20_000;

/** How many fields may still come, of all messages together. */
interface Budget {
  left: number;
}

/**
 * Decodes a message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) by a table of its fields. A
 * field that is not in the table is passed over. What a message within leaves out has its default, as proto3 has it; not so
 * the outermost, whose end nothing marks: one that was cut would say 0. Throws `driver-garbled`.
 */
export function protobuf(fields: Fields): (reply: Uint8Array) => object {
  return (reply) => {
    try {
      return messageOf(reply, fields, { left: MAX_FIELDS });
    } catch (cause) {
      const text = Buffer.from(reply.subarray(0, 20)).toString("hex");
      throw garbled("the reply is no such message", text, cause);
    }
  };
}

function messageOf(bytes: Uint8Array, fields: Fields, budget: Budget): Doc {
  const reader = new BinaryReader(bytes);
  const found: Doc = {};
  while (reader.pos < reader.len) {
    budget.left -= 1;
    if (budget.left < 0) throw new RangeError(`more than ${MAX_FIELDS} fields`);
    const [number, wire] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(wire, number);
    else put(found, field, readValue(reader, field, wire, budget));
  }
  return found;
}

function put(found: Doc, { name, many }: Field, value: unknown): void {
  if (!many) found[name] = value;
  else if (Array.isArray(found[name])) found[name].push(value);
  else found[name] = [value];
}

const WIRES = { double: WireType.Bit64, unsigned: WireType.Varint, bool: WireType.Varint } as const;

function readValue(
  reader: BinaryReader,
  { name, type }: Field,
  wire: WireType,
  budget: Budget,
): unknown {
  const wanted =
    type === "double" || type === "unsigned" || type === "bool"
      ? WIRES[type]
      : WireType.LengthDelimited;
  if (wire !== wanted) throw new RangeError(`field ${name} has wire type ${wire}`);
  if (type === "double") return reader.double();
  if (type === "unsigned") return unsigned(reader);
  if (type === "bool") return reader.bool();
  if (type === "text") return reader.string();
  const inner = type === "wrapped" ? WRAPPED : type;
  const message = withDefaults(messageOf(reader.bytes(), inner, budget), inner);
  return type === "wrapped" ? message["value"] : message;
}

const WRAPPED: Fields = { 1: { name: "value", type: "unsigned" } };

/** A number beyond 2^53 stays a text: rounded it would be another. */
function unsigned(reader: BinaryReader): number | string {
  const value = BigInt(reader.uint64());
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}

const DEFAULTS = { double: 0, unsigned: 0, bool: false, text: "" } as const;

function withDefaults(message: Doc, fields: Fields): Doc {
  for (const { name, type, many, optional } of Object.values(fields)) {
    if (name in message || optional) continue;
    if (many) message[name] = [];
    else if (typeof type === "string" && type !== "wrapped") message[name] = DEFAULTS[type];
  }
  return message;
}
