/**
 * Units that a device may speak, and their size in the unit that we store.
 * One table per dimension; the first entry is the stored unit.
 */
export const UNITS = {
  // Solutions and graphs count as hashes of their algorithm: one name for the work that a device does.
  hashrate: {
    "H/s": 1,
    "kH/s": 1e3,
    "MH/s": 1e6,
    "GH/s": 1e9,
    "TH/s": 1e12,
    "PH/s": 1e15,
    "EH/s": 1e18,
    "Sol/s": 1,
    "kSol/s": 1e3,
    "MSol/s": 1e6,
    "GSol/s": 1e9,
    "g/s": 1,
    "milliH/s": 1e-3,
  },
  power: { W: 1, mW: 1e-3, uW: 1e-6, kW: 1e3 },
  energy: { J: 1, uJ: 1e-6 },
  temperature: { "°C": 1, "m°C": 1e-3 },
  time: { s: 1, ms: 1e-3, min: 60, h: 3600 },
  rotation: { rpm: 1 },
  // 1/255: what the kernel's hwmon interface writes a fan's duty in.
  ratio: { "1": 1, "%": 0.01, "1/255": 1 / 255 },
  frequency: { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9 },
  voltage: { V: 1, mV: 1e-3 },
  memory: { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  count: { "1": 1 },
} as const;

export type Dimension = keyof typeof UNITS;
export type UnitOf<D extends Dimension> = keyof (typeof UNITS)[D] & string;

/** The unit in which values of a dimension are stored, sent and shown when nothing nicer is chosen. */
export function storedUnit(dimension: Dimension): string {
  return Object.keys(UNITS[dimension])[0] as string;
}
