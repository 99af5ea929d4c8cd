import type { Db } from "./open.ts";

const PREFIX = "pin ";

/** Which certificate each device's address showed when it was first seen; kept among the single values. */
export class Pins {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** What was kept for an address (host:port); undefined before it was first seen. */
  pinOf(address: string): string | undefined {
    const row = this.#db
      .prepare<[string], { value: string }>("SELECT value FROM meta WHERE key = ?")
      .get(`${PREFIX}${address}`);
    return row?.value;
  }

  pin(address: string, fingerprint: string): void {
    this.#db
      .prepare(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      )
      .run(`${PREFIX}${address}`, fingerprint);
  }
}
