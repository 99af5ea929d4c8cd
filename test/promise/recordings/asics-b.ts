import type { RecordedFamily } from "./family.ts";

/** Recordings of Braiins OS, Whatsminer, Auradine, Proto, ePIC and SealMiner. */
export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "Braiins OS",
    under: ["asic-rs/braiins-os"],
    driver: {
      "asic-rs/braiins-os/S9_22.08-plus_graphql": "braiins-graphql",
      "asic-rs/braiins-os/S21Plus_25.03_graphql": "braiins-graphql",
      "asic-rs/braiins-os/S21Plus_25.05.1_graphql": "braiins-graphql",
      "asic-rs/braiins-os/S19XP_25.07_rest": "braiins-rest",
      "asic-rs/braiins-os/S21Pro_26.04_rest": "braiins-rest",
    },
    names: {
      system: ["gql_system.json"],
      boards: ["gql_boards.json", "miner_hw_hashboards.json"],
      pools: ["gql_pools.json", "pools.json"],
      details: ["miner_details.json"],
      stats: ["miner_stats.json"],
      cooling: ["cooling_state.json"],
      tuner: ["performance_tuner_state.json"],
    },
    differs: {
      "asic-rs/braiins-os/S9_22.08-plus_graphql": {
        fans: "an S9 has four places and two fans; nothing tells an empty place from a fan that stands still",
      },
    },
  },
  {
    family: "Whatsminer",
    under: [
      "asic-rs/whatsminer",
      "code-index/whatsminer",
      "foreman/whatsminer",
      "synthetic-vectors/whatsminer-mislabelled-units",
      "synthetic-vectors/whatsminer-v3-frames",
    ],
    driver: {
      "asic-rs/whatsminer/M20SV10_api1.4.0_fw20210322": "whatsminer",
      "asic-rs/whatsminer/M50SVH50_api2.0.5_fw20230803": "whatsminer",
      "asic-rs/whatsminer/M60SVK40_api3.0.2_fw20251209": "whatsminer-v3",
      "code-index/whatsminer/M30Splus_2022": "whatsminer",
      "foreman/whatsminer/WhatsminerDetect/Whatsminer_M20S_new_firmware": "whatsminer",
      "foreman/whatsminer/WhatsminerDetect/Whatsminer_M21": "whatsminer",
      "foreman/whatsminer/WhatsminerDetect/Whatsminer_M30S": "whatsminer",
      "foreman/whatsminer/WhatsminerStats/Whatsminer_M20S_new_firmware": "whatsminer",
      "foreman/whatsminer/WhatsminerStats/Whatsminer_M20S_old_firmware": "whatsminer",
      "foreman/whatsminer/WhatsminerStats/Whatsminer_M3": "whatsminer",
    },
    names: {
      summary: ["summary.json", "summary.raw.txt", "get_miner_status_summary.json"],
      devs: ["devs.json", "edevs.json"],
      edevs: ["get_miner_status_edevs.json"],
      status: ["status.json"],
      faults: ["get_error_code.json"],
      version: ["get_version.json"],
      maker: ["get_miner_info.json"],
      pools: ["pools.json", "get_miner_status_pools.json"],
      device: ["get_device_info.json"],
    },
    differs: {
      "foreman/whatsminer/WhatsminerStats/Whatsminer_M20S_new_firmware": {
        hashrate: "theirs is the mean since the start, ours that of the last minute",
        temperatures: "theirs are the means of each board's chips, ours the hottest of them",
        shares:
          "their reply to pools is of another device (it is the same file as the old firmware's)",
      },
      "foreman/whatsminer/WhatsminerStats/Whatsminer_M3": {
        hashrate: "theirs is the mean since the start, ours that of the last minute",
        shares:
          "their reply to pools is of another moment: 550974 s after a start, the summary 43685 s",
      },
    },
    unread: {
      "foreman/whatsminer/WhatsminerDetect/Whatsminer_M20S_new_firmware":
        "pools and a web page only: pools look the same on every miner of that API",
      "foreman/whatsminer/WhatsminerDetect/Whatsminer_M21":
        "pools and a web page only: pools look the same on every miner of that API",
      "foreman/whatsminer/WhatsminerDetect/Whatsminer_M30S":
        "pools and a web page only: pools look the same on every miner of that API",
      "synthetic-vectors/whatsminer-mislabelled-units":
        "vectors, no replies; a factory rate of 200 GH/s fits none of the rates beside it",
      "synthetic-vectors/whatsminer-v3-frames": "cases of framing, which is the link's; no replies",
    },
  },
  {
    family: "Auradine",
    under: ["asic-rs/auradine"],
    driver: "auradine",
    names: {
      version: ["version.json"],
      summary: ["summary.json"],
      devs: ["devs.json"],
      chips: ["asccount.json"],
      pools: ["pools.json"],
      maker: ["ipreport.json"],
      fan: ["fan.json"],
      psu: ["psu.json"],
      temperature: ["temperature.json"],
      mode: ["mode.json"],
      led: ["led.json"],
    },
  },
  {
    family: "Proto",
    under: ["asic-rs/proto-rig"],
    driver: "proto-rig",
    names: {
      mining: ["mining.json"],
      telemetry: ["telemetry_full.json"],
      cooling: ["cooling.json"],
      pools: ["pools.json"],
      faults: ["errors.json"],
      system: ["system.json"],
      network: ["network.json"],
      hardware: ["hardware.json"],
    },
  },
  {
    family: "ePIC",
    under: ["asic-rs/epic-powerplay", "foreman/epic"],
    driver: "epic",
    names: {
      summary: ["summary.json"],
      network: ["network.json"],
      maker: ["capabilities.json"],
    },
    differs: {
      "foreman/epic/EpicStats": {
        hashrate:
          "theirs is the mean of the session, which an SC200 goes on saying when it does nothing",
      },
    },
  },
  {
    family: "SealMiner",
    under: ["asic-rs/sealminer"],
    driver: "sealminer",
    names: {
      version: ["version.json"],
      stats: ["stats.json"],
      summary: ["summary.json"],
      pools: ["pools.json"],
      system: ["get_system_info.json"],
    },
    differs: {
      "asic-rs/sealminer/A2_2025091001": {
        hashrate:
          "theirs is the mean since the start, ten minutes of tuning included; ours that of 30 s",
      },
    },
  },
];
