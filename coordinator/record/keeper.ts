import { setImmediate } from "node:timers/promises";
import type { Ledger } from "../ledger/open.ts";
import type { Clock, Log, Service } from "../ports.ts";
import { draftEpoch, dueEpoch, type EpochDraft, keepEpoch, type RecordRules } from "./close.ts";
import type { Epoch } from "./expect.ts";
import { lastEpoch } from "./ledger-rows.ts";
import { keepRules } from "./rules.ts";

/** How the keeper is doing. */
interface KeeperStatus {
  /** Start and end of the newest closed epoch, Unix seconds; absent before the first. */
  readonly lastEpoch?: { readonly start: number; readonly end: number };
  /** What the last attempt to close an epoch ended with, when it failed. */
  readonly fault?: string;
}

/** Closes epochs as they become due. */
export interface RecordKeeper extends Service {
  status(): KeeperStatus;
}

interface Parts {
  readonly db: Ledger;
  readonly clock: Clock;
  readonly settings: RecordRules;
  readonly log: Log;
}

// Often enough for the shortest epoch, and so that a step of the clock does not matter.
const POLL_MS = 1000;

/**
 * The keeper of records: epochs lie on a fixed UTC grid and are closed in order, a grace time after their end. What was
 * not closed when the process ended is closed by the next one. A failed attempt is logged once and made again.
 */
export function createRecordKeeper({ db, clock, settings, log }: Parts): RecordKeeper {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = true;
  let fault: string | undefined;

  /** Undefined when the keeper was stopped in the middle. */
  const draftOf = async (epoch: Epoch): Promise<EpochDraft | undefined> => {
    const steps = draftEpoch(db, epoch);
    while (!stopped) {
      const step = steps.next();
      if (step.done) return step.value;
      // Attestations come in between two steps: a long epoch must not hold receipts up.
      await setImmediate();
    }
    return undefined;
  };

  const closeAll = async (): Promise<void> => {
    while (!stopped) {
      const epoch = dueEpoch(db, settings, clock());
      if (epoch === undefined) return;
      const draft = await draftOf(epoch);
      if (draft === undefined) return;
      const { start, end, root } = keepEpoch(db, draft, clock());
      log.info("An epoch is closed", { epochStart: start, epochEnd: end, root });
    }
  };

  const turn = async (): Promise<void> => {
    try {
      await closeAll();
      if (fault !== undefined) log.info("Epochs close again");
      fault = undefined;
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      if (why !== fault) log.error("An epoch cannot be closed", {}, thrown);
      fault = why;
    }
    if (!stopped) timer = setTimeout(tick, POLL_MS);
  };
  const tick = (): void => {
    running = turn();
  };

  return {
    async start() {
      if (!stopped) return;
      stopped = false;
      keepRules(db, settings);
      timer = setTimeout(tick, 0);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
    status() {
      const last = lastEpoch(db);
      return {
        ...(last === undefined
          ? {}
          : { lastEpoch: { start: Number(last.start), end: Number(last.end) } }),
        ...(fault === undefined ? {} : { fault }),
      };
    },
  };
}
