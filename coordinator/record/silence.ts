import type { Ledger } from "../ledger/open.ts";
import type { SteadyClock } from "../ports.ts";
import type { Epoch } from "./expect.ts";

/** Watches for a start long after the ledger heard anything: a clock far ahead looks the same as a fleet long silent. */
export interface Silence {
  /** Notes what the ledger last heard before now (Unix seconds). */
  begin(now: number): void;
  /** Throws a RangeError for an epoch that must wait. */
  check(epoch: Epoch): void;
}

const LONG_SECONDS = 3 * 86_400;
/** How long such epochs wait, so that a person sees it. */
const WAIT_SECONDS = 86_400;
const CLOCK_TOLERANCE = 120;

function lastHeard(db: Ledger): number | undefined {
  const text = db.prepare("SELECT max(last_seen_at) FROM rigs").pluck().get();
  return text === null ? undefined : Number(text);
}

/** A watch over a ledger. Nothing waits before it has begun. */
export function createSilence({
  db,
  steady,
}: {
  readonly db: Ledger;
  readonly steady: SteadyClock;
}): Silence {
  let heardBefore: number | undefined;
  let begunAt = 0;
  let begunSteady = 0;
  // A rig that attests a window of now says that the clock is right.
  const agreed = (): boolean =>
    db
      .prepare(
        `SELECT 1 FROM attestations WHERE window_start >= @from AND received_at >= @begunAt
           AND window_end BETWEEN received_at - @late AND received_at + @early LIMIT 1`,
      )
      .get({
        from: begunAt - WAIT_SECONDS,
        begunAt,
        late: WAIT_SECONDS,
        early: CLOCK_TOLERANCE,
      }) !== undefined;
  return {
    begin(now) {
      begunAt = now;
      begunSteady = steady();
      const heard = lastHeard(db);
      heardBefore = heard !== undefined && now - heard > LONG_SECONDS ? heard : undefined;
    },
    check({ start }) {
      if (heardBefore === undefined || Number(start) <= heardBefore + LONG_SECONDS) return;
      if (steady() - begunSteady >= WAIT_SECONDS || agreed()) {
        heardBefore = undefined;
        return;
      }
      const [heard, now] = [heardBefore, begunAt].map((at) => new Date(at * 1000).toISOString());
      throw new RangeError(
        `it was started at ${now} by its clock, and no rig was heard since ${heard}: later epochs wait a day, or until a rig attests a window of now; look at the clock`,
      );
    },
  };
}
