import type { Identity } from "./reading.ts";

export type DeviceKind = "gpu" | "asic" | "host";

/** A device that a rig knows: a GPU, an ASIC or the host itself. */
export interface Device {
  /** `kind:` and 32 hex digits; the same at every rig of one coordinator. */
  readonly id: string;
  readonly kind: DeviceKind;
  /** What a person calls it: the name from the settings, else make and model and where it is. */
  readonly label: string;
  /** Names of the sources that report on it. */
  readonly sources: readonly string[];
  readonly identity: Identity;
  /** Read by a driver without proof against real hardware. */
  readonly unproven: boolean;
}
