import type { Hex } from "./hex.ts";
import { compileStructHash, type Seal, type TypeTable } from "./typed-data.ts";

/** One device and algorithm in one window. Field by field as in docs/attestation.md, section 2. */
export interface DeviceRow {
  /** `gpu:`, `asic:` or `host:` and 32 hex digits. */
  readonly id: string;
  /** A name of `algorithms.ts`; empty if none. */
  readonly algorithm: string;
  /** Which of the following are known (`KNOWN`); an unknown one is 0. */
  readonly known: number;
  readonly hashes: bigint;
  /** Time of the window for which samples stand. */
  readonly observedMilliseconds: number;
  readonly samples: number;
  readonly energyJoules: bigint;
  /** A value of `POWER_SOURCE`. */
  readonly powerSource: number;
  readonly maxTemperatureMilliCelsius: number;
  readonly sharesAccepted: bigint;
  readonly sharesRejected: bigint;
  /** Sum over accepted shares of difficulty × hashes per difficulty-1 share. */
  readonly shareWork: bigint;
  /** What the agent itself doubts (`DOUBT`). */
  readonly doubts: number;
}

/** What a closed window says, before it has a place in the chain. */
export interface Statement {
  /** Unix seconds, inclusive. */
  readonly windowStart: bigint;
  /** Unix seconds, exclusive. */
  readonly windowEnd: bigint;
  /** `FLAG` bits. */
  readonly flags: number;
  readonly samplesRoot: Hex;
  readonly evidenceRoot: Hex;
  readonly devices: readonly DeviceRow[];
}

/** A statement with its place: what is digested and signed. */
export interface Attestation extends Statement {
  readonly rig: Hex;
  readonly key: Hex;
  readonly coordinator: Hex;
  readonly era: number;
  readonly sequence: bigint;
  readonly previous: Hex;
  readonly beacon: Hex;
}

/** An attestation and 65 bytes of signature (r, s, v) in hex. */
export interface SignedAttestation {
  readonly attestation: Attestation;
  readonly signature: Hex;
}

export const KNOWN = {
  hashes: 1,
  energy: 2,
  temperature: 4,
  accepted: 8,
  rejected: 16,
  work: 32,
} as const;
export const FLAG = { clock: 1, firstAfterStart: 2, shed: 4, afterLoss: 8 } as const;
export const DOUBT = {
  frozen: 1,
  workDisagrees: 2,
  boardsDisagree: 4,
  deadChips: 8,
  efficiency: 16,
  unitInferred: 32,
  identityChanged: 64,
  unproven: 128,
} as const;
/** Where power was measured. Firmware that does not say gives `unknown`. */
export const POWER_SOURCE = { unknown: 0, input: 1, output: 2, estimate: 3 } as const;
export type PowerSource = keyof typeof POWER_SOURCE;

/** Lengths of a window that a coordinator may ask for, in seconds. */
export const WINDOW_SECONDS = [1, 10, 60, 300, 600, 900, 1800, 3600] as const;
/** The greatest believable number of rows: what fits 1 MiB with room to spare. */
export const MAX_DEVICE_ROWS = 4096;
/**
 * How many pairs of device and algorithm, and how many algorithms, the windows of a rig that count may name in one epoch.
 * In order of receipt, a window that would bring them above is `implausible` (section 5 of docs/attestation.md).
 */
export const MAX_EPOCH_DEVICES = 8192;
export const MAX_EPOCH_ALGORITHMS = 32;
/** The largest message that either side builds or reads, in bytes. */
export const MAX_MESSAGE_BYTES = 1 << 20;

/** Start of the window that an instant lies in, in the unit of its arguments. */
export function windowStartOf(at: number, length: number): number {
  return Math.floor(at / length) * length;
}

