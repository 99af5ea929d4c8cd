import type { Machine, MachineState } from "../model/machine.ts";
import type { Reported } from "../reply-log.ts";

/** One hashing machine behind an address: the device itself, or one of its GPUs. */
export interface Part {
  /** Empty for the device itself, else `pci:0000:0a:00.0`. */
  readonly key: string;
  readonly model: string;
  readonly algorithm: string;
  /** 32 hex digits that tell it from others of its model. */
  readonly id: string;
  /** 0 where there is no bus. */
  readonly pciBus: number;
  readonly machine: Machine;
}

/** A machine at the instant of a question. */
export interface PartNow extends Part {
  readonly now: MachineState;
}

/** What is asked of a protocol: the machines behind the address, and who they mine for. */
export interface Question {
  readonly ask: string;
  readonly atMs: number;
  readonly parts: readonly [PartNow, ...PartNow[]];
  readonly worker: string;
  /** The device speaks as old firmware does, in JSON that is none. */
  readonly brokenJson: boolean;
}

/** A reply as it goes over the wire, and what it says of each machine, by key. */
interface Reply {
  readonly body: string;
  readonly reported: ReadonlyMap<string, Reported>;
}

/** A device's side of a protocol: an answer for an ask that it knows, undefined for others. */
export type Protocol = (question: Question) => Reply | undefined;

/** Rounded to so many decimals, as devices print. */
export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

/** Sum over machines. */
export function total(
  parts: readonly PartNow[],
  of: (now: MachineState, part: PartNow) => number,
): number {
  return parts.reduce((sum, part) => sum + of(part.now, part), 0);
}

/** Unix seconds. */
export function seconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}
