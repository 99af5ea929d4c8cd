import type { RecordedFamily } from "./family.ts";

const SUMMARY = { summary: ["summary.json"] };
const XMRIG = {
  summary: ["2_summary.json", "1_summary.json", "root.json"],
  backends: ["2_backends.json"],
};
const SGMINER = { devs: ["devs.json"], pools: ["pools.json"] };
const NO_SUMMARY =
  "ours are counted in the summary, which is not recorded; theirs are the pools' of another moment";
const CUT_BY_ITS_AUTHOR = "the recording lists one GPU of the six that its total is of";

/** Recordings of GPU and CPU miner programs, first part of two. */
export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "T-Rex",
    under: ["foreman/trex", "trex_exporter/trex", "code-index/trex"],
    driver: "trex",
    names: SUMMARY,
    unread: {
      "foreman/trex/TrexCcminer": "the text protocol of T-Rex, which is ccminer's",
    },
  },
  {
    family: "lolMiner",
    under: ["foreman/lolminer", "code-index/lolminer", "issues/lolminer"],
    driver: "lolminer",
    names: SUMMARY,
    unread: {
      "issues/lolminer/1.46_worker_number": "two pieces of a reply, neither of them a whole one",
    },
  },
  {
    family: "XMRig",
    under: ["foreman/xmrig", "code-index/xmrig", "xmrig/docs-api"],
    driver: {
      "foreman/xmrig/Xmrig5_11_1CpuMining": "xmrig",
      "foreman/xmrig/XmrigNew": "xmrig",
      "foreman/xmrig/XmrigOldAmd": "xmrig-2",
      "xmrig/docs-api": "xmrig-2",
      // Cut down by hand until nothing said any more that it is XMRig.
      "code-index/xmrig/6.26.0_trimmed": "xmrig-generic",
    },
    names: XMRIG,
    differs: {
      "foreman/xmrig/XmrigNew": {
        hashrate: "theirs is the GPU alone; ours has the CPU beside it, as another device",
      },
    },
  },
  {
    family: "xmr-stak",
    under: ["foreman/xmrstak"],
    driver: {
      "foreman/xmrstak/XmrstakGpu": "xmr-stak",
      // JCE, which answers as xmr-stak does.
      "foreman/xmrstak/XmrstakCpu": "xmrig-generic",
    },
    names: { summary: ["api.json.json"], old: ["api.json.json"] },
    differs: {
      "foreman/xmrstak/XmrstakGpu": {
        shares: "the refused share is theirs by computing: found less accepted",
      },
    },
  },
  {
    family: "SRBMiner",
    under: ["foreman/srbminer"],
    driver: "srbminer",
    names: { root: ["root.json"] },
    differs: {
      "foreman/srbminer/SrbMinerComputeError": {
        hashrate: CUT_BY_ITS_AUTHOR,
        shares: "they count a compute error of a GPU as a refused share",
      },
      "foreman/srbminer/SrbminerOldMulti": { hashrate: CUT_BY_ITS_AUTHOR },
    },
  },
  {
    family: "TeamRedMiner, sgminer",
    under: ["foreman/sgminer"],
    driver: "sgminer",
    names: SGMINER,
    differs: {
      "foreman/sgminer/Avermore": { shares: NO_SUMMARY },
      "foreman/sgminer/SgminerGm": { shares: NO_SUMMARY },
      "foreman/sgminer/TeamRedMiner120s": { shares: NO_SUMMARY },
      "foreman/sgminer/TeamRedMinerHardwareErrors": { shares: NO_SUMMARY },
    },
  },
  {
    family: "GMiner",
    under: ["foreman/gminer", "code-index/gminer", "hiveos-linux/gminer"],
    driver: "gminer",
    names: { stat: ["stat.json"] },
  },
  {
    family: "NBMiner",
    under: ["foreman/nbminer", "nbminer/docs"],
    driver: "nbminer",
    names: { status: ["api_v1_status.json"] },
  },
];
