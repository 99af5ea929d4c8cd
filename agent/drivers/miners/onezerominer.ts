import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { algorithmsIn, gpusIn, minedRows } from "./mined.ts";

/**
 * OneZeroMiner, for NVIDIA GPUs; its API is off, and without a port of its own, until `--api-port` is given. Devices and
 * the lists of an algorithm belong together by position.
 */
export const onezerominer = defineDriver({
  name: "onezerominer",
  about: "OneZeroMiner, NVIDIA GPUs",
  docs: "https://github.com/OneZeroMiner/onezerominer",
  kind: "gpu",
  role: "miner",
  ports: [],
  proof: [],
  asks: { root: { link: "http", target: "/", decode: json } },
  identify: ({ root }) =>
    typeof pointer(root, "/uptime_seconds") === "number" &&
    Array.isArray(pointer(root, "/devices")) &&
    Array.isArray(pointer(root, "/algos/0/hashrates")),
  identity: {},
  derive: ({ root }) => (isRecord(root) ? { root: { ...root, gpus: gpusOf(root) } } : {}),
  table: {
    root: [
      {
        devices: "/gpus",
        pci: { at: "/bus_id", base: 10 },
        identity: { model: "/name" },
        rows: [
          minedRows(),
          ...gpuSensors({ chip: "/temp", fan: "/fan" }),
          { metric: "uptime", at: "^/uptime_seconds", unit: "s" },
        ],
      },
    ],
  },
});

function gpusOf({ devices, algos }: Readonly<Record<string, unknown>>): unknown {
  return gpusIn(devices)?.map((device, position) =>
    isRecord(device)
      ? {
          ...device,
          mined: algorithmsIn(algos)?.map((algorithm) => ({
            algorithm: pointer(algorithm, "/name"),
            rate: pointer(algorithm, `/hashrates/${position}`),
            accepted: pointer(algorithm, `/devices_accepted_shares/${position}`),
            rejected: pointer(algorithm, `/devices_rejected_shares/${position}`),
          })),
        }
      : device,
  );
}
