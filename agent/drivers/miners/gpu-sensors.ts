import type { PowerSource } from "../../../proto/attestation.ts";
import type { At, Row } from "../table.ts";

/** Where a miner writes what its GPU's sensors say; what it does not write is left out. */
interface Places {
  readonly chip?: At;
  readonly hotspot?: At;
  readonly memory?: At;
  /** W. */
  readonly power?: At;
  /** %. */
  readonly fan?: At;
  /** Set where 0 % means that there is no reading. */
  readonly fanBlank?: 0;
  /** MHz. */
  readonly clock?: At;
  /** MHz. */
  readonly memoryClock?: At;
}

/**
 * Rows for the sensors of a GPU as miners show them. All are optional, since they come from the GPU's driver, which a
 * miner may run without; 0 °C, 0 W and 0 MHz are what is written then. Power is what that driver measures: of the whole
 * card where it is NVIDIA's (`measured` is `output`), on most of AMD's of the chip's package alone, so that a miner for both
 * does not say of what it is.
 */
export function gpuSensors(places: Places, measured: PowerSource = "unknown"): readonly Row[] {
  const rows = (at: At | undefined, row: (at: At) => Row): Row[] =>
    at === undefined ? [] : [row(at)];
  const zero = { blank: 0, optional: true, text: true } as const;
  return [
    ...rows(places.chip, (at) => ({ metric: "chip_temperature", at, unit: "°C", ...zero })),
    ...rows(places.hotspot, (at) => ({ metric: "hotspot_temperature", at, unit: "°C", ...zero })),
    ...rows(places.memory, (at) => ({ metric: "memory_temperature", at, unit: "°C", ...zero })),
    ...rows(places.power, (at) => ({
      metric: "power",
      at,
      unit: "W",
      measured,
      ...zero,
    })),
    ...rows(places.fan, (at) => ({
      metric: "fan_duty",
      at,
      unit: "%",
      optional: true,
      text: true,
      ...(places.fanBlank === undefined ? {} : { blank: places.fanBlank }),
    })),
    ...rows(places.clock, (at) => ({ metric: "frequency", at, unit: "MHz", ...zero })),
    ...rows(places.memoryClock, (at) => ({ metric: "memory_frequency", at, unit: "MHz", ...zero })),
  ];
}
