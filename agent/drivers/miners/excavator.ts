import { jsonRpc } from "../decode/json-rpc.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { added, gpusIn, type Mined, minedRows } from "./mined.ts";

const ask = (method: string): string => `{"id":1,"method":"${method}","params":[]}\n`;

/**
 * NiceHash Excavator, for NVIDIA GPUs. What it does stands in three replies: algorithms with their shares, GPUs with
 * their sensors, and workers, which are the threads that tie the two together.
 */
export const excavator = defineDriver({
  name: "excavator",
  about: "NiceHash Excavator, NVIDIA GPUs",
  docs: "https://github.com/nicehash/excavator/tree/master/api",
  kind: "gpu",
  role: "miner",
  ports: [3456],
  proof: ["version not said, with three algorithms at once"],
  asks: {
    algorithms: { link: "tcp", target: ask("algorithm.list"), decode: jsonRpc },
    devices: { link: "tcp", target: ask("devices.get"), decode: jsonRpc },
    workers: { link: "tcp", target: ask("worker.list"), decode: jsonRpc, optional: true },
    // Its one connection to NiceHash, where it has that; the password stands behind the login.
    pool: {
      link: "tcp",
      target: ask("subscribe.info"),
      decode: jsonRpc,
      optional: true,
      rarely: true,
      secret: true,
    },
  },
  knownBy: ["algorithms"],
  identify: ({ algorithms }) => Array.isArray(pointer(algorithms, "/algorithms")),
  identity: { algorithms: { pool: "/connection/pool", worker: "/connection/worker" } },
  derive: (docs) => ({ algorithms: withTotals(docs), devices: withMined(docs) }),
  table: {
    algorithms: [minedRows("H/s", "/totals")],
    devices: [
      {
        devices: "/devices",
        pci: { at: "/details/bus_id", base: 10 },
        identity: {
          model: "/name",
          uuid: "/uuid",
          pool: "^/connection/pool",
          worker: "^/connection/worker",
        },
        rows: [
          minedRows(),
          ...gpuSensors(
            {
              chip: "/gpu_temp",
              power: "/gpu_power_usage",
              fan: "/gpu_fan_speed",
              clock: "/gpu_clock_core_max",
              memoryClock: "/gpu_clock_memory",
            },
            "output",
          ),
          {
            metric: "power_limit",
            at: "/gpu_power_limit_current",
            unit: "W",
            blank: [-1, 0],
            optional: true,
          },
          { metric: "fan_speed", at: "/gpu_fan_speed_rpm", unit: "rpm", optional: true },
          { metric: "utilization", at: "/gpu_load", unit: "%", optional: true },
          { metric: "memory_used", at: "/gpu_memory_used", unit: "B", optional: true },
        ],
      },
    ],
  },
});

interface Replies {
  readonly algorithms?: unknown;
  readonly devices?: unknown;
  readonly workers?: unknown;
  readonly pool?: unknown;
}

/** Where it works and for whom: `address.worker:password` is the login. */
function connectionOf(pool: unknown): object {
  const [worker] = /^[^:]+/.exec(String(pointer(pool, "/login") ?? "")) ?? [];
  return { pool: pointer(pool, "/address"), worker };
}

/** What the program does for each algorithm, where no worker says which GPU does it. */
function withTotals({ algorithms, workers, pool }: Replies): unknown {
  if (!isRecord(algorithms)) return algorithms;
  const listed = Array.isArray(pointer(workers, "/workers"))
    ? []
    : listOf(algorithms["algorithms"]);
  return {
    ...algorithms,
    // Of the program as a whole nothing else is said where its GPUs are devices of their own.
    connection: listed.length > 0 ? connectionOf(pool) : undefined,
    totals: listed.map((one) => ({
      algorithm: pointer(one, "/name"),
      rate: pointer(one, "/speed"),
      accepted: pointer(one, "/accepted_shares"),
      rejected: pointer(one, "/rejected_shares"),
    })),
  };
}

/** Each GPU with what its workers do. */
function withMined({ devices, workers, pool }: Replies): unknown {
  if (!isRecord(devices)) return devices;
  const threads = Map.groupBy(listOf(pointer(workers, "/workers")), (thread) =>
    pointer(thread, "/device_id"),
  );
  return {
    ...devices,
    connection: connectionOf(pool),
    devices: gpusIn(devices["devices"])?.map((device) =>
      isRecord(device)
        ? { ...device, mined: minedBy(threads.get(device["device_id"]) ?? []) }
        : device,
    ),
  };
}

/** The workers of a GPU added up by algorithm: several run on one. */
function minedBy(threads: readonly unknown[]): Mined[] {
  const own = threads.flatMap((thread) => listOf(pointer(thread, "/algorithms")));
  const byAlgorithm = Map.groupBy(own, (one) => pointer(one, "/name"));
  return [...byAlgorithm].map(([algorithm, ones]) => ({
    algorithm,
    rate: added(ones.map((one) => pointer(one, "/speed"))),
  }));
}
