import { gunzipSync, gzipSync } from "node:zlib";
import { fromHex, type Hex, toHex } from "../../proto/hex.ts";
import { keccak } from "../../proto/keccak.ts";
import { packReplies, type Replies, unpackReplies } from "../../proto/replies.ts";
import type { Sample } from "../core/sample.ts";
import type { Db } from "./open.ts";

/** Packed replies ready for their row. */
export interface KeptReply {
  /** keccak256 of the packed replies. */
  readonly hash: Hex;
  /** Compressed with gzip. */
  readonly body: Uint8Array;
}

/** A kept reply as it is listed; `placedMs` on the time that windows are cut by. */
export interface ListedReply {
  readonly deviceId: string;
  readonly source: string;
  readonly atMs: number;
  readonly placedMs: number | undefined;
  readonly hash: Hex;
}

/** Larger than this is not kept: the largest real reply known is 60 KB, and what is kept counts against the disk budget. */
const MAX_PACKED_BYTES = 256 * 1024;
/** Windows until their length is known. */
const USUAL_WINDOW_MS = 600_000;
const MAX_REMEMBERED = 4096;

/** Chooses which replies are kept: of each source the first that came in each window, whatever number of devices it holds. */
export class ReplyKeeper {
  readonly #windowSeconds: () => number | undefined;
  /** By device and source. */
  readonly #last = new Map<string, number>();

  constructor(windowSeconds: () => number | undefined) {
    this.#windowSeconds = windowSeconds;
  }

  /** What is to be kept of a sample; undefined where its window has a reply of this device already. */
  choose(sample: Sample, placedMs: number | undefined): KeptReply | undefined {
    const lengthMs = (this.#windowSeconds() ?? 0) * 1000 || USUAL_WINDOW_MS;
    const window = Math.floor((placedMs ?? sample.monotonicMs) / lengthMs);
    const key = `${sample.deviceId} ${sample.source}`;
    if (this.#last.get(key) === window) return undefined;
    if (this.#last.size >= MAX_REMEMBERED)
      for (const [known, of] of this.#last) if (of !== window) this.#last.delete(known);
    this.#last.set(key, window);
    const packed = packReplies(sample.replies);
    if (packed.length === 0 || packed.length > MAX_PACKED_BYTES) return undefined;
    return { hash: keccak(packed), body: gzipSync(packed, { level: 6 }) };
  }
}

/** Reads what was kept, also while the agent runs. */
export class ReplyBook {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Kept replies of a device (its id, or the beginning of it, or its label), newest first. */
  list(device: string, limit: number): ListedReply[] {
    return this.#db
      .prepare<
        [string, string, string, number],
        {
          device_id: string;
          source: string;
          at_ms: number;
          placed_ms: number | null;
          reply: Buffer;
        }
      >(
        `SELECT device_id, source, at_ms, placed_ms, reply FROM samples
         WHERE reply IS NOT NULL AND (substr(device_id, 1, length(?)) = ?
           OR device_id IN (SELECT device_id FROM devices WHERE label = ?))
         ORDER BY id DESC LIMIT ?`,
      )
      .all(device, device, device, limit)
      .map((row) => ({
        deviceId: row.device_id,
        source: row.source,
        atMs: row.at_ms,
        placedMs: row.placed_ms ?? undefined,
        hash: toHex(row.reply),
      }));
  }

  /** The replies behind a hash, byte for byte; undefined where they are not kept, or are no longer what was hashed. */
  read(hash: Hex): Replies | undefined {
    const body = this.#db
      .prepare<[Uint8Array], Buffer>("SELECT body FROM replies WHERE hash = ?")
      .pluck()
      .get(fromHex(hash));
    if (body === undefined) return undefined;
    const packed = unzipped(body);
    return packed !== undefined && keccak(packed) === hash ? unpackReplies(packed) : undefined;
  }
}

function unzipped(body: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(body, { maxOutputLength: 2 * MAX_PACKED_BYTES });
  } catch {
    // Damaged on the disk: what cannot be unpacked is not what was hashed.
    return undefined;
  }
}
