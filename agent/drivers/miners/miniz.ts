import { jsonRpc } from "../decode/json-rpc.ts";
import { defineDriver } from "../driver.ts";
import { GETSTAT_IDENTITY, getstatTable, isGetstat, withTotal } from "./getstat.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/** miniZ, for NVIDIA and AMD GPUs. It names the algorithm since 1.6. */
export const miniz = defineDriver({
  name: "miniz",
  about: "miniZ, NVIDIA and AMD GPUs",
  docs: "https://miniz.ch/usage/",
  kind: "gpu",
  role: "miner",
  ports: [20000],
  proof: ["version not said"],
  asks: {
    getstat: { link: "tcp", target: '{"id":"0","method":"getstat"}', decode: jsonRpc },
  },
  identify: ({ getstat }) => isGetstat(getstat),
  algorithm: "^/algorithm",
  identity: { getstat: GETSTAT_IDENTITY },
  derive: ({ getstat }) => ({ getstat: withTotal(getstat) }),
  table: {
    getstat: getstatTable(
      gpuSensors({
        chip: "/temperature",
        power: "/gpu_power_usage",
        fan: "/gpu_fan_speed",
        fanBlank: 0,
        clock: "/gpu_clock_core_max",
        memoryClock: "/gpu_clock_memory",
      }),
    ),
  },
});
