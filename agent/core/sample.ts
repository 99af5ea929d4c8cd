import type { Hex } from "../../proto/hex.ts";
import type { ErrorCode } from "./errors.ts";
import type { Problem, Reading } from "./reading.ts";

/** What a source is: a miner program or firmware says what is mined, a sensor says how the hardware fares. */
export type SourceRole = "miner" | "sensor";

/** Growth of a counter since the sample before, restarts of the device accounted for. */
export interface Increment {
  readonly metric: "shares_accepted" | "shares_rejected" | "difficulty_accepted";
  readonly algorithm: string;
  readonly by: number;
}

/** One ask of one device that was answered. */
export interface Sample {
  readonly deviceId: string;
  readonly source: string;
  readonly role: SourceRole;
  /** When the reply was complete. */
  readonly atMs: number;
  readonly monotonicMs: number;
  readonly bootId: string;
  /** Time that this sample stands for, ending at its instant: since the sample before it, at most 1.5 intervals; 0 for the first. */
  readonly spanMs: number;
  readonly readings: readonly Reading[];
  readonly problems: readonly Problem[];
  readonly increments: readonly Increment[];
  /** Read by a driver without proof against real hardware. */
  readonly unproven: boolean;
  /** keccak256 of the verbatim reply where it is kept, else zero. */
  readonly rawReply: Hex;
}

/** One ask of one device that was not answered, or not with what was asked for. */
export interface Outage {
  readonly deviceId: string;
  readonly source: string;
  readonly atMs: number;
  readonly monotonicMs: number;
  readonly bootId: string;
  readonly code: ErrorCode;
  /** At most 200 characters. */
  readonly why: string;
}
