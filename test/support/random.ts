import { type Attestation, compareRows, type DeviceRow, KNOWN } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";

/** A seeded source of numbers (mulberry32), so that a failing case can be run again. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In [0, 1). */
  next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  hex(bytes: number): Hex {
    return `0x${Array.from({ length: bytes }, () => this.below(256).toString(16).padStart(2, "0")).join("")}`;
  }

  /** A whole number of up to `bits` bits, its ends more often than chance. */
  bits(bits: number): bigint {
    const most = (1n << BigInt(bits)) - 1n;
    const edge = this.below(8);
    if (edge === 0) return 0n;
    if (edge === 1) return most;
    return BigInt(this.hex(Math.ceil(bits / 8))) & most;
  }
}

function randomRow(random: Random, first: boolean): DeviceRow {
  const known = random.below(64) & (first ? 63 : ~(KNOWN.energy | KNOWN.temperature));
  const when = (bit: number, bits: number): bigint =>
    (known & bit) === 0 ? 0n : random.bits(bits);
  return {
    id: `${random.pick(["gpu", "asic", "host"])}:${random.hex(16).slice(2)}`,
    algorithm: random.pick(["", "sha256d", "scrypt", "kawpow", "a-b_c"]),
    known,
    hashes: when(KNOWN.hashes, 256),
    observedMilliseconds: Number(random.bits(32)),
    samples: Number(random.bits(32)),
    energyJoules: when(KNOWN.energy, 64),
    powerSource: (known & KNOWN.energy) === 0 ? 0 : random.below(4),
    maxTemperatureMilliCelsius:
      (known & KNOWN.temperature) === 0 ? 0 : Number(random.bits(32) - (1n << 31n)),
    sharesAccepted: when(KNOWN.accepted, 64),
    sharesRejected: when(KNOWN.rejected, 64),
    shareWork: when(KNOWN.work, 256),
    doubts: random.below(256),
  };
}

/** A well-formed attestation with values all over their ranges and up to `maxRows` rows. */
export function randomAttestation(random: Random, maxRows = 6): Attestation {
  const windowStart = random.bits(40);
  const rows = Array.from({ length: random.below(maxRows + 1) }, () =>
    randomRow(random, true),
  ).sort(compareRows);
  return {
    rig: random.hex(20),
    key: random.hex(20),
    coordinator: random.hex(20),
    era: Number(random.bits(32)),
    sequence: random.bits(53),
    previous: random.hex(32),
    windowStart,
    windowEnd: windowStart + 600n,
    flags: random.below(16),
    beacon: random.hex(32),
    samplesRoot: random.hex(32),
    evidenceRoot: random.hex(32),
    devices: rows,
  };
}
