import type { Dimension } from "./units.ts";

interface Metric {
  readonly dimension: Dimension;
  /** A gauge is a level now; a counter only grows until the device restarts. */
  readonly kind: "gauge" | "counter";
  /** Believable values in the stored unit; outside it a value is a problem, not a reading. */
  readonly range: readonly [min: number, max: number];
  /** What becomes of it in a window: integrated over time, counted up, its maximum kept, or nothing. */
  readonly fold: "integral" | "increment" | "maximum" | "none";
  readonly about: string;
}

const COUNT = [0, Number.MAX_SAFE_INTEGER] as const;
const TEMPERATURE = [-40, 150] as const;

/** Every quantity that a rig knows. The store, the wire, the metrics and the status page read this table. */
export const METRICS = {
  hashrate: {
    dimension: "hashrate",
    kind: "gauge",
    range: [0, 1e19],
    fold: "integral",
    about: "Work done now",
  },
  hashrate_expected: {
    dimension: "hashrate",
    kind: "gauge",
    range: [0, 1e19],
    fold: "none",
    about: "Work the firmware expects of itself",
  },
  hashrate_average: {
    dimension: "hashrate",
    kind: "gauge",
    range: [0, 1e19],
    fold: "none",
    about: "Work done, the longest mean that the source gives",
  },
  developer_fee: {
    dimension: "ratio",
    kind: "gauge",
    range: [0, 0.5],
    fold: "none",
    about: "Part of the work that the program does for its maker, of 1",
  },
  power: {
    dimension: "power",
    kind: "gauge",
    range: [0, 1e5],
    fold: "integral",
    about: "Draw; where it is measured is said beside it",
  },
  power_limit: {
    dimension: "power",
    kind: "gauge",
    range: [0, 1e5],
    fold: "none",
    about: "Draw that the device is held to",
  },
  energy: {
    dimension: "energy",
    kind: "counter",
    // 64 bits of microjoules, which is what the kernel counts in.
    range: [0, 2e13],
    fold: "none",
    about: "Energy taken since the driver started, where it counts that and says no power",
  },
  chip_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "maximum",
    about: "Hottest chip",
  },
  hotspot_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "maximum",
    about: "Hottest point of a GPU's die",
  },
  board_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "none",
    about: "Circuit board",
  },
  memory_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "none",
    about: "Memory",
  },
  regulator_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: [-40, 200],
    fold: "none",
    about: "Voltage regulator",
  },
  inlet_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "none",
    about: "Air or coolant that comes in",
  },
  outlet_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "none",
    about: "Air or coolant that goes out",
  },
  ambient_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "none",
    about: "Surroundings",
  },
  supply_temperature: {
    dimension: "temperature",
    kind: "gauge",
    range: TEMPERATURE,
    fold: "none",
    about: "Power supply",
  },
  fan_speed: {
    dimension: "rotation",
    kind: "gauge",
    range: [0, 3e4],
    fold: "none",
    about: "One fan",
  },
  fan_duty: {
    dimension: "ratio",
    kind: "gauge",
    range: [0, 1.5],
    fold: "none",
    about: "How hard a fan is driven, of 1",
  },
  frequency: {
    dimension: "frequency",
    kind: "gauge",
    range: [0, 1e11],
    fold: "none",
    about: "Clock of the chips",
  },
  memory_frequency: {
    dimension: "frequency",
    kind: "gauge",
    range: [0, 1e12],
    fold: "none",
    about: "Clock of the memory",
  },
  voltage: {
    dimension: "voltage",
    kind: "gauge",
    range: [0, 1000],
    fold: "none",
    about: "Supply of the chips",
  },
  utilization: {
    dimension: "ratio",
    kind: "gauge",
    range: [0, 1.01],
    fold: "none",
    about: "Time in which the device was busy, of 1",
  },
  memory_used: {
    dimension: "memory",
    kind: "gauge",
    range: [0, 1e15],
    fold: "none",
    about: "Memory in use",
  },
  memory_total: {
    dimension: "memory",
    kind: "gauge",
    range: [0, 1e15],
    fold: "none",
    about: "Memory there is",
  },
  chips_working: {
    dimension: "count",
    kind: "gauge",
    range: [0, 1e5],
    fold: "none",
    about: "Chips that do work",
  },
  chips_expected: {
    dimension: "count",
    kind: "gauge",
    range: [0, 1e5],
    fold: "none",
    about: "Chips that there should be",
  },
  pcie_generation: {
    dimension: "count",
    kind: "gauge",
    range: [0, 10],
    fold: "none",
    about: "PCI Express generation of the link now",
  },
  pcie_width: {
    dimension: "count",
    kind: "gauge",
    range: [0, 32],
    fold: "none",
    about: "PCI Express lanes of the link now",
  },
  throttle_reasons: {
    dimension: "count",
    kind: "gauge",
    range: COUNT,
    fold: "none",
    about: "Bit set of the driver's reasons to hold the clocks down; each maker has its own bits",
  },
  ecc_errors: {
    dimension: "count",
    kind: "counter",
    range: COUNT,
    fold: "none",
    about: "Memory errors that could not be corrected, since the driver started",
  },
  load: {
    dimension: "count",
    kind: "gauge",
    range: [0, 1e6],
    fold: "none",
    about: "Runnable processes, mean over a minute",
  },
  shares_accepted: {
    dimension: "count",
    kind: "counter",
    range: COUNT,
    fold: "increment",
    about: "Shares that the pool took",
  },
  shares_rejected: {
    dimension: "count",
    kind: "counter",
    range: COUNT,
    fold: "increment",
    about: "Shares that the pool refused",
  },
  shares_stale: {
    dimension: "count",
    kind: "counter",
    range: COUNT,
    fold: "none",
    about: "Shares that came too late",
  },
  difficulty_accepted: {
    dimension: "count",
    kind: "counter",
    range: [0, 1e25],
    fold: "increment",
    about: "Sum of the difficulties of accepted shares",
  },
  uptime: {
    dimension: "time",
    kind: "counter",
    range: [0, 1e10],
    fold: "none",
    about: "Since the miner program or firmware started",
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export type DimensionOf<M extends MetricName> = (typeof METRICS)[M]["dimension"];
