import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedFamily } from "./family.ts";

const FAN_AT_ZERO = "a fan at 0 % is a reading; they leave it out";
const NO_THREADS =
  "what each GPU does stands in `threads`, which was not recorded; the sum is no GPU's";
const CPU_TOO = "the program's own total, in which the CPU is; theirs is of the GPUs";

/** GPU and CPU miner programs, from Claymore's on, in the order of the index of recordings. */
export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "Claymore, PhoenixMiner, TT-Miner",
    under: ["foreman/claymore", "code-index/claymore", "hiveos-linux/claymore", "foreman/nicehash"],
    driver: "claymore",
    names: { getstat1: ["miner_getstat1.json"] },
    // One recording is of the list alone, without the envelope that it came in.
    replies: (folder) =>
      folder.endsWith("_getstat2_array")
        ? {
            getstat1: Buffer.from(
              `{"result":${readFileSync(join(folder, "miner_getstat2_result.json"), "utf8")}}`,
            ),
          }
        : {},
  },
  {
    family: "ethminer",
    under: ["foreman/ethminer", "ethminer/docs"],
    driver: "ethminer",
    names: { getstat1: ["miner_getstat1.json"], detail: ["miner_getstatdetail.json"] },
    differs: { "foreman/ethminer/Ethminer19": { fans: FAN_AT_ZERO } },
  },
  {
    family: "ccminer and others with its text API",
    under: ["foreman/ccminer"],
    driver: "ccminer",
    names: {
      summary: ["summary.raw.txt"],
      threads: ["threads.raw.txt"],
      hwinfo: ["hwinfo.raw.txt"],
      pool: ["pool.raw.txt"],
    },
    differs: {
      "foreman/ccminer/CcMiner": { hashrate: NO_THREADS, shares: NO_THREADS },
      "foreman/ccminer/Zenemy": { hashrate: NO_THREADS, shares: NO_THREADS },
    },
  },
  {
    family: "cpuminer",
    under: ["foreman/cpuminer"],
    driver: "cpuminer",
    names: { summary: ["summary.raw.txt"] },
  },
  {
    family: "nanominer",
    under: ["hiveos-linux/nanominer", "nanopool-BoringAPI/nanominer"],
    driver: "nanominer",
    names: { stats: ["stats.json"] },
  },
  {
    family: "miniZ",
    under: ["foreman/miniz"],
    driver: "miniz",
    names: { getstat: ["getstat.json"] },
  },
  { family: "EWBF", under: ["foreman/ewbf"], driver: "ewbf", names: { getstat: ["getstat.json"] } },
  { family: "dstm", under: ["foreman/dstm"], driver: "dstm", names: { getstat: ["getstat.json"] } },
  {
    family: "Bminer",
    under: ["foreman/bminer"],
    driver: "bminer",
    names: {
      status: ["api_status.json"],
      solver: ["api_v1_status_solver.json"],
      stratum: ["api_v1_status_stratum.json"],
    },
  },
  {
    family: "Optiminer",
    under: ["foreman/optiminer"],
    driver: "optiminer",
    names: { root: ["root.json"] },
    differs: {
      "foreman/optiminer/Optiminer": { hashrate: "theirs is the mean of a minute, ours of 5 s" },
    },
  },
  {
    family: "BzMiner",
    under: ["code-index/bzminer", "issues/bzminer"],
    driver: "bzminer",
    names: { status: ["status.json"] },
    unread: {
      "issues/bzminer/9.0.0_phantom_pool": "one member of a list, without the reply around it",
    },
  },
  {
    family: "Rigel",
    under: ["code-index/rigel"],
    driver: "rigel",
    names: { stat: ["root.json"] },
  },
  {
    family: "OneZeroMiner",
    under: ["code-index/onezerominer"],
    driver: "onezerominer",
    names: { root: ["root.json"] },
  },
  {
    family: "Team Black Miner",
    under: ["issues/teamblackminer"],
    driver: "teamblackminer",
    names: { summary: ["summary.fixed-by-user.fragment.json"] },
  },
  {
    family: "NiceHash Excavator",
    under: ["foreman/excavator"],
    driver: "excavator",
    names: {
      algorithms: ["algorithm.list.json"],
      devices: ["devices.get.json"],
      pool: ["subscribe.info.json"],
    },
    differs: { "foreman/excavator/Excavator": { fans: FAN_AT_ZERO } },
  },
  {
    family: "JCE",
    under: ["foreman/jceminer", "issues/jceminer"],
    driver: "jceminer",
    names: { root: ["root.json", "api.fragment.json"] },
    differs: {
      "foreman/jceminer/Jceminer": {
        shares:
          "the pool took 4161, times the difficulty exactly its hashes; theirs adds up what GPUs found",
      },
    },
  },
  {
    family: "Cast XMR",
    under: ["foreman/castxmr"],
    driver: "castxmr",
    names: { root: ["root.json"] },
    differs: {
      "foreman/castxmr/Castxmr": {
        hashrate:
          "it counts thousandths: no card does 1.8 MH/s of CryptoNight, a Vega does 1.8 kH/s",
      },
    },
  },
  {
    family: "rhminer",
    under: ["foreman/rhminer"],
    driver: "rhminer",
    names: { root: ["root.json"] },
    differs: {
      "foreman/rhminer/Rhminer": { hashrate: CPU_TOO },
      "foreman/rhminer/RhminerCpuAndGpu": { hashrate: CPU_TOO },
    },
  },
  {
    family: "GrinPro",
    under: ["foreman/grinpro"],
    driver: "grinpro",
    names: { status: ["api_status.json"] },
  },
  {
    family: "HSPMiner",
    under: ["foreman/hspminer"],
    driver: "hspminer",
    names: { status: ["api_v1.json"] },
    differs: {
      "foreman/hspminer/Hspminer": {
        hashrate: "250 a card is no rate of Cuckoo cycles in a unit that anybody states",
      },
    },
  },
  {
    family: "mkxminer",
    under: ["foreman/mkxminer"],
    driver: "mkxminer",
    names: { stats: ["stats.json"] },
  },
  { family: "SWARM", under: ["foreman/swarm"], driver: "swarm", names: { stats: ["stats.json"] } },
  {
    // A switcher that says which miner it runs at which port: that miner is what is read.
    family: "AutoMiner",
    under: ["foreman/autominer"],
    driver: {
      "foreman/autominer/AutoMinerCcminer": "ccminer",
      "foreman/autominer/AutoMinerGminer": "gminer",
      "foreman/autominer/AutoMinerGpuMismatch": "trex",
    },
    names: {
      summary: ["summary.1.raw.txt", "summary.1.json"],
      hwinfo: ["hwinfo.raw.txt"],
      pool: ["pool.raw.txt"],
      stat: ["stat.json"],
    },
    differs: {
      "foreman/autominer/AutoMinerCcminer": {
        hashrate: NO_THREADS,
        shares: NO_THREADS,
        fans: "the miner says 70 %, the switcher, asked at another time, 47 %",
      },
    },
  },
];
