import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { type Mined, minedRows } from "./mined.ts";

/**
 * Rigel, for NVIDIA GPUs; its API is off, and without a port of its own, until `--api-bind` is given. Bus numbers are
 * hexadecimal, though `0b:0` and `11:0` look alike for most of them.
 */
export const rigel = defineDriver({
  name: "rigel",
  about: "Rigel, NVIDIA GPUs",
  docs: "https://github.com/rigelminer/rigel",
  kind: "gpu",
  role: "miner",
  ports: [],
  proof: ["1.23.2"],
  // It names the pools with their passwords, beside the figures.
  asks: { stat: { link: "http", target: "/stat", decode: json, secret: true } },
  identify: ({ stat }) =>
    pointer(stat, "/name") === "Rigel" && Array.isArray(pointer(stat, "/devices")),
  identity: {},
  derive: ({ stat }) => (isRecord(stat) ? { stat: { ...stat, gpus: gpusOf(stat) } } : {}),
  table: {
    stat: [
      {
        devices: "/gpus",
        pci: { at: "/pci_address", base: 16 },
        identity: {
          model: "/name",
          pool: "/pool/hostname",
          worker: ["/pool/worker", "/pool/username"],
        },
        rows: [
          { state: "/state", words: { mining: "mining" } },
          minedRows(),
          ...gpuSensors(
            {
              chip: "/monitoring_info/core_temperature",
              memory: "/monitoring_info/memory_temperature",
              power: "/monitoring_info/power_usage",
              fan: "/monitoring_info/fan_speed",
              clock: "/monitoring_info/core_clock",
              memoryClock: "/monitoring_info/memory_clock",
            },
            "output",
          ),
          { metric: "uptime", at: "^/uptime", unit: "s" },
        ],
      },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** GPUs with what each of them mines, one member for each algorithm that it has a rate of. */
function gpusOf(stat: Doc): unknown {
  const { devices } = stat;
  if (!Array.isArray(devices)) return undefined;
  return devices.map((device: unknown) => {
    if (!isRecord(device)) return device;
    const mined = minedBy(device);
    const first = mined?.[0]?.algorithm ?? "";
    const pool = listOf(pointer(stat, `/pools/${String(first)}`))[0];
    return { ...device, mined, pool: pointer(pool, "/connection_details") };
  });
}

function minedBy(device: Doc): Mined[] | undefined {
  const { hashrate, selected } = device;
  // A GPU that was left out on the command line is listed, and mines nothing.
  if (!isRecord(hashrate)) return selected === false ? [] : undefined;
  return Object.entries(hashrate).map(([algorithm, rate]) => ({
    algorithm,
    rate,
    accepted: pointer(device, `/solution_stat/${algorithm}/accepted`),
    rejected: pointer(device, `/solution_stat/${algorithm}/rejected`),
  }));
}
