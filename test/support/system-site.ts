import { join } from "node:path";
import type { Test } from "tap";
import {
  type Installation,
  type InstallationOptions,
  prepareInstallation,
  startMachine,
} from "./installation.ts";
import {
  headSequence,
  type LedgerRead,
  readLedger,
  readStore,
  type StoreRow,
} from "./ledger-reader.ts";
import { until } from "./until.ts";

/** An installation with a simulated machine, and a reader of what came of it. */
export interface SystemSite extends Installation {
  readonly ledger: () => LedgerRead;
  readonly store: () => StoreRow[];
  /** Waits until the ledger holds so many sequences more. */
  readonly grow: (more: number, withinMs?: number) => Promise<void>;
}

/** An installation of this test's own; what it starts ends with the test. */
export async function install(
  t: Test,
  over: Partial<InstallationOptions> = {},
): Promise<SystemSite> {
  const folder = over.folder ?? join(t.testdir(), "rig");
  const machine = await startMachine(folder, "127.0.91.0");
  t.after(() => machine.program.kill());
  const made = await prepareInstallation({ devices: machine.devices, ...over, folder });
  t.after(() => made.end());
  const { parties, ledgerFile, storeFile } = made;
  return {
    ...made,
    ledger: () => readLedger(ledgerFile, parties),
    store: () => readStore(storeFile, parties),
    grow: async (more, withinMs = 60_000) => {
      const from = headSequence(ledgerFile);
      await until(
        `${more} attestations after ${from}`,
        () => headSequence(ledgerFile) >= from + more,
        withinMs,
      );
    },
  };
}
