import { fromHex, type Hex, toHex } from "./hex.ts";
import { keccakBytes } from "./keccak.ts";

/** Fields of EIP-712 structs: struct name → [type, name] in signing order. */
export type TypeTable = Readonly<
  Record<string, readonly (readonly [type: string, name: string])[]>
>;

/** Writes one value as 32 bytes at `offset`. Throws a RangeError where the value does not fit the type. */
type WordWriter = (value: unknown, out: Buffer, offset: number) => void;

const UINT64_LIMIT = 1n << 64n;

function writeUint(bits: number): WordWriter {
  const limit = 1n << BigInt(bits);
  const small = 2 ** Math.min(bits, 32);
  return (value, out, offset) => {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value < small) {
      out.fill(0, offset, offset + 28);
      out.writeUInt32BE(value, offset + 28);
      return;
    }
    const number = typeof value === "bigint" ? value : BigInt(value as number);
    if (number < 0n || number >= limit) throw new RangeError(`${number} is no uint${bits}`);
    out.fill(0, offset, offset + 32);
    if (number < UINT64_LIMIT) out.writeBigUInt64BE(number, offset + 24);
    else out.write(number.toString(16).padStart(64, "0"), offset, 32, "hex");
  };
}

function writeInt(bits: number): WordWriter {
  const half = 1n << BigInt(bits - 1);
  const unsigned = writeUint(256);
  return (value, out, offset) => {
    const number = typeof value === "bigint" ? value : BigInt(value as number);
    if (number < -half || number >= half) throw new RangeError(`${number} is no int${bits}`);
    unsigned(BigInt.asUintN(256, number), out, offset);
  };
}

function writeFixed(length: number, leftPadded: boolean): WordWriter {
  return (value, out, offset) => {
    const bytes = fromHex(value as string, length);
    out.fill(0, offset, offset + 32);
    out.set(bytes, leftPadded ? offset + 32 - length : offset);
  };
}

// Device ids and algorithm names come again in every window: half the hashes of an attestation are of them.
const STRING_HASHES = new Map<string, Uint8Array>();
const MAX_STRING_HASHES = 32_768;
const MAX_KEPT_STRING = 64;

function hashString(text: string): Uint8Array {
  const known = STRING_HASHES.get(text);
  if (known !== undefined) return known;
  const hash = keccakBytes(Buffer.from(text, "utf8"));
  if (text.length > MAX_KEPT_STRING) return hash;
  if (STRING_HASHES.size >= MAX_STRING_HASHES) STRING_HASHES.clear();
  STRING_HASHES.set(text, hash);
  return hash;
}

const writeString: WordWriter = (value, out, offset) => {
  out.set(hashString(value as string), offset);
};

const writeBool: WordWriter = (value, out, offset) => {
  out.fill(0, offset, offset + 32);
  if (value === true) out[offset + 31] = 1;
};

/** The writer of an atomic type. ABI and EIP-712 agree on these but for strings, which EIP-712 hashes. */
export function atomicWriter(type: string): WordWriter {
  const [, kind, size] = /^(uint|int|bytes|address|string|bool)(\d*)$/.exec(type) ?? [];
  if (kind === "uint") return writeUint(Number(size));
  if (kind === "int") return writeInt(Number(size));
  if (kind === "bytes" && size !== "") return writeFixed(Number(size), false);
  if (kind === "address") return writeFixed(20, true);
  if (kind === "string") return writeString;
  if (kind === "bool") return writeBool;
  throw new TypeError(`no such type: ${type}`);
}

/** `encodeType` of EIP-712: the struct, then those it refers to in order of name. */
export function encodeType(types: TypeTable, name: string): string {
  const found = new Set<string>();
  const visit = (struct: string): void => {
    if (found.has(struct)) return;
    found.add(struct);
    for (const [type] of types[struct] ?? []) {
      const bare = type.replace("[]", "");
      if (bare in types) visit(bare);
    }
  };
  visit(name);
  found.delete(name);
  return [name, ...[...found].sort()]
    .map(
      (struct) => `${struct}(${(types[struct] ?? []).map((field) => field.join(" ")).join(",")})`,
    )
    .join("");
}

function arrayWriter(write: WordWriter): WordWriter {
  let scratch = Buffer.alloc(32 * 16);
  return (value, out, offset) => {
    const members = value as readonly unknown[];
    if (scratch.length < members.length * 32) scratch = Buffer.alloc(members.length * 64);
    for (let i = 0; i < members.length; i += 1) write(members[i], scratch, i * 32);
    out.set(keccakBytes(scratch.subarray(0, members.length * 32)), offset);
  };
}

function structWriter(types: TypeTable, name: string): WordWriter {
  const fields = (types[name] ?? []).map(([type, field]) => ({
    field,
    write: writerOf(types, type),
  }));
  const scratch = Buffer.alloc(32 * (fields.length + 1));
  scratch.set(keccakBytes(Buffer.from(encodeType(types, name), "utf8")), 0);
  return (value, out, offset) => {
    const struct = value as Readonly<Record<string, unknown>>;
    let at = 32;
    for (const { field, write } of fields) {
      write(struct[field], scratch, at);
      at += 32;
    }
    out.set(keccakBytes(scratch), offset);
  };
}

function writerOf(types: TypeTable, type: string): WordWriter {
  if (type.endsWith("[]")) return arrayWriter(writerOf(types, type.slice(0, -2)));
  return type in types ? structWriter(types, type) : atomicWriter(type);
}

/**
 * Compiles `hashStruct` of EIP-712 for one struct: the layout is fixed once, so that hashing allocates next to nothing.
 * The returned function throws a RangeError where a value does not fit its type. https://eips.ethereum.org/EIPS/eip-712
 */
export function compileStructHash<T extends object>(
  types: TypeTable,
  name: string,
): (value: T) => Uint8Array {
  const write = structWriter(types, name);
  return (value) => {
    const out = Buffer.alloc(32);
    write(value, out, 0);
    return out;
  };
}

/** Name and version of the EIP-712 domain in which everything of this protocol is signed. */
export const DOMAIN = { name: "Rig Attestation", version: "1" } as const;

const hashDomain = compileStructHash<{ name: string; version: string; chainId: bigint }>(
  {
    EIP712Domain: [
      ["string", "name"],
      ["string", "version"],
      ["uint256", "chainId"],
    ],
  },
  "EIP712Domain",
);

/** What turns a struct hash into the digest that is signed, for the domain of one chain. */
export type Seal = (structHash: Uint8Array) => Hex;

/** The seal of a chain id: keccak256(0x1901 ‖ domain separator ‖ struct hash). */
export function sealFor(chainId: bigint): Seal {
  const scratch = Buffer.alloc(66);
  scratch.writeUInt16BE(0x1901, 0);
  scratch.set(hashDomain({ ...DOMAIN, chainId }), 2);
  return (structHash) => {
    scratch.set(structHash, 34);
    return toHex(keccakBytes(scratch));
  };
}
