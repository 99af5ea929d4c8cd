import type { Hex } from "./hex.ts";
import { compileStructHash, type Seal, type TypeTable } from "./typed-data.ts";

/** The newest sequence that a rig signed in one era. */
export interface EraHead {
  readonly era: number;
  readonly sequence: bigint;
}

/** The first word of a rig on every connection. Section 4 of docs/attestation.md. */
export interface Hello {
  readonly rig: Hex;
  readonly key: Hex;
  readonly coordinator: Hex;
  /** 32 random bytes, drawn anew by each start of the agent. */
  readonly instance: Hex;
  /** The era that this instance holds; 0 if none. */
  readonly era: number;
  /** The newest era of this rig that the last welcome named; 0 before any. */
  readonly newestEra: number;
  /** Digest of the coordinator's head as this rig last knew it; zero if none. */
  readonly base: Hex;
  /** Per era the last sequence it has signed, in order of era. */
  readonly signed: readonly EraHead[];
  /** 32 random bytes that the welcome must repeat. */
  readonly challenge: Hex;
}

/** The coordinator's answer to a hello. */
export interface Welcome {
  readonly rig: Hex;
  readonly challenge: Hex;
  /** The era granted; 0: not granted. */
  readonly era: number;
  readonly newestEra: number;
  readonly headSequence: bigint;
  /** Zero when the coordinator has nothing of this rig. */
  readonly headDigest: Hex;
  /** Sequences below the head that the coordinator does not have. */
  readonly missing: readonly bigint[];
  readonly windowSeconds: number;
  readonly settingsVersion: bigint;
  /** The coordinator's clock, Unix seconds. */
  readonly time: bigint;
  readonly beacon: Hex;
}

/** The coordinator's word that an attestation is committed to its ledger. */
export interface Receipt {
  readonly rig: Hex;
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  /** Unix seconds. */
  readonly receivedAt: bigint;
  readonly beacon: Hex;
}

/** The coordinator's word that an attestation is not in its ledger, and why. */
export interface Refusal {
  readonly rig: Hex;
  readonly era: number;
  readonly sequence: bigint;
  readonly digest: Hex;
  readonly code: RefusalCode;
}

/** Why an attestation is refused on arrival. Everything else is committed and receipted. */
export const REFUSAL_CODES = [
  "malformed",
  "too-large",
  "unknown-rig",
  "revoked-key",
  "frozen",
  "superseded",
  "bad-signature",
  "wrong-coordinator",
  "equivocation",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** An owner's word that a token has a fraction of a device (or of all of a rig's devices) for a range of windows. */
export interface Allocation {
  readonly owner: Hex;
  readonly rig: Hex;
  /** A device id; empty: each of the rig's devices. */
  readonly device: string;
  readonly algorithm: string;
  readonly collection: Hex;
  readonly tokenId: bigint;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** Unix seconds, inclusive; on the window grid. */
  readonly fromTime: bigint;
  /** Unix seconds, exclusive; on the window grid. */
  readonly toTime: bigint;
  /** H/s that were promised to the token; 0 if nothing was. */
  readonly promisedHashrate: bigint;
}

/** What a token's devices delivered in one epoch. Section 8 of docs/attestation.md. */
export interface PerformanceRecord {
  readonly epochStart: bigint;
  readonly epochEnd: bigint;
  readonly collection: Hex;
  readonly tokenId: bigint;
  readonly algorithm: string;
  readonly hashes: bigint;
  /** What windows of earlier epochs that came late add or take away. */
  readonly correction: bigint;
  readonly promisedHashes: bigint;
  readonly observedSeconds: bigint;
  readonly expectedSeconds: bigint;
  readonly energyJoules: bigint;
  readonly grade: number;
  readonly windowsCounted: number;
  readonly windowsExpected: number;
  readonly windowsRoot: Hex;
  readonly cumulativeHashes: bigint;
}

/** EIP-712 field order of everything but attestations, which have a file of their own. */
export const MESSAGE_TYPES = {
  EraHead: [
    ["uint32", "era"],
    ["uint64", "sequence"],
  ],
  Hello: [
    ["address", "rig"],
    ["address", "key"],
    ["address", "coordinator"],
    ["bytes32", "instance"],
    ["uint32", "era"],
    ["uint32", "newestEra"],
    ["bytes32", "base"],
    ["EraHead[]", "signed"],
    ["bytes32", "challenge"],
  ],
  Welcome: [
    ["address", "rig"],
    ["bytes32", "challenge"],
    ["uint32", "era"],
    ["uint32", "newestEra"],
    ["uint64", "headSequence"],
    ["bytes32", "headDigest"],
    ["uint64[]", "missing"],
    ["uint32", "windowSeconds"],
    ["uint64", "settingsVersion"],
    ["uint64", "time"],
    ["bytes32", "beacon"],
  ],
  Receipt: [
    ["address", "rig"],
    ["uint32", "era"],
    ["uint64", "sequence"],
    ["bytes32", "digest"],
    ["uint64", "receivedAt"],
    ["bytes32", "beacon"],
  ],
  Refusal: [
    ["address", "rig"],
    ["uint32", "era"],
    ["uint64", "sequence"],
    ["bytes32", "digest"],
    ["string", "code"],
  ],
  Allocation: [
    ["address", "owner"],
    ["address", "rig"],
    ["string", "device"],
    ["string", "algorithm"],
    ["address", "collection"],
    ["uint256", "tokenId"],
    ["uint64", "numerator"],
    ["uint64", "denominator"],
    ["uint64", "fromTime"],
    ["uint64", "toTime"],
    ["uint256", "promisedHashrate"],
  ],
  Record: [
    ["uint64", "epochStart"],
    ["uint64", "epochEnd"],
    ["address", "collection"],
    ["uint256", "tokenId"],
    ["string", "algorithm"],
    ["uint256", "hashes"],
    ["int256", "correction"],
    ["uint256", "promisedHashes"],
    ["uint64", "observedSeconds"],
    ["uint64", "expectedSeconds"],
    ["uint64", "energyJoules"],
    ["uint8", "grade"],
    ["uint32", "windowsCounted"],
    ["uint32", "windowsExpected"],
    ["bytes32", "windowsRoot"],
    ["uint256", "cumulativeHashes"],
  ],
} as const satisfies TypeTable;

interface Messages {
  Hello: Hello;
  Welcome: Welcome;
  Receipt: Receipt;
  Refusal: Refusal;
  Allocation: Allocation;
}

const HASHERS: { readonly [N in keyof Messages]: (value: Messages[N]) => Uint8Array } = {
  Hello: compileStructHash(MESSAGE_TYPES, "Hello"),
  Welcome: compileStructHash(MESSAGE_TYPES, "Welcome"),
  Receipt: compileStructHash(MESSAGE_TYPES, "Receipt"),
  Refusal: compileStructHash(MESSAGE_TYPES, "Refusal"),
  Allocation: compileStructHash(MESSAGE_TYPES, "Allocation"),
};

/** The EIP-712 digest of a message other than an attestation. Throws a RangeError where a value does not fit its type. */
export function messageDigest<N extends keyof Messages>(
  seal: Seal,
  name: N,
  message: Messages[N],
): Hex {
  return seal(HASHERS[name](message));
}
