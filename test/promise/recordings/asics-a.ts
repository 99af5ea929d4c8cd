import type { RecordedFamily } from "./family.ts";

/** Recordings of Foreman's that others count the pools' shares in. */
const withoutSummary = (...names: readonly string[]): NonNullable<RecordedFamily["differs"]> =>
  Object.fromEntries(
    names.map((name) => [
      `foreman/antminer/AntminerStats/${name}`,
      { shares: "shares stand in the reply to summary, which was not recorded" },
    ]),
  );

const CGMINER = {
  version: ["version.json", "rpc_version.json"],
  // What was recorded of `new_api` alone is read as of a firmware that answers so to both.
  stats: [
    "stats.json",
    "stats.raw.txt",
    "rpc_stats.json",
    "rpc_stats.malformed.raw.txt",
    "rpc_stats_new_api.json",
  ],
  summary: ["rpc_summary.json"],
  pools: ["pools.json", "rpc_pools.json"],
} as const;

/** Antminers with the maker's firmware and with others. */
export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "Antminer stock",
    under: ["foreman/antminer", "blockops/antminer-stock", "issues/antminer-stock"],
    driver: "antminer",
    names: {
      ...CGMINER,
      new_stats: ["rpc_stats_new_api.json"],
      web_stats: ["web_stats.json"],
      web_summary: ["web_summary.json"],
      settings: ["cgi-bin_get_miner_conf.cgi.json"],
    },
    differs: {
      ...withoutSummary(
        "Antminer_D3",
        "Antminer_L3",
        "Antminer_S17",
        "Antminer_S19_overheating",
        "Antminer_S19_really_cold",
        "Antminer_S9_bad_temps",
        "Antminer_T15",
        "Antminer_T17+_sleeping",
      ),
      "blockops/antminer-stock/S21XPHyd_71.0.1.3": {
        power: "0 W beside 484 TH/s is an unfilled field and no measurement",
      },
    },
    unread: {
      "issues/antminer-stock/S19Pro_unknown_command":
        "only the refusal of an unknown command was recorded",
      "issues/antminer-stock/S3_cgminer4.9.2":
        "a part of the reply to several commands at once, which is not how we ask, and without a model",
    },
  },
  {
    // Beside the Antminers' recordings, and no Antminer's firmware.
    family: "Braiins OS",
    under: ["foreman/antminer/AntminerDetect/Braiins_OS_S9_2"],
    driver: "braiins",
    names: { version: ["version.json"] },
  },
  {
    family: "Hiveon",
    under: [
      "blockops/hiveon",
      "issues/hiveon",
      "foreman/antminer/AntminerDetect/Hiveon_S9",
      "foreman/antminer/AntminerStats/Antminer_S9_Hiveon",
    ],
    driver: "hiveon",
    names: CGMINER,
    differs: withoutSummary("Antminer_S9_Hiveon"),
  },
  {
    family: "MSKMiner",
    under: ["pyasic/mskminer", "foreman/antminer/AntminerStats/Antminer_S9_mskminer"],
    driver: "mskminer",
    names: CGMINER,
  },
  {
    family: "VNish",
    under: [
      "code-index/vnish",
      "foreman/antminer/AntminerDetect/NiceHash",
      "foreman/antminer/AntminerStats/Antminer_S9_NiceHash",
    ],
    driver: "vnish",
    names: { ...CGMINER, web: ["api_v1_summary.json"], about: ["api_v1_info.json"] },
    differs: withoutSummary("Antminer_S9_NiceHash"),
  },
  {
    family: "LuxOS",
    under: ["asic-rs/luxos"],
    driver: "luxos",
    names: {
      version: ["version.json"],
      summary: ["summary.json"],
      stats: ["stats.json"],
      devs: ["devs.json"],
      temps: ["temps.json"],
      fans: ["fans.json"],
      power: ["power.json"],
      config: ["config.json"],
      events: ["events.json"],
      pools: ["pools.json"],
    },
  },
  {
    family: "Marathon",
    under: ["blockops/marathon"],
    driver: "marathon",
    names: {
      overview: ["kaonsu_v1_overview.json"],
      brief: ["kaonsu_v1_brief.json"],
      hashboards: ["kaonsu_v1_hashboards.json"],
      fans: ["kaonsu_v1_fans.json"],
    },
    differs: {
      "blockops/marathon/KS5Pro_MaraFW3.14_degraded": {
        temperatures:
          "board and chip are the one sensor of each board with 10 and 15 °C added; we read the sensor",
      },
    },
  },
];
