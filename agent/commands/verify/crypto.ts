import {
  AbiCoder,
  concat,
  keccak256,
  recoverAddress,
  TypedDataEncoder,
  type TypedDataField,
  ZeroHash,
} from "ethers";
import { ATTESTATION_TYPES } from "../../../proto/attestation.ts";
import { MESSAGE_TYPES } from "../../../proto/messages.ts";
import type { TypeTable } from "../../../proto/typed-data.ts";
import type { Bundle, CountedRow, DeviceRow, PerformanceRecord } from "./bundle.ts";

// Everything here is ethers' own: a check by the code that made the digests would prove little.

type Domain = Bundle["domain"];
type EthersTypes = Record<string, TypedDataField[]>;

function ethersTypes(table: TypeTable, names: readonly string[]): EthersTypes {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (table[name] ?? []).map(([type, field]) => ({ type, name: field })),
    ]),
  );
}

const ATTESTATION = ethersTypes(ATTESTATION_TYPES, ["Attestation", "Device"]);
const DEVICE = ethersTypes(ATTESTATION_TYPES, ["Device"]);
const SIGNED = {
  Receipt: ethersTypes(MESSAGE_TYPES, ["Receipt"]),
  Allocation: ethersTypes(MESSAGE_TYPES, ["Allocation"]),
};

/** The digest that a rig signs. */
export function attestationDigest(domain: Domain, statement: object): string {
  return TypedDataEncoder.hash(domain, ATTESTATION, statement);
}

/** The digest of a receipt or an allocation. */
export function signedDigest(domain: Domain, name: keyof typeof SIGNED, message: object): string {
  return TypedDataEncoder.hash(domain, SIGNED[name], message);
}

/** Who signed, in lower case; undefined where the signature is none. */
export function signer(digest: string, signature: string): string | undefined {
  try {
    return recoverAddress(digest, signature).toLowerCase();
  } catch {
    // ethers throws for a high s and for a point off the curve: signed by nobody.
    return undefined;
  }
}

const coder = AbiCoder.defaultAbiCoder();
const leaf = (types: readonly string[], values: readonly unknown[]): string =>
  keccak256(keccak256(coder.encode([...types], [...values])));

/** The standard leaf of a record. */
export function recordLeaf(record: PerformanceRecord): string {
  const fields: Record<string, unknown> = { ...record };
  return leaf(
    MESSAGE_TYPES.Record.map(([type]) => type),
    MESSAGE_TYPES.Record.map(([, name]) => fields[name]),
  );
}

/** The standard leaf of a counted row. */
export function rowLeaf({ digest, numerator, denominator }: CountedRow, device: DeviceRow): string {
  const struct = TypedDataEncoder.hashStruct("Device", DEVICE, device);
  return leaf(
    ["bytes32", "bytes32", "uint256", "uint256"],
    [digest, struct, numerator, denominator],
  );
}

const pair = (a: string, b: string): string => keccak256(concat(a < b ? [a, b] : [b, a]));

/** The root that a leaf and its siblings lead to. */
export function rootOf(leafHash: string, proof: readonly string[]): string {
  return proof.reduce(pair, leafHash);
}

/** The root of OpenZeppelin's standard tree over leaves; zero without any. */
export function treeRoot(leaves: readonly string[]): string {
  const sorted = [...leaves].sort();
  const size = Math.max(0, 2 * sorted.length - 1);
  const nodes = new Array<string>(size);
  for (const [i, hash] of sorted.entries()) nodes[size - 1 - i] = hash;
  for (let i = size - 1 - sorted.length; i >= 0; i -= 1) {
    nodes[i] = pair(nodes[2 * i + 1] as string, nodes[2 * i + 2] as string);
  }
  return nodes[0] ?? ZeroHash;
}
