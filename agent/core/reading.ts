import type { PowerSource } from "../../proto/attestation.ts";
import type { MetricName } from "../../proto/metrics.ts";

/** One value of one metric, in the metric's stored unit. That it is here says that its status is ok. */
export interface Reading {
  readonly metric: MetricName;
  /** Which part of the device, such as `board/0`, `chip/3` or `fan/1`; empty for the whole device. */
  readonly part: string;
  readonly value: number;
  /** What is mined, for hashrates, shares and difficulty; absent where it does not apply or the reply does not say. */
  readonly algorithm?: string;
  /** Where power is measured; only on `power`. */
  readonly measured?: PowerSource;
  /** Seconds over which the source averages; 0: now; `start`: since it started; absent: not said. Only on `hashrate`. */
  readonly averagedSeconds?: number | "start";
  /** Neither the reply nor the model nor the firmware says the unit: it was told from the size of the number. */
  readonly inferred?: true;
  /** Where it stood: ask and JSON Pointer into its decoded reply, `stats#/STATS/0/rate_5s`. Absent once stored. */
  readonly path?: string;
}

/** A value that a reply should have held and did not. Never replaced by a guess. */
export interface Problem {
  /** Absent when a whole reply is missing or cannot be decoded. */
  readonly metric?: MetricName;
  readonly part: string;
  readonly why: ProblemWhy;
  /** Which ask it belongs to. */
  readonly ask: string;
}

/** Why there is no reading; each is one of the five statuses that `STATUS_OF` gives. */
export type ProblemWhy =
  | "absent"
  | "not-a-number"
  | "out-of-range"
  | "blank"
  | "no-reply"
  | "garbled"
  | "wrong-shape"
  /** The value is there and neither the reply nor the model says in which unit. */
  | "no-unit"
  /** The source says itself that the value is old, or shows a sensor that hangs. */
  | "stale";

/** What became of a value that was asked for. `ok` is a reading. */
export type ValueStatus = "ok" | "missing" | "not-supported" | "implausible" | "stale" | "error";

export const STATUS_OF: Readonly<Record<ProblemWhy, ValueStatus>> = {
  absent: "missing",
  blank: "not-supported",
  "out-of-range": "implausible",
  stale: "stale",
  "not-a-number": "error",
  "no-reply": "error",
  garbled: "error",
  "wrong-shape": "error",
  "no-unit": "error",
};

/** What a device does, by its own word; `auth-failed` and `unreachable` are what asking it met. */
export type DeviceState =
  | "mining"
  | "starting"
  | "building-dag"
  | "tuning"
  | "degraded"
  | "sleeping"
  | "fault"
  | "auth-failed"
  | "unreachable";

/** The device's condition as it tells it. */
export interface Condition {
  /** Absent where the device says nothing, or a word that is not known. */
  readonly state?: DeviceState;
  /** The firmware's own word, at most 200 characters. */
  readonly said?: string;
  /** Error codes or messages of the firmware, as it spells them; at most 32. */
  readonly errors?: readonly string[];
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
  /** Absent where the device says nothing of it. */
  readonly condition?: Condition;
  readonly readings: readonly Reading[];
  readonly problems: readonly Problem[];
}

/** The bus address of a GPU as a report key: domain, bus, device and function in lower-case hex. */
export function pciKey(bus: number, device = 0, domain = 0, fn = 0): string {
  const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
  return `pci:${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${fn.toString(16)}`;
}