/** EIP-712 field order of an attestation. */
export const ATTESTATION_TYPES = {
  Attestation: [
    ["address", "rig"],
    ["address", "key"],
    ["address", "coordinator"],
    ["uint32", "era"],
    ["uint64", "sequence"],
    ["bytes32", "previous"],
    ["uint64", "windowStart"],
    ["uint64", "windowEnd"],
    ["uint32", "flags"],
    ["bytes32", "beacon"],
    ["bytes32", "samplesRoot"],
    ["bytes32", "evidenceRoot"],
    ["Device[]", "devices"],
  ],
  Device: [
    ["string", "id"],
    ["string", "algorithm"],
    ["uint32", "known"],
    ["uint256", "hashes"],
    ["uint32", "observedMilliseconds"],
    ["uint32", "samples"],
    ["uint64", "energyJoules"],
    ["uint8", "powerSource"],
    ["int32", "maxTemperatureMilliCelsius"],
    ["uint64", "sharesAccepted"],
    ["uint64", "sharesRejected"],
    ["uint256", "shareWork"],
    ["uint32", "doubts"],
  ],
} as const satisfies TypeTable;

const hashAttestation = compileStructHash<Attestation>(ATTESTATION_TYPES, "Attestation");

/** hashStruct of one device row: what the tree under a record's `windowsRoot` holds of it. */
export const hashDeviceRow = compileStructHash<DeviceRow>(ATTESTATION_TYPES, "Device");

/** The EIP-712 digest of an attestation, byte for byte what `ethers` computes. */
export function digestOf(seal: Seal, attestation: Attestation): Hex {
  return seal(hashAttestation(attestation));
}

/** Order of rows: by the UTF-8 bytes of id, then of algorithm. Negative, zero or positive. */
export function compareRows(a: DeviceRow, b: DeviceRow): number {
  return (
    Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) ||
    Buffer.compare(Buffer.from(a.algorithm), Buffer.from(b.algorithm))
  );
}

// Sequences and instants are stored as 64-bit signed integers and shown by JavaScript: nothing honest comes near this.
const BIGGEST = BigInt(Number.MAX_SAFE_INTEGER);
const DEVICE_ID = /^(gpu|asic|host):[0-9a-f]{32}$/;
const ALGORITHM = /^[a-z0-9_-]{0,32}$/;

/** True for a device id as it is signed. */
export function isDeviceId(text: string): boolean {
  return DEVICE_ID.test(text);
}

/** True for an algorithm's name as it is signed; the empty one included. */
export function isAlgorithm(text: string): boolean {
  return ALGORITHM.test(text);
}

function rowFault(row: DeviceRow): string | undefined {
  if (!isDeviceId(row.id)) return "a device id has the wrong shape";
  if (!isAlgorithm(row.algorithm)) return "an algorithm has the wrong shape";
  if (row.known >= 64) return "a known bit has no meaning";
  if (row.powerSource > POWER_SOURCE.estimate) return "a power source has no meaning";
  const absent = (bit: number): boolean => (row.known & bit) === 0;
  const lies =
    (absent(KNOWN.hashes) && row.hashes !== 0n) ||
    (absent(KNOWN.energy) && (row.energyJoules !== 0n || row.powerSource !== 0)) ||
    (absent(KNOWN.temperature) && row.maxTemperatureMilliCelsius !== 0) ||
    (absent(KNOWN.accepted) && row.sharesAccepted !== 0n) ||
    (absent(KNOWN.rejected) && row.sharesRejected !== 0n) ||
    (absent(KNOWN.work) && row.shareWork !== 0n);
  return lies ? "an unknown value is not 0" : undefined;
}

/**
 * What is wrong with the shape of an attestation, in words; undefined when nothing is. Shape only: whether its
 * window counts is a verdict, whether it is believed is a matter of signature and chain.
 */
export function shapeFault(attestation: Attestation): string | undefined {
  const { devices, windowStart, windowEnd } = attestation;
  if (attestation.sequence > BIGGEST || windowEnd > BIGGEST) return "a number is beyond 2^53";
  if (devices.length > MAX_DEVICE_ROWS) return "too many device rows";
  if (windowEnd <= windowStart) return "the window ends before it starts";
  for (const [i, row] of devices.entries()) {
    const fault = rowFault(row);
    if (fault !== undefined) return fault;
    const before = devices[i - 1];
    if (before === undefined) continue;
    if (compareRows(before, row) >= 0) return "device rows are not sorted or not unique";
    // Energy and temperature are the device's, not the algorithm's: a second row would count them twice.
    if (before.id === row.id && (row.known & (KNOWN.energy | KNOWN.temperature)) !== 0) {
      return "energy or temperature is known on a device's second row";
    }
  }
  return undefined;
}
