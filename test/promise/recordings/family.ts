/** What others read in a recorded reply too, and we compare. Hashrate in H/s, temperatures in °C, power in W. */
export type Quantity = "hashrate" | "temperatures" | "fans" | "power" | "shares";

/** Recorded replies of one family of devices, and what is to be made of them. Paths are folders below the recordings. */
export interface RecordedFamily {
  /** A row of the table in agent/drivers/README.md. */
  readonly family: string;
  /** Folders; everything below that has a SOURCE.txt is a recording. Of two families, the one that names the longer path has it. */
  readonly under: readonly string[];
  /** The driver that alone must know them; by path where they differ. `generic` drivers count where no other knows it. */
  readonly driver: string | Readonly<Record<string, string>>;
  /** Which file may be the reply to which ask: the first that there is. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** Where files are not replies as they come: replies by ask. `folder` is an absolute path; `state` is one of `states`. */
  readonly replies?: (folder: string, state: string) => Readonly<Record<string, Uint8Array>>;
  /** Where one folder holds several moments of one device: each is a recording of its own, `folder#state`. */
  readonly states?: readonly string[];
  /** Where we and the recording's expected values differ on purpose: the fact that settles it. */
  readonly differs?: Readonly<Record<string, Readonly<Partial<Record<Quantity, string>>>>>;
  /** Recordings that give no reading, or no driver knows, and why. */
  readonly unread?: Readonly<Record<string, string>>;
}
