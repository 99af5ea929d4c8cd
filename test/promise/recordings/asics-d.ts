import type { RecordedFamily } from "./family.ts";

const MEAN = "theirs is the mean since the start, ours the rate over 5 s";

/** Makers of which no new devices come, and what else the recordings hold beside the other groups. */
export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "Baikal",
    under: ["foreman/baikal"],
    driver: "baikal",
    names: { devs: ["devs.json"], pools: ["pools.json"] },
    unread: { "foreman/baikal/BaikalDetect/case": "an empty page alone" },
  },
  {
    family: "StrongU",
    under: ["foreman/strongu"],
    driver: "strongu",
    names: {
      devs: ["devs.json"],
      pools: ["pools.raw.txt"],
      network: ["cgi-bin_get_network_info.cgi.json"],
    },
    unread: {
      "foreman/strongu/StrongUMac":
        "settings of the network alone, which other makers' pages print alike",
    },
  },
  {
    family: "BW L21",
    under: ["foreman/hyperbit"],
    driver: "bw-l21",
    names: { devs: ["devs.json"], pools: ["pools.json"] },
  },
  {
    family: "FutureBit Moonlander",
    under: ["foreman/futurebit"],
    driver: "moonlander",
    names: { devs: ["devs.json"], pools: ["pools.json"] },
  },
  {
    family: "iBeLink",
    under: ["foreman/ibelink"],
    driver: "ibelink",
    names: { devs: ["devs.json"], summary: ["summary.json"], pools: ["pools.json"] },
  },
  {
    family: "MinerVa",
    under: ["foreman/minerva"],
    driver: "minerva",
    names: { stats: ["stats.json"], summary: ["summary.json"], pools: ["pools.json"] },
    differs: { "foreman/minerva/MinerVaStats/MV8": { hashrate: MEAN } },
  },
  {
    family: "Spondoolies",
    under: ["foreman/spondoolies"],
    driver: "spondoolies",
    names: { stats: ["stats.json"], summary: ["summary.json"], pools: ["pools.json"] },
    differs: {
      "foreman/spondoolies/SpondooliesSP36Stats": {
        hashrate: MEAN,
        temperatures: "ours has the hottest chip (max-temp) too, theirs the air and the supply",
      },
    },
  },
  {
    family: "HonorKnight",
    under: ["foreman/honorknight"],
    driver: "honorknight",
    names: {
      stats: ["stats.json"],
      overview: ["api_overview.json"],
      edevs: ["edevs.json"],
      pools: ["pools.json"],
    },
    differs: {
      "foreman/honorknight/HonorKnightStats": {
        hashrate: MEAN,
        temperatures: "ours has each board's hottest chip (Temp max) too, theirs the boards",
      },
    },
  },
  {
    family: "DragonMint",
    under: ["foreman/dragonmint", "foreman/innosilicon/InnosiliconMac"],
    driver: "dragonmint",
    names: { summary: ["api_summary.json"], overview: ["api_overview.json"] },
  },
  {
    family: "Bitfury B8",
    under: ["foreman/openminer"],
    driver: "bitfury-b8",
    names: { miner: ["api_om_miner_stat_agg.json"] },
  },
  {
    family: "Ebang",
    under: ["foreman/ebang"],
    driver: "ebang",
    names: {
      system: ["Status_getsystemstatus.json"],
      miner: ["Cgminer_CgminerStatus.json"],
      network: ["admininfo_Getadmininfo.json"],
    },
    differs: {
      "foreman/ebang/EbangStats": {
        temperatures:
          "theirs leave out the sensors of the second board (device2temp), whose hottest ours has",
      },
    },
  },
  {
    family: "MultMiner",
    under: ["foreman/multminer"],
    driver: "multminer",
    names: { status: ["gst.csp.json"] },
    differs: {
      "foreman/multminer/MultMinerM1Stats": {
        hashrate:
          "theirs is divided by the chips of a board; ours is the device's own Hr, to which its boards add up",
      },
    },
  },
  {
    family: "Dayun",
    under: ["foreman/dayun"],
    driver: "dayun",
    names: { stats: ["stats.json"], pools: ["pools.json"] },
  },
  {
    family: "Obelisk",
    under: ["foreman/obelisk"],
    driver: "obelisk",
    names: { info: ["api_info.json"], dashboard: ["api_status_dashboard.json"] },
    differs: {
      "foreman/obelisk/ObeliskStats/Obelisk_SC1_gen_2": {
        hashrate:
          "the recording was written by hand with 3.5 for a board, whose unit neither it nor the size of the number tells",
      },
    },
  },
  {
    family: "ixiMiner",
    under: ["foreman/iximiner"],
    driver: "iximiner",
    names: { status: ["status.json"] },
  },
  {
    family: "multiminer",
    under: ["foreman/multiminer"],
    driver: "cpuminer",
    names: { summary: ["summary.raw.txt"] },
  },
];
