import type { DeviceStatus, StatusSnapshot } from "../../agent/status/snapshot.ts";
import type { Hex } from "../../proto/hex.ts";

/** A miner that answers. */
export const MINER: DeviceStatus = {
  id: `asic:${"1a".repeat(16)}`,
  kind: "asic",
  label: "antminer-1",
  identity: {
    make: "Bitmain",
    model: "Antminer S19",
    firmware: "2023-05",
    pool: "pool.example:3333",
  },
  state: "ok",
  sampleAgeMs: 2500,
  readings: [
    { metric: "hashrate", part: "", value: 104_200_000_000_000, algorithm: "sha256d" },
    { metric: "power", part: "", value: 3250, measured: "input" },
    { metric: "chip_temperature", part: "", value: 65 },
  ],
  problems: [{ metric: "fan_speed", part: "fan/2", why: "absent", ask: "stats" }],
  unproven: false,
};

/** A rig that measures and delivers, with what a test changes about it. */
export function snapshotOf(changes: Partial<StatusSnapshot> = {}): StatusSnapshot {
  const atMs = Date.UTC(2027, 0, 1);
  return {
    rig: `0x${"ab".repeat(20)}` as Hex,
    coordinator: `0x${"c0".repeat(20)}` as Hex,
    atMs,
    uptimeMs: 93_784_000,
    devices: [MINER],
    delivery: {
      connected: true,
      sinceAtMs: atMs - 60_000,
      outbox: 1,
      unsigned: 0,
      oldestUnreceiptedMs: 400,
      lastReceipt: { sequence: 9_007_199_254_740_993n, era: 1_800_000_000, atMs: atMs - 30_000 },
      sequence: 9_007_199_254_740_994n,
      era: 1_800_000_000,
      headDigest: `0x${"d1".repeat(32)}` as Hex,
      windowSeconds: 600,
    },
    clock: { offsetMs: 12, trusted: true },
    faults: [],
    ...changes,
  };
}
