import { jsonRpc } from "../decode/json-rpc.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/** dstm's Zcash miner (`zm`), for NVIDIA GPUs. It mines Equihash 200,9 and nothing else. */
export const dstm = defineDriver({
  name: "dstm",
  about: "dstm zm, NVIDIA GPUs",
  docs: "https://bitcointalk.org/index.php?topic=2021765",
  kind: "gpu",
  role: "miner",
  ports: [2222],
  proof: ["0.6.1"],
  asks: {
    getstat: { link: "tcp", target: '{"id":1,"method":"getstat"}\n', decode: jsonRpc },
  },
  identify: ({ getstat }) => typeof pointer(getstat, "/result/0/sol_ps") === "number",
  algorithm: "equihash",
  identity: {},
  table: {
    getstat: [
      {
        devices: "/result",
        pci: { at: "/gpu_pci_bus_id", base: 10 },
        identity: { model: "/gpu_name", uuid: "/gpu_uuid", pool: "^/server", worker: "^/user" },
        rows: [
          { metric: "hashrate", at: "/sol_ps", unit: "Sol/s" },
          { metric: "hashrate_average", at: "/avg_sol_ps", unit: "Sol/s", optional: true },
          { metric: "shares_accepted", at: "/accepted_shares", unit: "1" },
          { metric: "shares_rejected", at: "/rejected_shares", unit: "1" },
          ...gpuSensors(
            { chip: "/temperature", power: "/power_usage", fan: "/fan_speed" },
            "output",
          ),
          { metric: "uptime", at: "^/uptime", unit: "s" },
        ],
      },
    ],
  },
});
