import { jsonSequence } from "../decode/json-sequence.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/**
 * Team Black Miner, for NVIDIA and AMD GPUs; its API is off, and without a port of its own, until `--api-port` is given.
 * Before 1.70 its reply was three JSON objects in a row.
 */
export const teamblackminer = defineDriver({
  name: "teamblackminer",
  about: "Team Black Miner, NVIDIA and AMD GPUs",
  docs: "https://github.com/sp-hash/TeamBlackMiner",
  kind: "gpu",
  role: "miner",
  ports: [],
  proof: [],
  asks: { summary: { link: "http", target: "/summary", decode: jsonSequence } },
  identify: ({ summary }) => pointer(summary, "/miner/name") === "TBMiner",
  algorithm: "^/pool/algo",
  identity: {},
  derive: ({ summary }) => {
    const devices = pointer(summary, "/devices");
    return isRecord(summary) && isRecord(devices)
      ? { summary: { ...summary, gpus: Object.values(devices) } }
      : {};
  },
  table: {
    summary: [
      {
        devices: "/gpus",
        pci: { at: "/pcie_id", base: 10 },
        identity: { model: "/board_name", pool: "^/pool/url", worker: "^/pool/worker" },
        rows: [
          { metric: "hashrate", at: "/hashrate", unit: "H/s" },
          { metric: "shares_accepted", at: "/accepted", unit: "1" },
          { metric: "shares_rejected", at: "/rejected", unit: "1" },
          { metric: "shares_stale", at: "/stale", unit: "1", optional: true },
          ...gpuSensors({
            chip: "/gpu_temp",
            memory: "/mem_temp",
            power: "/watt",
            fan: "/fan",
            clock: "/core_clock",
            memoryClock: "/mem_clock",
          }),
          { metric: "uptime", at: "^/miner/uptime_minutes", unit: "min" },
        ],
      },
    ],
  },
});
