import type { Attestation } from "../../proto/attestation.ts";
import { isMining } from "./credits.ts";

/** What a device did in an epoch. */
export interface Activity {
  /** All that it mined. */
  readonly mined: ReadonlySet<string>;
  /** What it mined by start of window; absent where it mined nothing. */
  readonly windows: ReadonlyMap<bigint, readonly string[]>;
}

/** Collects what the devices of a rig did. */
export interface ActivityBook {
  add(attestation: Pick<Attestation, "windowStart" | "devices">): void;
  /** By device. */
  readonly devices: ReadonlyMap<string, Activity>;
}

interface Page {
  readonly mined: Set<string>;
  readonly windows: Map<bigint, readonly string[]>;
}

/** An empty book. A host counts as a device only when it mines. */
export function createActivityBook(): ActivityBook {
  const devices = new Map<string, Page>();
  // A list for each device and window would be most of the memory of an epoch; nearly all are one of a few.
  const alone = new Map<string, readonly string[]>();
  const listOf = (algorithm: string): readonly string[] => {
    const list = alone.get(algorithm) ?? [algorithm];
    alone.set(algorithm, list);
    return list;
  };
  const pageOf = (device: string): Page => {
    const page = devices.get(device) ?? { mined: new Set(), windows: new Map() };
    devices.set(device, page);
    return page;
  };
  return {
    devices,
    add({ windowStart, devices: rows }) {
      for (const row of rows) {
        if (!isMining(row) && row.id.startsWith("host:")) continue;
        const { mined, windows } = pageOf(row.id);
        if (!isMining(row)) continue;
        mined.add(row.algorithm);
        const before = windows.get(windowStart);
        const list = before === undefined ? listOf(row.algorithm) : [...before, row.algorithm];
        windows.set(windowStart, list);
      }
    },
  };
}
