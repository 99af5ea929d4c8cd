import type { Replies } from "../../proto/replies.ts";
import type { ErrorCode } from "./errors.ts";
import type { Condition, Problem, Reading } from "./reading.ts";

/** What a source is: a miner program or firmware says what is mined, a sensor says how the hardware fares. */
export type SourceRole = "miner" | "sensor";

/** Growth of a counter since the sample before, restarts of the device accounted for. */
export interface Increment {
  readonly metric: "shares_accepted" | "shares_rejected" | "difficulty_accepted";
  readonly algorithm: string;
  readonly by: number;
}

/** A mark beside the `DOUBT` bits of a sample, never signed: its counters grew for longer than it stands for. */
export const AFTER_GAP = 1 << 16;

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
  /** What the device says of its state. */
  readonly condition?: Condition;
  /** What is doubted of this sample alone: `DOUBT` bits, and `AFTER_GAP`. */
  readonly doubts: number;
  /** What the readings were read from; one device's part of it where several stand in one reply. */
  readonly replies: Replies;
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
