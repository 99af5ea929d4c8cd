import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/**
 * HSPMiner, for NVIDIA GPUs. It says a number of hashes for a GPU that is no rate in any unit that is known: 42 times, as
 * it seems, the graphs that such a card searches in a second. So there are sensors here and shares, and no hashrate.
 */
export const hspminer = defineDriver({
  name: "hspminer",
  about: "HSPMiner, NVIDIA GPUs (sensors and shares)",
  docs: "https://github.com/HSPMiner/HSPMinerAE",
  kind: "gpu",
  role: "miner",
  ports: [16666],
  proof: ["version not said, Aeternity"],
  asks: { status: { link: "http", target: "/api/v1", decode: json } },
  identify: ({ status }) =>
    typeof pointer(status, "/report_time") === "number" &&
    typeof pointer(status, "/miner/0/coin") === "string",
  identity: {},
  derive: ({ status }) => (isRecord(status) ? { status: { ...status, ...ordered(status) } } : {}),
  table: {
    status: [
      {
        devices: "/gpus",
        pci: { at: "/bus", base: 16 },
        identity: { model: "/name", pool: "^/pool", worker: "^/worker" },
        rows: [
          { metric: "shares_accepted", at: "/submit", unit: "1", optional: true },
          ...gpuSensors(
            {
              chip: "/temp",
              power: "/power",
              fan: "/fan",
              clock: "/core",
              memoryClock: "/mem",
            },
            "output",
          ),
        ],
      },
    ],
  },
});

/** What it mines first. Its figures have the coin in their names. */
function ordered(status: Readonly<Record<string, unknown>>): object {
  const miner = listOf(status["miner"])[0];
  const coin = String(pointer(miner, "/coin"));
  const devices = pointer(miner, "/devices");
  if (!Array.isArray(devices)) return {};
  return {
    pool: pointer(miner, `/${coin}_pool`),
    worker: pointer(miner, `/${coin}_worker`),
    gpus: devices.map((device: unknown) =>
      isRecord(device) ? { ...device, bus: busIn(device["pci"]) } : device,
    ),
  };
}

/** The bus of `3:0:0`. In which base it is written nobody says, so that only what reads the same in both is one. */
function busIn(pci: unknown): string | undefined {
  return /^(\d):\d+:\d+$/.exec(String(pci))?.[1];
}
