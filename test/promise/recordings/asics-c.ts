import type { RecordedFamily } from "./family.ts";

export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "Bitaxe (AxeOS)",
    under: ["asic-rs/bitaxe", "bitaxe", "code-index/bitaxe"],
    driver: "axeos",
    names: { info: ["system_info.json", "api_system_info.json"] },
  },
  {
    family: "NerdAxe",
    under: ["code-index/nerdaxe", "nerdqaxe"],
    driver: "nerdaxe",
    names: {
      info: ["api_system_info.json"],
      dashboard: ["api_v2_dashboard.json"],
      system: ["api_v2_system.json"],
    },
  },
  {
    family: "Avalon",
    under: [
      "asic-rs/avalonminer",
      "code-index/avalon",
      "foreman/avalon",
      "issues/avalon",
      "pyasic/avalonminer",
    ],
    driver: "avalon",
    names: {
      version: ["version.json", "rpc_version.json"],
      stats: ["stats.json", "rpc_stats.json"],
      summary: ["summary.json"],
      pools: ["pools.json", "rpc_pools.json"],
    },
    differs: {
      "asic-rs/avalonminer/Avalon1246_21072802": {
        power:
          "theirs is what the supply gives out (fifth of PS), ours what it draws (seventh), which later firmware names WALLPOWER",
      },
      "pyasic/avalonminer/CGMinerAvalon1566_24102401_25462b2_9ddf522": {
        hashrate: "theirs is the mean GHSavg, 16 minutes after a start; ours is GHSspd, of now",
      },
    },
    unread: {
      "foreman/avalon/AvalonMac/case":
        "a script of the web page, with nothing but what `version` says too",
      "foreman/avalon/AvalonMac/case_2":
        "a script of the web page's charts, with nothing but what `version` says too",
    },
  },
  {
    family: "Goldshell",
    under: ["foreman/goldshell", "blockops/goldshell"],
    driver: "goldshell",
    names: {
      status: ["mcb_status.json"],
      devs: ["devs.json"],
      summary: ["summary.json"],
      details: ["devdetails.json"],
      web: ["mcb_cgminer.json"],
      pools: ["mcb_pools.json"],
    },
  },
  {
    family: "IceRiver",
    under: ["blockops/iceriver", "code-index/iceriver", "mining-rig-blog/iceriver"],
    driver: "iceriver",
    names: { panel: ["userpanel.json", "user_userpanel_post4.json"] },
  },
  {
    family: "IceRiver line API",
    under: ["code-index/iceriver/tcp_api_trimmed"],
    driver: "iceriver-line",
    names: {
      boardpow: ["boardpow.json"],
      board: ["board.json"],
      fan: ["fan.json"],
      getpool: ["getpool.json"],
      info: ["info.json"],
    },
  },
  {
    family: "Innosilicon",
    under: ["foreman/innosilicon"],
    driver: "innosilicon",
    names: {
      overview: ["api_overview.json"],
      summary: ["summary.json"],
      stats: ["stats.json"],
      pools: ["pools.json"],
    },
    differs: {
      "foreman/innosilicon/InnosiliconStats/Innosilicon_A9_old": {
        shares: "theirs are of `pools`, recorded two years before the `summary` that we read",
      },
    },
  },
  {
    family: "ElphaPex",
    under: ["asic-rs/elphapex", "pyasic/elphapex"],
    driver: "elphapex",
    names: {
      stats: ["stats.json", "web_stats.json"],
      pools: ["pools.json", "web_pools.json"],
      summary: ["summary.json", "web_summary.json"],
      power: ["get_power.json"],
      system: ["get_system_info.json", "web_get_system_info.json"],
    },
    differs: {
      "pyasic/elphapex/ElphapexDG1Plus_1.0.2": {
        hashrate: "theirs is the mean since the start, ours the rate over 5 s",
      },
    },
  },
  {
    family: "Blackminer, Hammer, VolcMiner",
    under: ["foreman/blackminer", "issues/hammer", "pyasic/hammer", "asic-rs/volcminer/D1_fw2.3.3"],
    driver: "blackminer",
    names: {
      version: ["version.json", "rpc_version.json"],
      stats: ["stats.raw.txt", "rpc_stats.json"],
      summary: ["summary.json", "rpc_summary.json"],
      pools: ["pools.json", "rpc_pools.json"],
      system: ["web_get_system_info.json", "web_system_info.json"],
    },
    differs: {
      "asic-rs/volcminer/D1_fw2.3.3": {
        hashrate:
          "theirs is of `summary`, ours of `stats`, whose boards add up to it, at another second",
      },
      "pyasic/hammer/HammerD10_2023-05-28": {
        fans: "theirs are the two that they list for the model; the reply says four",
      },
    },
    unread: {
      "foreman/blackminer/BlackminerMac": "the settings of its network alone",
      "issues/hammer/D10_get_miner_status_cgi": "cut by who recorded it",
    },
  },
  {
    family: "VolcMiner web page",
    under: ["asic-rs/volcminer/D1_fw4.12.0_web"],
    driver: "blackminer-web",
    names: { system: ["web_system_info.json"], status: ["web_miner_status.json"] },
  },
];
