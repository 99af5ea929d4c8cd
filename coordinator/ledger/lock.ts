import { join } from "node:path";
import Database from "better-sqlite3";
import { CoordinatorError } from "../errors.ts";

/**
 * Takes the state directory for the life of this process; the answer gives it back. The kernel releases it when the
 * process dies, however it dies. Throws a CoordinatorError `state-locked` when another process has it.
 */
export function lockState(directory: string): () => void {
  const file = join(directory, "lock.db");
  let db: Database.Database | undefined;
  try {
    // A database of its own: commands go on using the ledger beside the process that holds this.
    db = new Database(file, { timeout: 0 });
    db.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    db?.close();
    if ((cause as { code?: string }).code === "SQLITE_BUSY") {
      throw new CoordinatorError("state-locked", `another coordinator runs on ${directory}`, {
        cause,
      });
    }
    throw new CoordinatorError(
      "ledger-failed",
      `cannot lock ${file}: ${(cause as Error).message}`,
      { cause },
    );
  }
  const held = db;
  return () => {
    held.close();
  };
}
