import { resolve } from "node:path";
import type { Hex } from "../../proto/hex.ts";
import { CoordinatorError } from "../errors.ts";
import { openIdentity } from "../fleet/identity.ts";
import type { Ledger } from "../ledger/open.ts";
import type { RecordRules } from "../record/close.ts";
import { readRules, requireRules } from "../record/rules.ts";
import { loadSettings } from "../settings.ts";
import { type StateOptions, stateOf, withLedger } from "./state.ts";

/** A coordinator's ledger, seen from a command beside it. */
export interface LedgerView {
  readonly db: Ledger;
  readonly chainId: bigint;
  readonly coordinator: Hex;
  readonly rules: RecordRules;
}

function notedChain(db: Ledger): bigint | undefined {
  const text = db.prepare("SELECT value FROM meta WHERE key = 'chain_id'").pluck().get();
  return text === undefined ? undefined : BigInt(text as string);
}

/**
 * Does something with a coordinator's ledger. Chain and grid are those of the settings, else those that it last ran with.
 * Throws a CoordinatorError where neither says them, or where the ledger was kept with others.
 */
export async function withView<R>(
  options: StateOptions,
  use: (view: LedgerView) => R | Promise<R>,
): Promise<R> {
  const settings = options.settings === undefined ? undefined : loadSettings(options.settings);
  const directory = options.state === undefined ? stateOf(options) : resolve(options.state);
  return withLedger(directory, (db) => {
    const noted = notedChain(db);
    const chainId = settings?.chainId ?? noted;
    if (noted !== undefined && noted !== chainId) {
      throw new CoordinatorError(
        "state-other-chain",
        `the settings say chain id ${chainId}, but all in ${directory} is signed for ${noted}`,
      );
    }
    if (settings !== undefined) requireRules(db, settings);
    const rules = settings ?? readRules(db);
    if (chainId === undefined || rules === undefined) {
      throw new CoordinatorError(
        "argument-invalid",
        `${directory} was never run: name its settings with --settings FILE`,
      );
    }
    return use({ db, chainId, coordinator: openIdentity(directory).signer.address, rules });
  });
}
