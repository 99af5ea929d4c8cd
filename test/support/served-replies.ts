import { readFile } from "node:fs/promises";
import Database from "better-sqlite3";
import { concat, keccak256, toUtf8Bytes } from "ethers";
import type { LogEntry } from "../../scripts/simulate/reply-log.ts";
import type { Site } from "../../scripts/simulate/site.ts";
import { command, get } from "../unit/scripts/simulate/asking.ts";

/** A machine of a simulated site as an attestation lists it. */
export interface KnownMachine {
  /** The device of the site that reports its hashrate. */
  readonly source: string;
  /** Empty, or the GPU's bus address. */
  readonly key: string;
  /** The id that a rig must list it under. */
  readonly id: string;
  readonly algorithm: string;
  /** Shares are reported with their difficulty. */
  readonly tellsWork: boolean;
  readonly hashesPerDifficulty: bigint;
}

/** Which reply of a driver carries the rate, and which the share counters. */
interface Asks {
  readonly rate: string;
  readonly shares: string;
}

const REPLIES: Readonly<Record<string, Asks>> = {
  antminer: { rate: "stats", shares: "summary" },
  axeos: { rate: "/api/system/info", shares: "/api/system/info" },
  trex: { rate: "/summary", shares: "/summary" },
  lolminer: { rate: "/summary", shares: "/summary" },
  xmrig: { rate: "/2/summary", shares: "/2/summary" },
};

/** What tells the machines of a device apart, by key: serial, UUID or MAC as the device itself says it. */
async function tokensOf(site: Site, name: string): Promise<Map<string, string>> {
  const { driver, address = "", root, machines } = site.device(name);
  if (driver === "antminer") {
    // Not parsed: one of them may speak JSON that is none.
    const { bytes } = await command(address, "stats");
    return new Map([["", /"miner_id":"([0-9a-f]{16})"/.exec(bytes.toString())?.[1] ?? ""]]);
  }
  if (driver === "axeos") {
    const { macAddr } = await get(address, "/api/system/info");
    return new Map([["", macAddr.replaceAll(":", "").toLowerCase()]]);
  }
  if (driver === "trex") {
    const { gpus } = await get(address, "/summary");
    return new Map(machines.map(({ key }, i) => [key, gpus[i].uuid]));
  }
  if (driver === "amdgpu") {
    const uniqueId = (slot: string): Promise<string> =>
      readFile(`${root}/devices/pci0000:00/0000:00:03.1/${slot}/unique_id`, "utf8");
    const ids = machines.map(
      async ({ key }) => [key, (await uniqueId(key.slice(4))).trim()] as const,
    );
    return new Map(await Promise.all(ids));
  }
  return new Map();
}

/**
 * Every machine of a site with the id that it must have: kind and 32 digits of keccak256(salt ‖ serial, UUID or MAC).
 * `machineId` stands for what mines on the rig's own processor; GPUs of lolMiner are known by the kernel's sensors.
 */
export async function knownMachines(
  site: Site,
  salt: string,
  machineId: string,
): Promise<KnownMachine[]> {
  const idOf = (kind: string, token: string): string =>
    `${kind}:${keccak256(concat([salt, toUtf8Bytes(token)])).slice(2, 34)}`;
  const known: KnownMachine[] = [];
  for (const { name, driver, machines } of site.devices) {
    if (!(driver in REPLIES)) continue;
    const tokens = await tokensOf(site, driver === "lolminer" ? "amdgpu-1" : name);
    for (const { key, algorithm, hashesPerDifficulty } of machines) {
      const kind = driver === "xmrig" ? "host" : key === "" ? "asic" : "gpu";
      known.push({
        ...{ source: name, key, algorithm },
        id: idOf(kind, tokens.get(key) ?? machineId),
        tellsWork: driver === "antminer" || driver === "xmrig",
        hashesPerDifficulty: BigInt(hashesPerDifficulty),
      });
    }
  }
  return known;
}

/** A reply that was served and that the agent took: what it said, when it was served, and when the agent had it. */
export interface TakenReply {
  readonly takenAtMs: number;
  readonly rate: LogEntry;
  readonly shares: LogEntry;
}

/** The reply that a sample came of is at most so much younger than it says: two clocks of one machine, rounded. */
const CLOCK_SLACK_MS = 50;

