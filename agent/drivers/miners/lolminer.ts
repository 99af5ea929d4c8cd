import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/**
 * lolMiner, for AMD, NVIDIA and Intel GPUs; its API is off, and without a port of its own, until `--apiport` is given
 * (44444 is HiveOS's). From 1.3x on workers and algorithms are two lists that belong together by position; before, one
 * list of GPUs.
 */
export const lolminer = defineDriver({
  name: "lolminer",
  about: "lolMiner, AMD, NVIDIA and Intel GPUs",
  docs: "https://github.com/Lolliedieb/lolMiner-releases",
  kind: "gpu",
  role: "miner",
  ports: [44_444],
  proof: ["0.6", "1.16a", "1.46", "1.92"],
  asks: { summary: { link: "http", target: "/summary", decode: json } },
  identify: ({ summary }) => String(pointer(summary, "/Software")).startsWith("lolMiner"),
  identity: {},
  derive: ({ summary }) =>
    isRecord(summary) ? { summary: { ...summary, gpus: gpusOf(summary) } } : {},
  table: {
    summary: [
      {
        devices: "/gpus",
        pci: { at: "/PCIE_Address", base: 10 },
        identity: {
          model: "/Name",
          pool: "/mined/0/Pool",
          worker: ["/mined/0/Worker", "/mined/0/User"],
        },
        rows: [
          {
            each: "/mined",
            algorithm: "/Algorithm",
            rows: [
              { metric: "hashrate", at: "/rate", unit: { at: "/unit" }, times: "/factor" },
              { metric: "shares_accepted", at: "/accepted", unit: "1" },
              { metric: "shares_rejected", at: "/rejected", unit: "1", optional: true },
              { metric: "shares_stale", at: "/stale", unit: "1", optional: true },
            ],
          },
          // 0 °C of memory is how a card without that sensor looks; 0 W and 0 °C one whose driver does not answer.
          ...gpuSensors({
            chip: ["/Core_Temp", "/Temp (deg C)", "/Temps (deg C)"],
            hotspot: "/Juc_Temp",
            memory: ["/Mem_Temp", "/Mem Temp (deg C)"],
            power: ["/Power", "/Consumption (W)"],
            fan: ["/Fan_Speed", "/Fan Speed (%)"],
            clock: "/CCLK",
            memoryClock: "/MCLK",
          }),
          { metric: "uptime", at: "^/Session/Uptime", unit: "s" },
        ],
      },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** Far more than it mines at once: a reply with more is none of its, and every worker would have as many. */
const MAX_ALGORITHMS = 16;

/** GPUs with what each of them mines beside it; absent where the reply has neither schema. */
function gpusOf(summary: Doc): unknown {
  const { Workers: workers, GPUs: gpus } = summary;
  if (Array.isArray(workers)) {
    const algorithms = listOf(summary["Algorithms"]);
    if (algorithms.length > MAX_ALGORITHMS) return undefined;
    return workers.map((worker: unknown, position) =>
      isRecord(worker)
        ? { ...worker, mined: algorithms.map((algorithm) => shareOf(algorithm, position)) }
        : worker,
    );
  }
  if (!Array.isArray(gpus)) return undefined;
  return gpus.map((gpu: unknown) =>
    isRecord(gpu) ? { ...gpu, mined: [oldShareOf(summary, gpu)] } : gpu,
  );
}

/** One worker's part of an algorithm's lists. */
function shareOf(algorithm: unknown, position: number): unknown {
  if (!isRecord(algorithm)) return algorithm;
  return {
    ...algorithm,
    rate: pointer(algorithm, `/Worker_Performance/${position}`),
    // The factor says what `Performance_Unit` says, without a spelling to know.
    unit: "H/s",
    factor: algorithm["Performance_Factor"],
    accepted: pointer(algorithm, `/Worker_Accepted/${position}`),
    rejected: pointer(algorithm, `/Worker_Rejected/${position}`),
    stale: pointer(algorithm, `/Worker_Stales/${position}`),
  };
}

function oldShareOf(summary: Doc, gpu: Doc): Doc {
  return {
    Algorithm: pointer(summary, "/Mining/Algorithm"),
    Pool: pointer(summary, "/Stratum/Current_Pool"),
    User: pointer(summary, "/Stratum/Current_User"),
    rate: gpu["Performance"],
    unit: pointer(summary, "/Session/Performance_Unit") ?? unsaidUnit(summary),
    factor: 1,
    accepted: gpu["Session_Accepted"],
  };
}

/**
 * What 0.x, which does not name its unit, gives: plain solutions or graphs, the only work that it knew. HiveOS reads it so:
 * https://github.com/minershive/hiveos-linux/blob/master/hive/miners/lolminer/h-stats.sh
 */
function unsaidUnit(summary: Doc): string | undefined {
  const algorithm = String(pointer(summary, "/Mining/Algorithm")).toLowerCase();
  if (/^(equihash|beamhash)/.test(algorithm)) return "Sol/s";
  return /^cuck/.test(algorithm) ? "g/s" : undefined;
}
