import type { PowerSource } from "../../proto/attestation.ts";
import type { DimensionOf, MetricName } from "../../proto/metrics.ts";
import type { UnitOf } from "../../proto/units.ts";
import type { DeviceState, Identity } from "../core/reading.ts";

/** A pointer (`/gpus/0`), or alternatives of which the first that holds something counts. `^` starts at the reply's top. */
export type At = string | readonly string[];

interface CommonRow {
  readonly at: At;
  /** Part of the device that this row is of, such as `fan/0`; the whole device when absent. */
  readonly part?: string;
  /** Some models lack it: that it is absent or blank is no problem. */
  readonly optional?: true;
  /** What the firmware sends when it has nothing to say, such as -1. */
  readonly blank?: number | string | readonly (number | string)[];
  /** The number may come as a string. */
  readonly text?: true;
  /** Leads to a number that the value is to be multiplied with, where the device splits a value in two. */
  readonly times?: string;
  /** The unit was told from the size of the number: always, or where a pointer leads to `true` that `derive` put there. */
  readonly inferred?: true | string;
  /** A pointer to `true`, put there by `derive`, where the value is there and old: a problem and no reading. */
  readonly stale?: string;
}

/** The unit that the device speaks: known, or spelled out in its reply. */
type SpokenUnit<M extends MetricName> = UnitOf<DimensionOf<M>> | { readonly at: string };

// Where power is measured and how long a hashrate is averaged over are part of what those numbers mean.
interface Extra {
  readonly power: { readonly measured: PowerSource; readonly averagedSeconds?: never };
  readonly hashrate: Averaged;
  readonly hashrate_average: Averaged;
}

interface Averaged {
  readonly measured?: never;
  /** Seconds that the source averages over; 0: now; `start`: since it started; absent: not said. */
  readonly averagedSeconds?: number | "start";
}

type RowOf<M extends MetricName> = CommonRow & {
  readonly metric: M;
  readonly unit: SpokenUnit<M>;
} & (M extends keyof Extra
    ? Extra[M]
    : { readonly measured?: never; readonly averagedSeconds?: never });

/** This metric is found there, in this unit. The compiler refuses a unit of another dimension. */
export type Row = { [M in MetricName]: RowOf<M> }[MetricName];

/** The same rows for each element of an array: hash boards, fans, chips, or the algorithms that a GPU mines at once. */
export interface Each {
  readonly each: string;
  /** `board` makes parts `board/0`, `board/1` …; absent: the elements are of the whole device. */
  readonly part?: string;
  /** Where an element says its own number; its position otherwise. */
  readonly number?: string;
  /** Where an element says its algorithm. */
  readonly algorithm?: string;
  readonly rows: readonly Row[];
}

/** The firmware's own word for what it does, and what each known word means; other words are kept and mean nothing. */
export interface StateEntry {
  readonly state: At;
  /** Lower-case words, or their beginnings ending in `*`; the first that fits counts. */
  readonly words: Readonly<Record<string, DeviceState>>;
}

/** Where a reply lists what is wrong: texts, numbers, or the pointed-at member of each element. A record's keys count. */
export interface ErrorsEntry {
  readonly errors: string;
  readonly code?: string;
}

/** How an element says at which bus address its GPU is. */
export interface BusAddress {
  readonly at: string;
  /** 10 where a miner writes bus numbers in decimal: the two agree below bus 10 only. */
  readonly base: 10 | 16;
  readonly domain?: string;
}

/** Each element of an array is a GPU of the source's host, with a report of its own. */
export interface Devices {
  readonly devices: string;
  readonly pci: BusAddress;
  readonly identity: IdentityTable;
  readonly rows: readonly (Row | Each | StateEntry | ErrorsEntry)[];
  /** When an element does not say where it is: the elements become parts `gpu/0` … of one device, and these its rows. */
  readonly unplaced?: readonly Row[];
}

export type Table = readonly (Row | Each | StateEntry | ErrorsEntry | Devices)[];

/** Who a device is: pointers, or words that are the same for all devices of a driver. */
export type IdentityTable = {
  readonly [F in keyof Identity]?: At | { readonly always: string };
};