/** When the agent took replies of a source on a device, from its own database. Nothing else of a sample is used. */
function instantsTaken(databaseFile: string, source: string, id: string): number[] {
  const db = new Database(databaseFile, { readonly: true });
  try {
    return db
      .prepare("SELECT placed_ms FROM samples WHERE source = ? AND device_id = ? ORDER BY id")
      .pluck()
      .all(source, id) as number[];
  } finally {
    db.close();
  }
}

/** Matches the instants at which the agent took replies to the replies that the site served, in order. */
export function takenReplies(
  site: Site,
  databaseFile: string,
  { source, key, id }: KnownMachine,
  asks: Partial<Asks> | undefined = REPLIES[site.device(source).driver],
): TakenReply[] {
  const entries = site.device(source).log.filter((entry) => entry.key === key);
  const serve = (ask: string | undefined): ((byMs: number) => LogEntry) => {
    const served = entries.filter((entry) => entry.ask === ask);
    let last = -1;
    return (byMs) => {
      const at = served.findLastIndex((entry) => entry.atMs <= byMs + CLOCK_SLACK_MS);
      const entry = served[at];
      if (entry === undefined || at <= last)
        throw new Error(`the agent has a sample of ${source} ${key} that was never served`);
      last = at;
      return entry;
    };
  };
  const [rate, shares] = [serve(asks?.rate), serve(asks?.shares ?? asks?.rate)];
  return instantsTaken(databaseFile, source, id).map((takenAtMs) => ({
    takenAtMs,
    rate: rate(takenAtMs),
    shares: shares(takenAtMs),
  }));
}

/** What a row of an attestation must say of a machine in one window. */
export interface ExpectedRow {
  readonly samples: number;
  /** Of each counter; undefined where nothing was there to grow from. */
  readonly accepted: bigint | undefined;
  readonly rejected: bigint | undefined;
  readonly work: bigint | undefined;
  /** By what was served: rate × the time since the reply before, at most 1.5 intervals. */
  readonly hashes: number;
  readonly observedMs: number;
}

type Counter = "sharesAccepted" | "sharesRejected" | "difficultyAccepted";

/** By what a counter grew from one reply to the next; a device that started anew counts from 0. */
function grownBy(before: LogEntry, now: LogEntry, counter: Counter): bigint | undefined {
  const [past, present] = [before[counter], now[counter]];
  if (past === undefined || present === undefined) return undefined;
  const anew = (now.uptimeSeconds ?? 0) < (before.uptimeSeconds ?? 0) || present < past;
  return BigInt(anew ? present : present - past);
}

/** Works out a row from what was served, for a window in Unix ms. */
export function expectedRow(
  machine: KnownMachine,
  taken: readonly TakenReply[],
  startMs: number,
  endMs: number,
  intervalMs: number,
): ExpectedRow {
  const pairs = taken.map((now, i) => ({ now, before: taken[i - 1] }));
  const inWindow = pairs.filter(({ now }) => now.takenAtMs >= startMs && now.takenAtMs < endMs);
  const grown = (counter: Counter): bigint | undefined => {
    const parts = inWindow.flatMap(({ now, before }) => {
      const by = before && grownBy(before.shares, now.shares, counter);
      return by === undefined ? [] : [by];
    });
    return parts.length === 0 ? undefined : parts.reduce((sum, by) => sum + by, 0n);
  };
  const covered = pairs.map(({ now, before }) => {
    const gapMs = before === undefined ? 0 : now.rate.atMs - before.rate.atMs;
    const fromMs = now.rate.atMs - Math.min(gapMs, 1.5 * intervalMs);
    const ms = Math.max(0, Math.min(now.rate.atMs, endMs) - Math.max(fromMs, startMs));
    return { ms, hashes: ((now.rate.hashrate ?? 0) * ms) / 1000 };
  });
  const difficulty = machine.tellsWork ? grown("difficultyAccepted") : undefined;
  return {
    samples: inWindow.length,
    accepted: grown("sharesAccepted"),
    rejected: grown("sharesRejected"),
    work: difficulty === undefined ? undefined : difficulty * machine.hashesPerDifficulty,
    hashes: covered.reduce((sum, { hashes }) => sum + hashes, 0),
    observedMs: covered.reduce((sum, { ms }) => sum + ms, 0),
  };
}
