import type { Fault } from "../faults.ts";

/** What a server needs of the device behind it. */
export interface Answering {
  /** The reply to an ask, or undefined when the device does not know it. Called once per question, for it is logged. */
  answer(ask: string): Buffer | undefined | Promise<Buffer | undefined>;
  /** How the device misbehaves at this moment. */
  fault(): Fault | undefined;
}
