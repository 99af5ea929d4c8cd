import type { Fault } from "./faults.ts";
import type { Truth } from "./model/history.ts";
import type { Part, PartNow } from "./protocols/protocol.ts";

/** What the agent's settings need to read a device. */
export interface AgentDevice {
  readonly name: string;
  readonly driver: string;
  /** host:port */
  readonly address?: string;
  /** Where it says nothing without them. */
  readonly username?: string;
  readonly password?: string;
  /** A program in the place of nvidia-smi. */
  readonly program?: string;
  /** A folder in the place of /sys. */
  readonly root?: string;
}

/** A device that runs: somebody listens, or files stand. */
export interface RunningDevice {
  readonly name: string;
  readonly driver: string;
  readonly parts: readonly Part[];
  /** Where it is; known once it has started. */
  source(): AgentDevice;
  start(): Promise<void>;
  /** Brings it up to now: its machines live on, its door opens or shuts, its files are rewritten. */
  tick(): Promise<void>;
  /** Throws when this kind of device cannot act out the fault. */
  setFault(fault: Fault | undefined): Promise<void>;
  /** Throws where there is nothing to restart. */
  restart(offMs: number): Promise<void>;
  /** What these of its machines had truly done by then; undefined where that is not known. */
  truth(atMs: number, parts: readonly Part[]): Truth | undefined;
  stop(): Promise<void>;
}

/** The machines at an instant. */
export function partsAt(parts: readonly Part[], atMs: number): PartNow[] {
  return parts.map((part) => ({ ...part, now: part.machine.state(atMs) }));
}

/** What machines truly did together by then; undefined where it is not known of one of them. */
export function truthOf(parts: readonly Part[], atMs: number, nowMs: number): Truth | undefined {
  if (parts.length === 0) return undefined;
  let hashes = 0n;
  let joules = 0;
  for (const { machine } of parts) {
    machine.advance(nowMs);
    const truth = machine.truth(atMs);
    if (!truth) return undefined;
    hashes += truth.hashes;
    joules += truth.joules;
  }
  return { atMs, hashes, joules };
}

/** Throws when a device cannot act out a fault. */
export function checkFault(name: string, fault: Fault | undefined, known: readonly Fault[]): void {
  if (fault === undefined || known.includes(fault)) return;
  throw new Error(`${name} cannot act out ${fault}; it can: ${known.join(", ")}`);
}
