import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { CoordinatorError } from "../errors.ts";

/** The database of a coordinator: rigs, attestations, records. One writer at a time; commands may open it beside `run`. */
export type Ledger = Database.Database;

/** The name of the ledger in a state directory. */
export const LEDGER_FILE = "ledger.db";

const MIGRATIONS = join(import.meta.dirname, "migrations");

interface Migration {
  readonly version: number;
  readonly file: string;
}

function migrationsIn(folder: string): Migration[] {
  const files = readdirSync(folder).filter((file) => /^\d{3}-[a-z0-9-]+\.sql$/.test(file));
  return files.sort().map((file, i) => {
    const version = Number(file.slice(0, 3));
    if (version !== i + 1) throw new RangeError(`migration ${file} is out of line`);
    return { version, file };
  });
}

function migrate(db: Ledger, file: string): void {
  const migrations = migrationsIn(MIGRATIONS);
  const versionOf = (): number => db.pragma("user_version", { simple: true }) as number;
  const newest = migrations.length;
  if (versionOf() > newest) {
    throw new CoordinatorError(
      "ledger-newer",
      `${file} has version ${versionOf()}, this program knows ${newest}: use the newer program`,
    );
  }
  for (const { version, file: sql } of migrations) {
    const step = db.transaction(() => {
      // Another process may have been faster between the look and the lock.
      if (versionOf() >= version) return;
      db.exec(readFileSync(join(MIGRATIONS, sql), "utf8"));
      db.pragma(`user_version = ${version}`);
    });
    if (versionOf() < version) step.immediate();
  }
}

/**
 * Opens a ledger, making or migrating it where needed. Commits survive a power cut (WAL, synchronous FULL).
 * Throws a CoordinatorError `ledger-newer` or `ledger-failed`.
 */
export function openLedger(file: string): Ledger {
  let db: Ledger | undefined;
  try {
    db = new Database(file, { timeout: 5000 });
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("cache_size = -4000");
    db.pragma("journal_size_limit = 67108864");
    migrate(db, file);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof CoordinatorError) throw cause;
    throw new CoordinatorError(
      "ledger-failed",
      `cannot open the ledger ${file}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
