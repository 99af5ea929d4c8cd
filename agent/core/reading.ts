import type { PowerSource } from "../../proto/attestation.ts";
import type { MetricName } from "../../proto/metrics.ts";

/** One value of one metric, in the metric's stored unit. */
export interface Reading {
  readonly metric: MetricName;
  /** Which part of the device, such as `board/0`, `chip/3` or `fan/1`; empty for the whole device. */
  readonly part: string;
  readonly value: number;
  /** What is mined, for hashrates, shares and difficulty; absent where it does not apply or the reply does not say. */
  readonly algorithm?: string;
  /** Where power is measured; only on `power`. */
  readonly measured?: PowerSource;
  /** Seconds over which the source averages; 0: now; absent: since start or not said. Only on `hashrate`. */
  readonly averagedSeconds?: number;
}

/** A value that a reply should have held and did not. Never replaced by a guess. */
export interface Problem {
  /** Absent when a whole reply is missing or cannot be decoded. */
  readonly metric?: MetricName;
  readonly part: string;
  readonly why:
    | "absent"
    | "not-a-number"
    | "out-of-range"
    | "blank"
    | "no-reply"
    | "garbled"
    | "wrong-shape"
    /** The value is there and neither the reply nor the model says in which unit. */
    | "no-unit";
  /** Which ask it belongs to. */
  readonly ask: string;
}

/** What a reply says of who a device is. Every field as the device spells it, trimmed; absent when it does not say. */
export interface Identity {
  readonly make?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly serial?: string;
  readonly mac?: string;
  readonly uuid?: string;
  readonly hostname?: string;
  readonly pool?: string;
  readonly worker?: string;
}

/** What one ask of a source says of one device. */
export interface Report {
  /**
   * Empty: the device behind the source's address. `pci:0000:0a:00.0`: the GPU at that bus address of the source's
   * host, under which a miner's and a sensor's reports meet.
   */
  readonly key: string;
  readonly identity: Identity;
  readonly readings: readonly Reading[];
  readonly problems: readonly Problem[];
}

/** The bus address of a GPU as a report key: domain, bus, device and function in lower-case hex. */
export function pciKey(bus: number, device = 0, domain = 0, fn = 0): string {
  const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
  return `pci:${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${fn.toString(16)}`;
}
