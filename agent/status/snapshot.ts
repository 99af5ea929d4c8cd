import type { Hex } from "../../proto/hex.ts";
import type { DeviceKind } from "../core/device.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Condition, Identity, Problem, Reading } from "../core/reading.ts";

/** `ok`: its newest ask was answered; `outage`: it was not; `waiting`: it was not asked yet. */
type DeviceState = "ok" | "outage" | "waiting";

/** A device as it was last seen. */
export interface DeviceStatus {
  readonly id: string;
  readonly kind: DeviceKind;
  readonly label: string;
  readonly identity: Identity;
  readonly state: DeviceState;
  /** Since the newest sample; absent: there was none since the start. */
  readonly sampleAgeMs?: number;
  /** Of the newest sample, which may be old: look at its age. */
  readonly readings: readonly Reading[];
  readonly problems: readonly Problem[];
  /** What it does and what ails it, by its own word; in an outage what asking it met. Absent: it says nothing. */
  readonly condition?: Condition;
  /** Only in an outage: what came back, at most 200 characters. */
  readonly outage?: { readonly code: ErrorCode; readonly why: string };
  /** Read by a driver without proof against real hardware. */
  readonly unproven: boolean;
}

/** What the coordinator has of this rig, and what it has not. */
export interface DeliveryStatus {
  /** There is a session with the coordinator now. */
  readonly connected: boolean;
  /** Since when `connected` is what it is, Unix ms. */
  readonly sinceAtMs?: number;
  /** Signed attestations without a receipt. */
  readonly outbox: number;
  /** Closed windows that are not signed yet. */
  readonly unsigned: number;
  /** Age of the oldest attestation without a receipt; absent: the outbox is empty. */
  readonly oldestUnreceiptedMs?: number;
  readonly lastReceipt?: { readonly sequence: bigint; readonly era: number; readonly atMs: number };
  /** The coordinator's newest refusal. */
  readonly lastRefusal?: {
    readonly sequence: bigint;
    readonly code: string;
    readonly atMs: number;
  };
  /** Sequence of the newest signed attestation; absent: none was signed yet. */
  readonly sequence?: bigint;
  /** The era granted to this start; absent: none yet, so nothing is signed. */
  readonly era?: number;
  readonly headDigest?: Hex;
  readonly windowSeconds?: number;
}

interface ClockStatus {
  /** Coordinator's time less ours; absent: not known yet. */
  readonly offsetMs?: number;
  /** The wall clock places samples in windows; false: they wait. */
  readonly trusted: boolean;
}

/** Something that is wrong now. */
export interface FaultStatus {
  readonly code: ErrorCode;
  readonly message: string;
  readonly sinceAtMs?: number;
  /** The rig does not do its work while this lasts. */
  readonly stopsWork: boolean;
}

/** Everything that the status endpoint shows, at one instant. */
export interface StatusSnapshot {
  /** The rig's address; absent while its key is not open. */
  readonly rig?: Hex;
  readonly coordinator?: Hex;
  /** Unix ms. */
  readonly atMs: number;
  readonly uptimeMs: number;
  readonly devices: readonly DeviceStatus[];
  readonly delivery: DeliveryStatus;
  readonly clock: ClockStatus;
  readonly faults: readonly FaultStatus[];
}

/** What the status endpoint needs of the agent. */
export interface StatusSource {
  snapshot(): StatusSnapshot;
}
