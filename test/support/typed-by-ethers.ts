import {
  recoverAddress,
  TypedDataEncoder,
  type TypedDataField,
  type Wallet,
  ZeroAddress,
} from "ethers";
import type { Hex } from "../../proto/hex.ts";

// Written down a second time on purpose: what is checked with these must not be read from the tables that made it.
const fields = (text: string): TypedDataField[] =>
  text.split(", ").map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { type, name };
  });

const DEVICE = fields(
  "string id, string algorithm, uint32 known, uint256 hashes, uint32 observedMilliseconds, uint32 samples, uint64 energyJoules, uint8 powerSource, int32 maxTemperatureMilliCelsius, uint64 sharesAccepted, uint64 sharesRejected, uint256 shareWork, uint32 doubts",
);
const ATTESTATION = fields(
  "address rig, address key, address coordinator, uint32 era, uint64 sequence, bytes32 previous, uint64 windowStart, uint64 windowEnd, uint32 flags, bytes32 beacon, bytes32 samplesRoot, bytes32 evidenceRoot, Device[] devices",
);
const WELCOME = fields(
  "address rig, bytes32 challenge, uint32 era, uint32 newestEra, uint64 headSequence, bytes32 headDigest, uint64[] missing, uint32 windowSeconds, uint64 settingsVersion, uint64 time, bytes32 beacon",
);
const RECEIPT = fields(
  "address rig, uint32 era, uint64 sequence, bytes32 digest, uint64 receivedAt, bytes32 beacon",
);
const REFUSAL = fields("address rig, uint32 era, uint64 sequence, bytes32 digest, string code");
const ALLOCATION = fields(
  "address owner, address rig, string device, string algorithm, address collection, uint256 tokenId, uint64 numerator, uint64 denominator, uint64 fromTime, uint64 toTime, uint256 promisedHashrate",
);
const RECORD = fields(
  "uint64 epochStart, uint64 epochEnd, address collection, uint256 tokenId, string algorithm, uint256 hashes, int256 correction, uint256 promisedHashes, uint64 observedSeconds, uint64 expectedSeconds, uint64 energyJoules, uint8 grade, uint32 windowsCounted, uint32 windowsExpected, bytes32 windowsRoot, uint256 cumulativeHashes",
);

const TYPES = {
  Attestation: { Attestation: ATTESTATION, Device: DEVICE },
  Welcome: { Welcome: WELCOME },
  Receipt: { Receipt: RECEIPT },
  Refusal: { Refusal: REFUSAL },
  Allocation: { Allocation: ALLOCATION },
};

export type SignedName = keyof typeof TYPES;

/** The chain in whose domain everything of these tests is signed. */
const domain = { name: "Rig Attestation", version: "1", chainId: 31_337n };

/** The EIP-712 digest of a message, by ethers alone. */
export function digestByEthers(name: SignedName, message: object): string {
  return TypedDataEncoder.hash(domain, TYPES[name], message);
}

/** Who signed a message, in lower case, by ethers alone; the zero address where the signature is none. */
export function signerByEthers(name: SignedName, message: object, signature: string): string {
  try {
    return recoverAddress(digestByEthers(name, message), signature).toLowerCase();
  } catch {
    return ZeroAddress;
  }
}

/** A message's signature by a wallet. */
export async function signedByEthers(
  wallet: Pick<Wallet, "signTypedData">,
  name: SignedName,
  message: object,
): Promise<Hex> {
  return (await wallet.signTypedData(domain, TYPES[name], { ...message })) as Hex;
}

/** hashStruct of a device row, by ethers alone. */
export function rowHashByEthers(row: object): string {
  return TypedDataEncoder.hashStruct("Device", { Device: DEVICE }, row);
}

/** Types of a record's fields in the order of its leaf. */
export const RECORD_LEAF = RECORD.map(({ type }) => type);

/** A record's fields in the order of its leaf. */
export function recordLeafValues(record: object): unknown[] {
  const held = record as Readonly<Record<string, unknown>>;
  return RECORD.map(({ name }) => held[name]);
}

/** Types of the leaf of one counted row: digest of the attestation, hash of the row, fraction. */
export const ROW_LEAF = ["bytes32", "bytes32", "uint256", "uint256"];
