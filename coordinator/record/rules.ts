import type { Ledger } from "../ledger/open.ts";
import type { RecordRules } from "./close.ts";

const NAMES = {
  windowSeconds: "window_seconds",
  epochSeconds: "epoch_seconds",
  graceSeconds: "grace_seconds",
} as const;

/** Notes in the ledger how time is cut, so that commands beside a running coordinator cut it the same way. */
export function keepRules(db: Ledger, rules: RecordRules): void {
  const keep = db.prepare(
    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
  );
  db.transaction(() => {
    for (const field of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
      keep.run(NAMES[field], String(rules[field]));
    }
  }).immediate();
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
