import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/** mkxminer, for AMD GPUs. Its rates are in MH/s, as on its screen. It counts no shares and does not say where GPUs are. */
export const mkxminer = defineDriver({
  name: "mkxminer",
  about: "mkxminer, AMD GPUs",
  docs: "https://bitcointalk.org/index.php?topic=3097446",
  kind: "gpu",
  role: "miner",
  ports: [5008],
  proof: ["4.2.0"],
  asks: { stats: { link: "http", target: "/stats", decode: json } },
  identify: ({ stats }) =>
    typeof pointer(stats, "/main/minerVersion") === "string" &&
    typeof pointer(stats, "/gpus/quantity") === "number",
  algorithm: "^/pool/algorithm",
  identity: {
    stats: { firmware: "/main/minerVersion", pool: "/pool/address", worker: "/pool/username" },
  },
  table: {
    stats: [
      { metric: "hashrate", at: "/gpus/hashrate", unit: "MH/s" },
      { metric: "uptime", at: "/main/uptime", unit: "s" },
      {
        each: "/gpu",
        part: "gpu",
        rows: [
          { metric: "hashrate", at: "/hashrate", unit: "MH/s" },
          ...gpuSensors({
            chip: "/temperature",
            fan: "/fan",
            clock: "/gpuClock",
            memoryClock: "/memClock",
          }),
          { metric: "utilization", at: "/activity", unit: "%", optional: true },
        ],
      },
    ],
  },
});
