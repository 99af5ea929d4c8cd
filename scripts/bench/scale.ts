import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { parse } from "yaml";
import { attestedBy, type Rig, sleep, type Taken, watch, withRig } from "./rig.ts";

/** What so many ASICs cost an agent that asks each every ten seconds. */
export interface Scale extends Taken {
  readonly devices: number;
  readonly seconds: number;
  readonly samples: number;
  /** How much later than its schedule the latest sample was, in ms. */
  readonly latestMs: number;
  readonly attested: number;
}

/** The same asks by a process each, as a shell loop makes them: processor seconds for one round. */
export interface Loop {
  readonly devices: number;
  readonly asks: number;
  readonly cpuSeconds: number;
}

const INTERVAL_MS = 10_000;
const WARM_UP_S = 25;
/** What is asked of an ASIC at each turn. */
const ASKS = ["stats", "summary"] as const;

/** Measures an agent with so many simulated Antminers on loopback addresses, and the loop beside it in the same run. */
export function measureScale(
  devices: number,
  seconds: number,
): Promise<{ scale: Scale; loop?: Loop }> {
  const options = {
    devices: `antminer:${devices}`,
    baseAddress: "127.60.0.0",
    ports: "standard",
    pace: { window: "1m", interval: "10s", timeout: "5s", batch: "5s" },
  } as const;
  return withRig(options, async (rig) => {
    await sleep(WARM_UP_S);
    const taken = await watch(rig.agent, seconds);
    const scale = {
      devices,
      seconds,
      ...taken,
      ...punctuality(rig),
      attested: await attestedBy(rig),
    };
    return devices === 100 ? { scale, loop: measureLoop(rig) } : { scale };
  });
}

/** Each device is asked every ten seconds from its first ask on; a sample is late by what it is behind that. */
function punctuality({ places }: Rig): { samples: number; latestMs: number } {
  const db = new Database(join(places.directory, "agent/rig.db"), { readonly: true });
  try {
    const rows = db
      .prepare<[], { source: string; at: number }>(
        "SELECT source, monotonic_ms AS at FROM samples WHERE role = 'miner' ORDER BY id",
      )
      .all();
    let latestMs = 0;
    for (const times of Map.groupBy(rows, ({ source }) => source).values()) {
      // The schedule is the one that no sample is ahead of.
      const phase = Math.min(...times.map(({ at }, n) => at - n * INTERVAL_MS));
      for (const { at } of times) latestMs = Math.max(latestMs, (at - phase) % INTERVAL_MS);
    }
    return { samples: rows.length, latestMs };
  } finally {
    db.close();
  }
}

function measureLoop({ places }: Rig): Loop {
  const { devices } = parse(readFileSync(places.devices, "utf8")) as {
    devices: { address: string }[];
  };
  const script = `
    for address in "$@"; do
      for ask in ${ASKS.join(" ")}; do
        printf '{"command":"%s"}' "$ask" | curl -s -m 5 "telnet://$address" >/dev/null
      done
    done
    times`;
  const out = execFileSync(
    "bash",
    ["-c", script, "loop", ...devices.map(({ address }) => address)],
    {
      encoding: "utf8",
    },
  );
  const [, ofChildren = ""] = out.trim().split("\n").slice(-2);
  const cpuSeconds = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { devices: devices.length, asks: devices.length * ASKS.length, cpuSeconds };
}
