import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { algorithmsIn, gpusIn, type Mined, minedRows } from "./mined.ts";

/** nanominer, for GPUs and the CPU. Devices and algorithms are maps that share the keys `GPU 0`, `GPU 1` … and `CPU`. */
export const nanominer = defineDriver({
  name: "nanominer",
  about: "nanominer, AMD, NVIDIA and Intel GPUs and CPUs",
  docs: "https://github.com/nanopool/nanominer",
  // Its GPUs say where they are; what does not is the CPU.
  kind: "host",
  role: "miner",
  ports: [9090],
  proof: ["Ethash and RandomHash, version not said"],
  asks: { stats: { link: "http", target: "/stats", decode: json } },
  identify: ({ stats }) =>
    Array.isArray(pointer(stats, "/Algorithms")) &&
    Array.isArray(pointer(stats, "/Devices")) &&
    typeof pointer(stats, "/WorkTime") === "number",
  identity: { stats: { model: "/cpu/Name", pool: "/cpu/pool" } },
  derive: ({ stats }) => (isRecord(stats) ? { stats: { ...stats, ...devicesOf(stats) } } : {}),
  table: {
    stats: [
      {
        devices: "/gpus",
        pci: { at: "/Pci", base: 16 },
        identity: { model: "/Name", pool: "/pool" },
        rows: [
          minedRows(),
          ...gpuSensors({ chip: "/Temperature", power: "/Power", fan: "/Fan" }),
          { metric: "uptime", at: "^/WorkTime", unit: "s" },
        ],
      },
      minedRows("H/s", "/cpuMined"),
      { metric: "uptime", at: "/cpu/WorkTime", unit: "s", optional: true },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;
type Entry = readonly [name: string, value: unknown];

const entriesIn = (lists: unknown): Entry[] =>
  listOf(lists).flatMap((one) => (isRecord(one) ? Object.entries(one) : []));

/** Each device with what it mines. The CPU is one of them only where it mines: it is listed always. */
function devicesOf({ Algorithms, Devices, WorkTime }: Doc): Doc {
  if (!Array.isArray(Devices)) return { cpuMined: [] };
  const algorithms = entriesIn(Algorithms);
  const listed = entriesIn(Devices);
  // One has a product with the other.
  if (gpusIn(listed) === undefined || algorithmsIn(algorithms) === undefined)
    return { cpuMined: [] };
  const devices = listed.map(([name, device]) => ({
    name,
    device: isRecord(device) ? { ...device, ...minedBy(name, algorithms) } : device,
  }));
  const cpu = devices.find(({ name }) => name === "CPU")?.device;
  const mined = listOf(pointer(cpu, "/mined"));
  return {
    gpus: devices.filter(({ name }) => name.startsWith("GPU")).map(({ device }) => device),
    cpuMined: mined,
    ...(isRecord(cpu) && mined.length > 0 ? { cpu: { ...cpu, WorkTime } } : {}),
  };
}

function minedBy(name: string, algorithms: readonly Entry[]): Doc {
  const own = algorithms.flatMap(([algorithm, stat]) =>
    isRecord(stat) && isRecord(stat[name]) ? [{ algorithm, stat, of: stat[name] }] : [],
  );
  const mined: Mined[] = own.map(({ algorithm, of }) => ({
    algorithm,
    rate: of["Hashrate"],
    accepted: of["Accepted"],
    rejected: of["Denied"],
  }));
  return { mined, pool: own[0]?.stat["CurrentPool"] };
}
