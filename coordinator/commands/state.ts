import { join, resolve } from "node:path";
import { CoordinatorError } from "../errors.ts";
import { openIdentity } from "../fleet/identity.ts";
import { LEDGER_FILE, type Ledger, openLedger } from "../ledger/open.ts";
import { loadSettings } from "../settings.ts";

/** How a command is told which coordinator is meant. */
export interface StateOptions {
  readonly state?: string;
  readonly settings?: string;
}

/** The state directory that is meant. Throws a CoordinatorError when neither option says it, or the settings have faults. */
export function stateOf({ state, settings }: StateOptions): string {
  if (state !== undefined) return resolve(state);
  if (settings !== undefined) return loadSettings(settings).state;
  throw new CoordinatorError("argument-invalid", "say which with --state DIR or --settings FILE");
}

/** Does something with the ledger of a state directory, beside a coordinator that may be running, and closes it. */
export async function withLedger<R>(
  directory: string,
  use: (db: Ledger) => R | Promise<R>,
): Promise<R> {
  // A directory without an identity is no coordinator's: say so rather than make an empty ledger in it.
  openIdentity(directory);
  const db = openLedger(join(directory, LEDGER_FILE));
  try {
    return await use(db);
  } finally {
    db.close();
  }
}
