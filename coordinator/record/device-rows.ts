import type { Hex } from "../../proto/hex.ts";
import type { Ledger } from "../ledger/open.ts";
import { activityOf, type Memory } from "./expect.ts";
import type { LedgerRow } from "./verdicts.ts";

/** What is remembered of a rig's devices. */
export function memoryOf(db: Ledger, rig: Hex): Memory {
  const rows = db
    .prepare(
      "SELECT device, listed_epoch, algorithms FROM rig_devices WHERE rig = ? ORDER BY device",
    )
    .all(rig) as { device: string; listed_epoch: number; algorithms: string }[];
  const newest = rows.reduce((max, { listed_epoch }) => Math.max(max, listed_epoch), -1);
  return {
    devices: rows.filter(({ listed_epoch }) => listed_epoch === newest).map((row) => row.device),
    algorithms: new Map(rows.map((row) => [row.device, JSON.parse(row.algorithms) as string[]])),
  };
}

/** A device that a rig listed in an epoch, and what it mined there. */
export interface ListedDevice {
  readonly rig: Hex;
  readonly device: string;
  readonly algorithms: readonly string[];
}

/** The devices in a rig's rows that count, on time. */
export function devicesIn(rig: Hex, rows: readonly LedgerRow[]): ListedDevice[] {
  return [...activityOf(rows)].map(([device, activity]) => {
    const mined = new Set([...activity.values()].flatMap((names) => [...names]));
    return { rig, device, algorithms: [...mined].sort() };
  });
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
