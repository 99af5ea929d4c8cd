import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { added } from "./mined.ts";

/** T-Rex, for NVIDIA GPUs. While it builds its DAG it says 0 H/s at full power, which is what the GPU then does. */
export const trex = defineDriver({
  name: "trex",
  about: "T-Rex, NVIDIA GPUs",
  docs: "https://github.com/trexminer/T-Rex/wiki/API",
  kind: "gpu",
  role: "miner",
  ports: [4067],
  proof: [
    "0.6.3 (API 1.1)",
    "0.9.1 (API 3.0)",
    "0.13.2 (API 3.1)",
    "0.19 (API 3.3)",
    "0.24.6 (API 4.1)",
  ],
  asks: { summary: { link: "http", target: "/summary", decode: json } },
  identify: ({ summary }) => pointer(summary, "/name") === "t-rex",
  algorithm: "^/algorithm",
  identity: {
    summary: { pool: "/unplaced/url", worker: ["/unplaced/worker", "/unplaced/user"] },
  },
  derive: ({ summary }) => (isRecord(summary) ? { summary: orderly(summary) } : {}),
  table: {
    summary: [
      {
        devices: "/gpus",
        pci: { at: "/pci_bus", base: 10, domain: "/pci_domain" },
        identity: {
          make: "/vendor",
          model: "/name",
          uuid: "/uuid",
          pool: "^/active_pool/url",
          worker: ["^/active_pool/worker", "^/active_pool/user"],
        },
        rows: [
          {
            each: "/mined",
            algorithm: "/algorithm",
            rows: [
              { metric: "hashrate", at: "/hashrate", unit: "H/s" },
              {
                metric: "hashrate_average",
                at: "/mean/day",
                unit: "H/s",
                averagedSeconds: 86_400,
                optional: true,
              },
              {
                metric: "hashrate_average",
                at: "/mean/hour",
                unit: "H/s",
                averagedSeconds: 3600,
                optional: true,
              },
              {
                metric: "hashrate_average",
                at: "/mean/minute",
                unit: "H/s",
                averagedSeconds: 60,
                optional: true,
              },
              {
                metric: "shares_accepted",
                at: "/shares/accepted_count",
                unit: "1",
                optional: true,
              },
              {
                metric: "shares_rejected",
                at: "/shares/rejected_count",
                unit: "1",
                optional: true,
              },
            ],
          },
          ...gpuSensors(
            {
              chip: "/temperature",
              memory: "/memory_temperature",
              power: "/power",
              fan: "/fan_speed",
              clock: "/cclock",
              memoryClock: "/mclock",
            },
            "output",
          ),
          { metric: "uptime", at: "^/uptime", unit: "s" },
          { state: "/halted", words: { paused: "sleeping" } },
        ],
        // Before API 4 a GPU does not say where it is.
        unplaced: [
          { metric: "hashrate", at: "/whole", unit: "H/s" },
          { metric: "shares_accepted", at: "/accepted_count", unit: "1" },
          { metric: "shares_rejected", at: "/rejected_count", unit: "1" },
          { metric: "uptime", at: "/uptime", unit: "s" },
        ],
      },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** The reply with what each GPU mines inside the GPU. */
function orderly(summary: Doc): Doc {
  const gpus = summary["gpus"];
  if (!Array.isArray(gpus)) return summary;
  const beside = listOf(summary["stat_by_gpu"]);
  const second = secondOf(summary["dual_stat"]);
  const isHalted = (gpu: Doc): boolean => gpu["paused"] === true || summary["paused"] === true;
  return {
    ...summary,
    whole: wholeOf(summary, gpus),
    // Where no GPU says where it is, the pool is that of the one device that they are parts of.
    unplaced: gpus.some((gpu) => pointer(gpu, "/pci_bus") !== undefined)
      ? undefined
      : summary["active_pool"],
    gpus: gpus.map((gpu: unknown, position) => {
      if (!isRecord(gpu)) return gpu;
      // API 4 counts shares in the GPU, API 3 in a list beside, in the same order.
      const first = isRecord(gpu["shares"]) ? gpu : { ...gpu, shares: beside[position] };
      return {
        ...gpu,
        mined: [minedBy(first, summary["algorithm"]), ...(second.get(gpu["gpu_id"]) ?? [])],
        halted: isHalted(gpu) ? "paused" : undefined,
      };
    }),
  };
}

/** What is mined beside the first algorithm, by the GPU's number: it has a list of its own, in an order of its own. */
function secondOf(dual: unknown): ReadonlyMap<unknown, readonly Doc[]> {
  const algorithm = pointer(dual, "/algorithm");
  const numbered = listOf(pointer(dual, "/gpus"))
    .filter(isRecord)
    .filter((gpu) => gpu["gpu_id"] !== undefined);
  return new Map(numbered.map((gpu) => [gpu["gpu_id"], [minedBy(gpu, algorithm)]]));
}

function minedBy(gpu: Doc, algorithm: unknown): Doc {
  // A mean is 0 until the miner has run for as long.
  const longest = ["day", "hour", "minute"].find((span) => Number(gpu[`hashrate_${span}`]) > 0);
  return {
    algorithm,
    hashrate: gpu["hashrate"],
    mean: longest === undefined ? {} : { [longest]: gpu[`hashrate_${longest}`] },
    shares: gpu["shares"],
  };
}

/**
 * The rate of all GPUs together. The reply's own can lag far behind them, so that they are added up where the reply lists
 * as many as there are.
 */
function wholeOf(summary: Doc, gpus: readonly unknown[]): unknown {
  const all = added(gpus.map((gpu) => pointer(gpu, "/hashrate")));
  return all !== undefined && gpus.length === summary["gpu_total"] ? all : summary["hashrate"];
}
