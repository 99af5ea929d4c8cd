import { setImmediate } from "node:timers/promises";
import type { Ledger } from "../ledger/open.ts";
import type { Clock, Log, Service, SteadyClock } from "../ports.ts";
import { createClockWatch } from "./clock-watch.ts";
import { draftEpoch, dueEpoch, type EpochDraft, keepEpoch, type RecordRules } from "./close.ts";
import type { Epoch } from "./expect.ts";
import { type ClosedEpoch, lastEpoch } from "./ledger-rows.ts";
import { createSilence } from "./silence.ts";

/** How the keeper is doing. */
interface KeeperStatus {
  /** Start and end of the newest closed epoch, Unix seconds; absent before the first. */
  readonly lastEpoch?: { readonly start: number; readonly end: number };
  /** Why no epoch closes now, in words; absent while all is well. */
  readonly fault?: string;
}

/** Closes epochs as they become due. */
export interface RecordKeeper extends Service {
  status(): KeeperStatus;
}

interface Parts {
  readonly db: Ledger;
  readonly clock: Clock;
  readonly steady: SteadyClock;
  readonly settings: RecordRules;
  readonly log: Log;
  /** Between two looks, in ms. */
  readonly pollMs?: number;
}

// Often enough for the shortest epoch, and so that a step of the clock is seen.
const POLL_MS = 1000;

/**
 * The keeper of records: epochs lie on a fixed UTC grid and are closed in order, a grace time after their end. What was
 * not closed when the process ended is closed by the next one, after another grace time in which rigs can deliver what
 * they kept. A failed attempt is logged once and made again. A closed epoch is never opened, so nothing is closed by a
 * clock that cannot be right.
 */
export function createRecordKeeper(parts: Parts): RecordKeeper {
  const { db, clock, steady, settings, log, pollMs = POLL_MS } = parts;
  const watch = createClockWatch({ clock, steady, graceSeconds: settings.graceSeconds });
  const silence = createSilence({ db, steady });
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

  /** The next epoch that may be closed now. Throws why it must not be, where that is a fault. */
  const dueNow = (): Epoch | undefined => {
    const { now, ready } = watch.look();
    const epoch = ready ? dueEpoch(db, settings, now) : undefined;
    if (epoch !== undefined) silence.check(epoch);
    return epoch;
  };

  const closeAll = async (): Promise<void> => {
    for (let epoch = dueNow(); epoch !== undefined && !stopped; epoch = dueNow()) {
      const draft = await draftOf(epoch);
      if (draft === undefined) return;
      const closed = keepEpoch(db, draft, clock());
      if (closed !== undefined) tell(closed, draft);
    }
  };

  const tell = ({ start, end, root }: ClosedEpoch, { failed }: EpochDraft): void => {
    for (const { rig, cause } of failed) {
      log.error("A rig could not be added up and counts nothing in this epoch", { rig }, cause);
    }
    log.info("An epoch is closed", { epochStart: start, epochEnd: end, root });
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
    if (!stopped) timer = setTimeout(tick, pollMs);
  };
  const tick = (): void => {
    running = turn();
  };

  return {
    async start() {
      if (!stopped) return;
      stopped = false;
      watch.begin();
      silence.begin(clock());
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
