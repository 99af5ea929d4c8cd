import { cgminer, megahashes, poolsOf } from "./cgminer.ts";
import { celsius } from "./gpu.ts";
import { type PartNow, rounded } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const CHAINS = [1, 2, 3];

/** Dayun's Zig Z1 on Lyra2REv2: the cgminer API, boards in `stats` by name. */
export const dayun: Speaker = {
  name: "dayun",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "Zig Z1", hashrate: 6.8e9, watts: 1180 }],
  nature: { ...ASIC, algorithm: "lyra2rev2", difficulty: 8, hashesPerDifficulty: 2 ** 32 },
  protocol: cgminer("cgminer 4.11.1", {
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "CGMiner stats",
      content: [stats(part)],
      says: ({ now }) => ({ hashrate: megahashes(now.mean(30)) * 1e6 }),
    }),
    pools: poolsOf,
  }),
};

function stats(part: PartNow) {
  const { now } = part;
  const rpm = Math.round(now.fanDuty * 6000);
  const chain = {
    Temperature: celsius(part) - 20,
    "MHS 30S": rounded(now.mean(30) / 1e6 / CHAINS.length, 2),
    status: [],
  };
  return {
    STATS: 0,
    ID: "lyra2rev20",
    Elapsed: 71_000_321,
    "MHS 30S": megahashes(now.mean(30)),
    "MHS 5m": megahashes(now.mean(300)),
    "Fan Nunber": 2,
    "Fan In": rpm,
    "Fan Out": rpm + 30,
    Frequency: 900,
    "Temperature Core": 25,
    ...Object.fromEntries(CHAINS.map((at) => [`CH${at}`, chain])),
  };
}
