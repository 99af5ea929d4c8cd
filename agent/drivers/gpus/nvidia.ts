import { columns } from "../decode/columns.ts";
import { type Docs, defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";

/** Columns that nvidia-smi has had for ever. */
const OLDEST = [
  "index",
  "uuid",
  "serial",
  "pci.bus_id",
  "name",
  "driver_version",
  "temperature.gpu",
  "power.draw",
  "fan.speed",
  "utilization.gpu",
  "clocks.sm",
  "clocks.mem",
] as const;

const OLDER = [
  ...OLDEST,
  "temperature.memory",
  "enforced.power.limit",
  "memory.used",
  "memory.total",
  "pcie.link.gen.current",
  "pcie.link.width.current",
  "ecc.errors.uncorrected.volatile.total",
  "clocks_throttle_reasons.active",
] as const;

/** Since driver 535. */
const NEWEST = [
  ...OLDER.filter((name) => name !== "clocks_throttle_reasons.active"),
  "clocks_event_reasons.active",
  "power.draw.average",
  "power.draw.instant",
] as const;

const question = (names: readonly string[]): string =>
  `--query-gpu=${names.join(",")} --format=csv,noheader,nounits`;

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
      // It refuses the whole question for one name that it does not know: the next line is for those versions.
      target: [NEWEST, OLDER, OLDEST].map(question).join("\n"),
      decode: columns(NEWEST, OLDER, OLDEST),
    },
  },
  identify: ({ gpus }) =>
    listOf(gpus).some((gpu) => String(pointer(gpu, "/uuid")).startsWith("GPU-")),
  identity: {},
  derive: withReasons,
  table: {
    gpus: [
      {
        devices: "",
        pci: { at: "/pci.bus_id", base: 16 },
        identity: {
          // Begins with the maker's name.
          model: "/name",
          firmware: "/driver_version",
          // Not its serial: that is the board's, which has up to four GPUs.
          uuid: "/uuid",
        },
        rows: [
          { metric: "chip_temperature", at: "/temperature.gpu", unit: "°C", text: true },
          {
            metric: "memory_temperature",
            at: "/temperature.memory",
            unit: "°C",
            text: true,
            blank: 0,
            optional: true,
          },
          // Of the whole board; laptops and some old cards do not measure it. `power.draw` is the mean over a second since
          // Ampere and the value of an instant before: where both are spelled out the reading's path says which it is.
          {
            metric: "power",
            at: ["/power.draw.average", "/power.draw.instant", "/power.draw"],
            unit: "W",
            text: true,
            measured: "output",
            optional: true,
          },
          {
            metric: "power_limit",
            at: "/enforced.power.limit",
            unit: "W",
            text: true,
            blank: 0,
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
          { metric: "memory_used", at: "/memory.used", unit: "MiB", text: true, optional: true },
          { metric: "memory_total", at: "/memory.total", unit: "MiB", text: true, optional: true },
          {
            metric: "pcie_generation",
            at: "/pcie.link.gen.current",
            unit: "1",
            text: true,
            blank: 0,
            optional: true,
          },
          {
            metric: "pcie_width",
            at: "/pcie.link.width.current",
            unit: "1",
            text: true,
            blank: 0,
            optional: true,
          },
          { metric: "throttle_reasons", at: "/reasons", unit: "1", optional: true },
          // Cards for games have no memory that checks itself.
          {
            metric: "ecc_errors",
            at: "/ecc.errors.uncorrected.volatile.total",
            unit: "1",
            text: true,
            optional: true,
          },
        ],
      },
    ],
  },
});

/** The reasons to hold the clocks down are bits, written as hexadecimal digits, under a name of before or after driver 535. */
function withReasons({ gpus }: Docs<"gpus">): Docs<"gpus"> {
  if (gpus === undefined) return {};
  return {
    gpus: listOf(gpus).map((gpu) => {
      if (!isRecord(gpu)) return gpu;
      const said = gpu["clocks_event_reasons.active"] ?? gpu["clocks_throttle_reasons.active"];
      const isBits = typeof said === "string" && /^0x[0-9a-f]{1,16}$/i.test(said);
      return { ...gpu, reasons: isBits ? Number.parseInt(said, 16) : said };
    }),
  };
}
