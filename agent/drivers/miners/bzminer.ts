import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { algorithmsIn, gpusIn, type Mined, minedRows, STALE } from "./mined.ts";

/** BzMiner, for GPUs and the CPU. Figures of a device are lists, one member for each pool that it mines for. */
export const bzminer = defineDriver({
  name: "bzminer",
  about: "BzMiner, AMD, NVIDIA and Intel GPUs and CPUs",
  docs: "https://github.com/bzminer/bzminer",
  // Its GPUs say where they are; what does not is the CPU.
  kind: "host",
  role: "miner",
  ports: [4014],
  proof: [],
  asks: { status: { link: "http", target: "/status", decode: json } },
  identify: ({ status }) =>
    typeof pointer(status, "/bzminer_version") === "string" &&
    Array.isArray(pointer(status, "/devices")),
  identity: {
    status: {
      model: "/cpu/name",
      firmware: "/cpu/version",
      pool: "/cpu/pool",
      worker: "/cpu/worker",
    },
  },
  derive: ({ status }) => (isRecord(status) ? { status: { ...status, ...devicesOf(status) } } : {}),
  table: {
    status: [
      {
        devices: "/gpus",
        pci: { at: "/pci_bus_id", base: 10 },
        identity: { model: "/name", pool: "^/pools/0/current_url", worker: "^/pools/0/username" },
        rows: [
          minedRows("H/s", "/mined", STALE),
          ...gpuSensors({
            chip: "/core_temp",
            memory: "/mem_temp",
            power: "/power",
            fan: "/fan",
            clock: "/core_clock",
            memoryClock: "/mem_clock",
          }),
          { metric: "uptime", at: "^/uptime_s", unit: "s" },
        ],
      },
      minedRows("H/s", "/cpuMined", STALE),
      { metric: "uptime", at: "/cpu/uptime_s", unit: "s", optional: true },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

const CPU = 4;

/** GPUs with what each of them mines, and the CPU where it is one of the devices. */
function devicesOf(status: Doc): Doc {
  const { bzminer_version: version, uptime_s } = status;
  const pools = algorithmsIn(status["pools"]) ?? [];
  const devices = gpusIn(status["devices"]);
  if (devices === undefined) return { cpuMined: [] };
  const isCpu = (device: unknown): boolean => pointer(device, "/vendor") === CPU;
  const cpu = devices.find(isCpu);
  const { current_url: pool, username: worker } = isRecord(pools[0]) ? pools[0] : {};
  return {
    gpus: devices
      .filter((device) => !isCpu(device))
      .map((device) => (isRecord(device) ? { ...device, mined: minedBy(device, pools) } : device)),
    cpuMined: isRecord(cpu) ? minedBy(cpu, pools) : [],
    ...(isRecord(cpu) ? { cpu: { ...cpu, version, uptime_s, pool, worker } } : {}),
  };
}

function minedBy(device: Doc, pools: readonly unknown[]): Mined[] | undefined {
  const rates = algorithmsIn([device["hashrate"]].flat());
  if (rates === undefined) return undefined;
  const member = (key: string, position: number): unknown => [device[key]].flat()[position];
  const named = poolsOf(rates.length, pools);
  return rates.flatMap((rate, position) =>
    isPlaceholder(named[position])
      ? []
      : [
          {
            algorithm: pointer(named[position], "/algorithm"),
            rate,
            accepted: member("valid_solutions", position),
            rejected: member("rejected_solutions", position),
            stale: member("stale_solutions", position),
          },
        ],
  );
}

/** The pools that a device's rates are for, as far as their number tells: the CPU may have one of its own. */
function poolsOf(count: number, pools: readonly unknown[]): readonly unknown[] {
  if (pools.length === count) return pools;
  const real = pools.filter((pool) => !isPlaceholder(pool));
  return real.length === count ? real : [];
}

/** A second pool that is not set up is listed all the same, with whatever stood in memory as its status. */
function isPlaceholder(pool: unknown): boolean {
  const status = pointer(pool, "/status");
  return typeof status === "number" && (status < 0 || status > 0xff);
}
