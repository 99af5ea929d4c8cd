import type { Device, DeviceKind } from "../core/device.ts";
import type { Db } from "./open.ts";

/** Who stands at a place (a source's own address, or a bus address of its host), as it was last known. */
export interface BookEntry {
  readonly place: string;
  readonly device: Device;
  /** Which fact the id was made of, so that a device that leaves it out for once keeps its id. */
  readonly tokenKind: string;
  readonly token: string;
  /** Algorithms that the device was last seen mining: its rows while it is in outage. */
  readonly algorithms: readonly string[];
}

interface Row {
  place: string;
  device_id: string;
  kind: DeviceKind;
  label: string;
  token_kind: string;
  token: string;
  identity: string;
  algorithms: string;
  sources: string;
  unproven: number;
}

/** Devices across restarts: a device in outage at start is still one that this rig knows. */
export class DeviceBook {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  read(): BookEntry[] {
    return this.#db
      .prepare<[], Row>("SELECT * FROM devices ORDER BY place")
      .all()
      .map((row) => ({
        place: row.place,
        tokenKind: row.token_kind,
        token: row.token,
        algorithms: JSON.parse(row.algorithms) as string[],
        device: {
          id: row.device_id,
          kind: row.kind,
          label: row.label,
          sources: JSON.parse(row.sources) as string[],
          identity: JSON.parse(row.identity) as Device["identity"],
          unproven: row.unproven === 1,
        },
      }));
  }

  write(entry: BookEntry, seenAtMs: number): void {
    const { device } = entry;
    this.#db
      .prepare(
        `INSERT INTO devices (place, device_id, kind, label, token_kind, token, identity, algorithms, sources, unproven, seen_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (place) DO UPDATE SET device_id = excluded.device_id, kind = excluded.kind, label = excluded.label,
           token_kind = excluded.token_kind, token = excluded.token, identity = excluded.identity,
           algorithms = excluded.algorithms, sources = excluded.sources, unproven = excluded.unproven, seen_at = excluded.seen_at`,
      )
      .run(
        entry.place,
        device.id,
        device.kind,
        device.label,
        entry.tokenKind,
        entry.token,
        JSON.stringify(device.identity),
        JSON.stringify(entry.algorithms),
        JSON.stringify(device.sources),
        device.unproven ? 1 : 0,
        Math.round(seenAtMs),
      );
  }
}
