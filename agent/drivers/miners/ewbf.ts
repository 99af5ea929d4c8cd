import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { GETSTAT_IDENTITY, getstatTable, isGetstat, withTotal } from "./getstat.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/** EWBF, for NVIDIA GPUs. Which of the Equihash family it mines, the reply does not say. */
export const ewbf = defineDriver({
  name: "ewbf",
  about: "EWBF, NVIDIA GPUs",
  docs: "https://bitcointalk.org/index.php?topic=4466962",
  kind: "gpu",
  role: "miner",
  ports: [42000],
  proof: ["version not said"],
  asks: { getstat: { link: "http", target: "/getstat", decode: json } },
  identify: ({ getstat }) => isGetstat(getstat),
  identity: { getstat: GETSTAT_IDENTITY },
  derive: ({ getstat }) => ({ getstat: withTotal(getstat) }),
  table: {
    getstat: getstatTable(
      gpuSensors({ chip: "/temperature", power: "/gpu_power_usage" }, "output"),
    ),
  },
});
