import { columns } from "../decode/columns.ts";
import { defineDriver } from "../driver.ts";
import { listOf, pointer } from "../pointer.ts";

/** Columns that nvidia-smi has had for many years: it refuses the whole question for one name that it does not know. */
const COLUMNS = [
  "index",
  "uuid",
  "serial",
  "pci.bus_id",
  "name",
  "driver_version",
  "temperature.gpu",
  "temperature.memory",
  "power.draw",
  "fan.speed",
  "utilization.gpu",
  "clocks.sm",
  "clocks.mem",
] as const;

/** Sensors of NVIDIA GPUs through nvidia-smi, whose bus addresses are hexadecimal. */
export const nvidia = defineDriver({
  name: "nvidia",
  about: "NVIDIA sensors by nvidia-smi",
  docs: "https://docs.nvidia.com/deploy/nvidia-smi/index.html",
  kind: "gpu",
  role: "sensor",
  ports: [],
  proof: ["RTX 2080 SUPER", "RTX 4080 SUPER", "H100", "H200", "L40S"],
  asks: {
    gpus: {
      link: "exec",
      target: `--query-gpu=${COLUMNS.join(",")} --format=csv,noheader,nounits`,
      decode: columns(COLUMNS),
    },
  },
  identify: ({ gpus }) =>
    listOf(gpus).some((gpu) => String(pointer(gpu, "/uuid")).startsWith("GPU-")),
  identity: {},
  table: {
    gpus: [
      {
        devices: "",
        pci: { at: "/pci.bus_id", base: 16 },
        identity: {
          // Begins with the maker's name.
          model: "/name",
          firmware: "/driver_version",
          serial: "/serial",
          uuid: "/uuid",
        },
        rows: [
          { metric: "chip_temperature", at: "/temperature.gpu", unit: "°C", text: true },
          {
            metric: "memory_temperature",
            at: "/temperature.memory",
            unit: "°C",
            text: true,
            optional: true,
          },
          // Of the whole board; laptops and some old cards do not measure it.
          {
            metric: "power",
            at: "/power.draw",
            unit: "W",
            text: true,
            measured: "output",
            optional: true,
          },
          { metric: "fan_duty", at: "/fan.speed", unit: "%", text: true, optional: true },
          { metric: "utilization", at: "/utilization.gpu", unit: "%", text: true, optional: true },
          { metric: "frequency", at: "/clocks.sm", unit: "MHz", text: true, optional: true },
          {
            metric: "memory_frequency",
            at: "/clocks.mem",
            unit: "MHz",
            text: true,
            optional: true,
          },
        ],
      },
    ],
  },
});
