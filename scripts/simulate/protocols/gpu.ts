import type { Reported } from "../reply-log.ts";
import { counters, type PartNow } from "./protocol.ts";

/** Whole °C of the chip. */
export const celsius = ({ now }: PartNow): number => Math.round(now.chipCelsius);
/** Whole °C of the memory, hotter than the chip. */
export const memoryCelsius = ({ now }: PartNow): number => Math.round(now.chipCelsius + 16);
/** Whole W. */
export const watts = ({ now }: PartNow): number => Math.round(now.watts);
/** How hard the fans are driven, in whole percent. */
export const fanPercent = ({ now }: PartNow): number => Math.round(now.fanDuty * 100);
/** Mean of the last ten seconds in whole H/s, as most miners print it. */
export const rate = ({ now }: PartNow): number => Math.round(now.mean(10));

/** What a miner says of a GPU whose rate, shares, draw and temperature it prints, for the log. */
export function gpuSays(rateOf: (part: PartNow) => number = rate): (part: PartNow) => Reported {
  return (part) => ({
    hashrate: rateOf(part),
    ...counters(part),
    powerWatts: watts(part),
    chipCelsius: celsius(part),
  });
}
