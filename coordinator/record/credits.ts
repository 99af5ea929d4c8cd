import { type DeviceRow, hashDeviceRow, KNOWN } from "../../proto/attestation.ts";
import { type Hex, toHex } from "../../proto/hex.ts";
import type { Fraction } from "./fraction.ts";
import { type Place, type Stake, split } from "./shares.ts";
import type { Token } from "./token.ts";
import type { LedgerRow } from "./verdicts.ts";

/** What one row of an attestation gives to one token. */
export interface Credit {
  readonly token: Token;
  readonly row: DeviceRow;
  readonly rowHash: Hex;
  /** The token's whole fraction of the row, in lowest terms. */
  readonly fraction: Fraction;
  readonly hashes: bigint;
  readonly energyJoules: bigint;
}

/** True for a device that mined or was meant to: a row without algorithm and hashes says only that the device is there. */
export function isMining(row: DeviceRow): boolean {
  return row.algorithm !== "" || (row.known & KNOWN.hashes) !== 0;
}

/** Who is owed what of a counted attestation, by row and then by token. `stakesOf` is that of its rig. */
export function creditsOf(
  { attestation }: LedgerRow,
  stakesOf: (place: Place) => readonly Stake[],
): Credit[] {
  const { windowStart, windowEnd } = attestation;
  return attestation.devices.filter(isMining).flatMap((row) => {
    const place = { device: row.id, algorithm: row.algorithm, windowStart, windowEnd };
    const stakes = stakesOf(place);
    return stakes.length === 0 ? [] : creditsOfRow(row, stakes);
  });
}

function creditsOfRow(row: DeviceRow, stakes: readonly Stake[]): Credit[] {
  const hashes = split(row.hashes, stakes);
  const energy = split(row.energyJoules, stakes);
  const rowHash = toHex(hashDeviceRow(row));
  return stakes.map(({ token, fraction }, i) => ({
    token,
    row,
    rowHash,
    fraction,
    hashes: hashes[i] ?? 0n,
    energyJoules: energy[i] ?? 0n,
  }));
}
