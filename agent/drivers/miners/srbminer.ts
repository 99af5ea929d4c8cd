import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { orderly } from "./srbminer-rates.ts";

/**
 * SRBMiner-Multi, CPUs and GPUs, and SRBMiner for CryptoNight before it. The CPU is the device at its address, each GPU one
 * of its own. Rates are in whole hashes.
 */
export const srbminer = defineDriver({
  name: "srbminer",
  about: "SRBMiner-Multi, CPUs and GPUs",
  docs: "https://github.com/doktor83/SRBMiner-Multi",
  kind: "host",
  role: "miner",
  ports: [21_550],
  proof: ["1.9.2 (CryptoNight)", "Multi 0.1.8", "Multi 0.5.6"],
  asks: { root: { link: "http", target: "/", decode: json } },
  identify: ({ root }) =>
    ["rig_name", "miner_version", "mining_time"].every(
      (key) => pointer(root, `/${key}`) !== undefined,
    ) && ["/algorithms", "/shares"].some((path) => pointer(root, path) !== undefined),
  identity: {
    root: {
      model: "/cpu_devices/0/model",
      firmware: "/miner_version",
      hostname: "/rig_name",
      pool: ["/algorithms/0/pool/pool", "/pool/pool"],
      worker: "/rig_name",
    },
  },
  derive: ({ root }) => (root === undefined ? {} : { root: orderly(root) }),
  table: {
    root: [
      // Shares are counted for the program, whatever device found them.
      {
        each: "/programs",
        algorithm: "/name",
        rows: [
          { metric: "shares_accepted", at: "/shares/accepted", unit: "1" },
          { metric: "shares_rejected", at: "/shares/rejected", unit: "1", optional: true },
        ],
      },
      {
        each: "/cpus",
        algorithm: "/name",
        rows: [{ metric: "hashrate", at: "/cpu/total", unit: "H/s" }],
      },
      { metric: "uptime", at: "/mining_time", unit: "s" },
      {
        devices: "/gpus",
        pci: { at: "/address", base: 16 },
        identity: { model: "/model", pool: "^/programs/0/pool/pool", worker: "^/rig_name" },
        rows: [
          {
            each: "/mined",
            algorithm: "/name",
            rows: [{ metric: "hashrate", at: "/rate", unit: "H/s" }],
          },
          ...gpuSensors({
            chip: "/temperature",
            power: ["/asic_power", "/power_usage"],
            clock: "/core_clock",
            memoryClock: "/memory_clock",
          }),
          { metric: "fan_speed", at: "/fan", part: "fan/0", unit: "rpm", optional: true },
          { metric: "uptime", at: "^/mining_time", unit: "s" },
        ],
      },
    ],
  },
});
