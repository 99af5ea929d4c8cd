import { MAX_EPOCH_ALGORITHMS, MAX_EPOCH_DEVICES } from "../../proto/attestation.ts";
import type { Hex } from "../../proto/hex.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Activity } from "./activity.ts";
import type { Memory } from "./expect.ts";

/** What is remembered of a rig's devices: of those that it listed last, as many as it may have in an epoch. */
export function memoryOf(db: Ledger, rig: Hex): Memory {
  const rows = db
    .prepare(
      `SELECT device, listed_epoch, algorithms FROM rig_devices WHERE rig = ?
       ORDER BY listed_epoch DESC, device LIMIT ${MAX_EPOCH_DEVICES}`,
    )
    .all(rig) as { device: string; listed_epoch: number; algorithms: string }[];
  const newest = rows[0]?.listed_epoch;
  const algorithms = new Map(
    rows.map((row) => [row.device, JSON.parse(row.algorithms) as string[]]),
  );
  return {
    devices: rows.filter(({ listed_epoch }) => listed_epoch === newest).map((row) => row.device),
    algorithms,
    ever: [...new Set([...algorithms.values()].flat())].slice(0, MAX_EPOCH_ALGORITHMS),
  };
}

/** A device that a rig listed in an epoch, and what it mined there. */
export interface ListedDevice {
  readonly rig: Hex;
  readonly device: string;
  readonly algorithms: readonly string[];
}

/** The devices of a rig that did something, or were there, on time. */
export function listedDevices(rig: Hex, devices: ReadonlyMap<string, Activity>): ListedDevice[] {
  return [...devices].map(([device, { mined }]) => ({
    rig,
    device,
    algorithms: [...mined].sort(),
  }));
}

/** Remembers what was listed in an epoch; of a device that mined nothing, what it mined before stays. */
export function rememberDevices(
  db: Ledger,
  listed: readonly ListedDevice[],
  epochStart: bigint,
): void {
  const keep = db.prepare(
    `INSERT INTO rig_devices VALUES (@rig, @device, @epochStart, @algorithms) ON CONFLICT DO UPDATE
     SET listed_epoch = excluded.listed_epoch,
       algorithms = CASE excluded.algorithms WHEN '[]' THEN algorithms ELSE excluded.algorithms END`,
  );
  for (const { rig, device, algorithms } of listed) {
    keep.run({ rig, device, epochStart, algorithms: JSON.stringify(algorithms) });
  }
}
