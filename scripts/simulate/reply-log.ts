import { createWriteStream, renameSync, statSync, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Fault } from "./faults.ts";

/** What a reply said of one machine. A field is there only if the reply carried it. */
export interface Reported {
  /** H/s, after the rounding of the protocol. */
  readonly hashrate?: number;
  readonly sharesAccepted?: number;
  readonly sharesRejected?: number;
  readonly difficultyAccepted?: number;
  readonly uptimeSeconds?: number;
  readonly powerWatts?: number;
  readonly chipCelsius?: number;
}

/** One reply that was served, of one machine: what it said beside what was true. */
export interface LogEntry extends Reported {
  readonly atMs: number;
  readonly device: string;
  /** Empty: the device itself. `pci:0000:0a:00.0`: the GPU at that bus address. */
  readonly key: string;
  /** Command, path, or `block` for a block of sensor values. */
  readonly ask: string;
  /** Hashes truly done since the simulation began, decimal; absent for a replayed reply. */
  readonly trueHashes?: string;
  /** Joules truly drawn since the simulation began; absent for a replayed reply. */
  readonly trueJoules?: number;
  /** Set when the reply was spoilt on its way, so that nobody could read the rest of the entry out of it. */
  readonly fault?: Fault;
}

const KEPT = 50_000;
const FILE_BYTES = 64 * 1024 ** 2;

/**
 * The replies that were served: the newest in memory, and all of them as JSON lines in a file if one is named. A file of
 * 64 MiB becomes `<file>.1` and a new one is begun, so that a long run fills no disk.
 */
export class ReplyLog {
  readonly #file: string | undefined;
  #entries: LogEntry[] = [];
  #stream: WriteStream | undefined;
  #bytes = 0;
  #ending: Promise<void> = Promise.resolve();
  #fault: Error | undefined;

  constructor(file?: string) {
    this.#file = file;
  }

  /** Opens the file. Throws when it cannot be written. */
  async open(): Promise<void> {
    if (!this.#file) return;
    this.#bytes = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    this.#stream = await this.#begin(this.#file);
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > 2 * KEPT) this.#entries = this.#entries.slice(-KEPT);
    if (!this.#stream || !this.#file) return;
    const line = `${JSON.stringify(entry)}\n`;
    if (this.#bytes + line.length > FILE_BYTES) this.#turn(this.#file);
    this.#stream.write(line);
    this.#bytes += line.length;
  }

  /** The newest entries, oldest first, at least 50,000 where there were as many. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** Writes out what is left. Throws what went wrong with the file, if anything did. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    await this.#ending;
    if (stream && !stream.destroyed) {
      stream.end();
      await finished(stream);
    }
    if (this.#fault) throw this.#fault;
  }

  #turn(file: string): void {
    const full = this.#stream;
    if (full) this.#ending = finished(full.end()).catch((error: Error) => this.#fail(error));
    renameSync(file, `${file}.1`);
    this.#bytes = 0;
    this.#stream = this.#watched(createWriteStream(file, { flags: "a" }));
  }

  #begin(file: string): Promise<WriteStream> {
    return new Promise((resolve, reject) => {
      const stream = createWriteStream(file, { flags: "a" });
      stream.once("error", reject);
      stream.once("open", () => {
        stream.off("error", reject);
        resolve(this.#watched(stream));
      });
    });
  }

  #watched(stream: WriteStream): WriteStream {
    return stream.on("error", (error) => this.#fail(error));
  }

  // A full disk must not end a demonstration: the log stops, the site goes on, close() says why.
  #fail(error: Error): void {
    this.#fault ??= error;
    this.#stream = undefined;
  }
}
