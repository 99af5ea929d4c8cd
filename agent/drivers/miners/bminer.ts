import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { added, type Mined, minedRows } from "./mined.ts";

/**
 * Bminer, for NVIDIA and AMD GPUs. It numbers its GPUs and does not say where they are. Rates and shares by algorithm
 * stand in replies of their own since 12; before, all that it mines stands in one.
 */
export const bminer = defineDriver({
  name: "bminer",
  about: "Bminer, NVIDIA and AMD GPUs",
  docs: "https://www.bminer.me/references/",
  kind: "gpu",
  role: "miner",
  ports: [1880],
  proof: ["12.1.0", "15.0.0"],
  asks: {
    status: { link: "http", target: "/api/status", decode: json },
    solver: { link: "http", target: "/api/v1/status/solver", decode: json, optional: true },
    // It names each pool as it was given, with the password.
    stratum: {
      link: "http",
      target: "/api/v1/status/stratum",
      decode: json,
      optional: true,
      secret: true,
    },
  },
  knownBy: ["status"],
  identify: ({ status }) =>
    isRecord(pointer(status, "/miners")) && isRecord(pointer(status, "/stratum")),
  identity: { status: { firmware: "/version" } },
  derive: (docs) => ({ status: orderedStatus(docs) }),
  table: {
    status: [
      minedRows("H/s", "/totals"),
      { ...minedRows("H/s", "/mined"), part: "gpu", number: "/gpu" },
      {
        each: "/gpus",
        part: "gpu",
        number: "/gpu",
        rows: [
          ...gpuSensors({
            chip: "/device/temperature",
            power: "/device/power",
            fan: "/device/fan_speed",
            clock: "/device/clocks/core",
            memoryClock: "/device/clocks/memory",
          }),
          { metric: "utilization", at: "/device/utilization/gpu", unit: "%", optional: true },
        ],
      },
    ],
  },
});

interface Replies {
  readonly status?: unknown;
  readonly solver?: unknown;
  readonly stratum?: unknown;
}

interface MinedByGpu extends Mined {
  /** Its number, as text. */
  readonly gpu: string;
}

/** GPUs as a list, what each does by algorithm, and what they do together. */
function orderedStatus({ status, solver, stratum }: Replies): unknown {
  if (!isRecord(status)) return undefined;
  const miners = Object.entries(isRecord(status["miners"]) ? status["miners"] : {});
  const mined = miners.flatMap(([gpu, miner]) => {
    const solvers = listOf(pointer(solver, `/devices/${gpu}/solvers`));
    return solvers.length > 0
      ? solvers.map((one) => solved(gpu, one))
      : [
          {
            gpu,
            algorithm: status["algorithm"],
            rate: pointer(miner, "/solver/solution_rate"),
          },
        ];
  });
  const byAlgorithm = Map.groupBy(mined, ({ algorithm }) => algorithm);
  const totals = [...byAlgorithm].map(([algorithm, ones]) => {
    const shares =
      pointer(stratum, `/stratums/${String(algorithm)}`) ??
      (byAlgorithm.size === 1 ? status["stratum"] : undefined);
    return {
      algorithm,
      rate: added(ones.map(({ rate }) => rate)),
      accepted: pointer(shares, "/accepted_shares"),
      rejected: pointer(shares, "/rejected_shares"),
    };
  });
  const gpus = miners.map(([gpu, miner]) => ({ gpu, device: pointer(miner, "/device") }));
  return { ...status, mined, totals, gpus };
}

function solved(gpu: string, solver: unknown): MinedByGpu {
  const speed = pointer(solver, "/speed_info");
  return {
    gpu,
    algorithm: pointer(solver, "/algorithm"),
    // Of Equihash it says both how often it tried and how often it found.
    rate: pointer(speed, "/hash_rate") ?? pointer(speed, "/solution_rate"),
  };
}
