import { CoordinatorError } from "../errors.ts";
import type { Ledger } from "../ledger/open.ts";
import type { RecordRules } from "./close.ts";

const NAMES = {
  windowSeconds: "window_seconds",
  epochSeconds: "epoch_seconds",
  graceSeconds: "grace_seconds",
} as const;

const PINNED = { windowSeconds: "window", epochSeconds: "epoch" } as const;

/** True once anything in a ledger rests on how time is cut. */
function isBegun(db: Ledger): boolean {
  const begun = db.prepare(
    `SELECT EXISTS (SELECT 1 FROM attestations) OR EXISTS (SELECT 1 FROM allocations)
       OR EXISTS (SELECT 1 FROM epochs)`,
  );
  return begun.pluck().get() === 1;
}

/**
 * Throws a CoordinatorError `state-other-grid` where rules cut time in another way than all that is in the ledger. The
 * grace time may change: nothing rests on it.
 */
export function requireRules(db: Ledger, rules: RecordRules): void {
  const kept = readRules(db);
  if (kept === undefined || !isBegun(db)) return;
  for (const field of Object.keys(PINNED) as (keyof typeof PINNED)[]) {
    if (kept[field] === rules[field]) continue;
    throw new CoordinatorError(
      "state-other-grid",
      `the settings say ${PINNED[field]} ${rules[field]}s, but all in this ledger is counted with ${kept[field]}s: put it back, or begin with a new state directory`,
    );
  }
}

/**
 * Notes in the ledger how time is cut, so that commands beside a running coordinator cut it the same way.
 * Throws as `requireRules` does.
 */
export function pinRules(db: Ledger, rules: RecordRules): void {
  const keep = db.prepare(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  const pin = db.transaction(() => {
    requireRules(db, rules);
    for (const field of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
      keep.run(NAMES[field], String(rules[field]));
    }
  });
  pin.immediate();
}

/** How time was cut by the coordinator that ran last; undefined where none ever did. */
export function readRules(db: Ledger): RecordRules | undefined {
  const read = db.prepare("SELECT value FROM meta WHERE key = ?").pluck();
  const numberOf = (field: keyof typeof NAMES): number =>
    Number(read.get(NAMES[field]) ?? Number.NaN);
  const rules = {
    windowSeconds: numberOf("windowSeconds"),
    epochSeconds: numberOf("epochSeconds"),
    graceSeconds: numberOf("graceSeconds"),
  };
  return Object.values(rules).some(Number.isNaN) ? undefined : rules;
}
