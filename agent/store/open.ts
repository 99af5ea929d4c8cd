import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { RigError } from "../core/errors.ts";
import { MIGRATIONS } from "./migrations.ts";

export type Db = Database.Database;

const DATABASE_FILE = "rig.db";
const LOCK_FILE = "lock.db";

/**
 * Takes the state directory for this process; the answer gives it back. The lock is a file lock that the kernel drops
 * with the process, so a kill or a power cut never leaves one behind. Throws `store-locked` when another has it.
 */
export function lockStateDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = new Database(join(directory, LOCK_FILE), { timeout: 0 });
  try {
    // Rollback journal, or a reader's shared lock would be all there is: an exclusive transaction held for life.
    lock.pragma("journal_mode = DELETE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new RigError(
      "store-locked",
      `another agent is running on ${directory}`,
      { directory },
      { cause },
    );
  }
  return () => {
    if (!lock.open) return;
    lock.exec("ROLLBACK");
    lock.close();
  };
}

function migrate(db: Db, file: string): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version > MIGRATIONS.length) {
    throw new RigError(
      "store-newer",
      `${file} has version ${version}, this program knows ${MIGRATIONS.length}`,
      {
        file,
        version,
      },
    );
  }
  MIGRATIONS.slice(version).forEach((step, i) => {
    db.transaction(() => {
      db.exec(step);
      db.pragma(`user_version = ${version + i + 1}`);
    })();
  });
}

/** Who only reads cannot bring a database to the present version. */
function requirePresent(db: Db, file: string): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version === MIGRATIONS.length) return;
  const which = version > MIGRATIONS.length ? "a newer" : "an older";
  throw new RigError(
    version > MIGRATIONS.length ? "store-newer" : "store-failed",
    `${file} is of ${which} version; ${version > MIGRATIONS.length ? "use that one" : "the agent brings it up to date when it starts"}`,
    { file, version },
  );
}

/** Opens the database of a state directory and brings it to the present version. Only its owner may read it. */
export function openDatabase(directory: string, options: { readonly?: boolean } = {}): Db {
  const file = join(directory, DATABASE_FILE);
  if (options.readonly && !existsSync(file)) {
    throw new RigError("store-failed", `there is no database in ${directory}`, { directory });
  }
  let db: Db | undefined;
  try {
    db = new Database(file, { readonly: options.readonly ?? false, timeout: 5000 });
    if (options.readonly) {
      requirePresent(db, file);
      return db;
    }
    // SQLite gives the files beside it the same mode.
    chmodSync(file, 0o600);
    db.pragma("journal_mode = WAL");
    // FULL is set around the guard's transaction alone: a lost sample costs seconds, a lost sequence costs the chain.
    db.pragma("synchronous = NORMAL");
    db.pragma("cache_size = -2000");
    db.pragma("journal_size_limit = 4194304");
    db.pragma("temp_store = MEMORY");
    migrate(db, file);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof RigError) throw cause;
    throw new RigError(
      "store-failed",
      `cannot open ${file}: ${(cause as Error).message}`,
      { file },
      { cause },
    );
  }
}

/** Runs one transaction whose commit is on the disk when this returns. */
export function durably<T>(db: Db, work: () => T): T {
  db.pragma("synchronous = FULL");
  try {
    return db.transaction(work).immediate();
  } finally {
    db.pragma("synchronous = NORMAL");
  }
}
