import type { Db } from "./open.ts";

interface MetaValues {
  /** The address of the key whose chain this is. */
  rig: string;
  /** The coordinator to whom it is attested. */
  coordinator: string;
  /** The chain of the NFT collections: part of what is signed. */
  chain_id: string;
  /** Length of a window, as the last welcome said. */
  window_seconds: string;
  /** The coordinator's newest era of this rig, as the last welcome said. */
  newest_era: string;
  /** Digest of the coordinator's head, as last known. */
  base: string;
  /** Tip of the local chain: sequence and digest. */
  head_sequence: string;
  head_digest: string;
  /** The coordinator's head that this chain went on from after a loss. */
  adopted_digest: string;
  /** End of the newest window whose attestation was deleted, Unix seconds: before it nothing is attested again. */
  purged_through: string;
  /** Set until the first attestation after a loss carries its flag. */
  after_loss: string;
  /** A person said that this rig goes on from the coordinator's head. */
  take_over: string;
}
export type MetaKey = keyof MetaValues;

/** Single values that outlive the process. */
export class Meta {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  get(key: MetaKey): string | undefined {
    const row = this.#db
      .prepare<[string], { value: string }>("SELECT value FROM meta WHERE key = ?")
      .get(key);
    return row?.value;
  }

  set(key: MetaKey, value: string | undefined): void {
    if (value === undefined) this.#db.prepare("DELETE FROM meta WHERE key = ?").run(key);
    else {
      this.#db
        .prepare(
          "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .run(key, value);
    }
  }
}
