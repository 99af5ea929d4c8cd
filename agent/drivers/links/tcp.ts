import { connect, type Socket } from "node:net";
import { RigError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports.ts";
import { Collected, type Link, type Reach, socketFault, within } from "./link.ts";

/** How long after a reply looks complete the device may still end it, in ms: some close only seconds later. */
const SETTLE_MS = 250;
const NUL = 0;

/**
 * The cgminer API: a target is one JSON command, sent on a connection of its own; the reply ends with a NUL, with the
 * connection, or a little after its outermost bracket. https://github.com/ckolivas/cgminer/blob/master/API-README
 */
export function tcpLink(reach: Reach, host: string, port: number): Link {
  return {
    ask: ({ target }, signal) =>
      within(reach, signal, (inner) => {
        const socket = connect({ host, port });
        return new Conversation(socket, reach, inner).run(target);
      }),
    stop: async () => {},
  };
}

/** One command and its reply. */
class Conversation {
  readonly #socket: Socket;
  readonly #called: string;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #collected: Collected;
  readonly #brackets = new Brackets();
  #cancelSettling: () => void = () => {};

  constructor(socket: Socket, { called, clock }: Reach, signal: AbortSignal) {
    this.#socket = socket;
    this.#called = called;
    this.#clock = clock;
    this.#signal = signal;
    this.#collected = new Collected(called);
  }

  async run(command: string): Promise<Uint8Array> {
    const stop = (): void => void this.#socket.destroy();
    this.#signal.addEventListener("abort", stop, { once: true });
    try {
      return await this.#reply(command);
    } catch (thrown) {
      throw socketFault(this.#signal.aborted ? this.#signal.reason : thrown, this.#called);
    } finally {
      this.#cancelSettling();
      this.#signal.removeEventListener("abort", stop);
      stop();
    }
  }

  #reply(command: string): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        if (this.#collected.bytes > 0) resolve(this.#collected.whole());
        else reject(this.#speechless());
      };
      this.#socket.on("error", reject);
      this.#socket.on("close", done);
      // No half-close after the command: some firmware takes that for the end of the conversation.
      this.#socket.on("connect", () => this.#socket.write(command));
      this.#socket.on("data", (chunk) => {
        try {
          if (this.#take(chunk)) done();
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
  }

  /** True when the reply is over. */
  #take(chunk: Buffer): boolean {
    const end = chunk.indexOf(NUL);
    const part = end < 0 ? chunk : chunk.subarray(0, end);
    this.#collected.add(part);
    if (end >= 0) return true;
    this.#cancelSettling();
    if (this.#brackets.closedBy(part)) this.#settle();
    return false;
  }

  #settle(): void {
    this.#cancelSettling = this.#clock.after(SETTLE_MS, () => this.#socket.destroy());
  }

  #speechless(): RigError {
    return new RigError(
      "driver-refused",
      `${this.#called} closed the connection without a word: its API may not allow this host`,
      { address: this.#called },
    );
  }
}

/** Counts brackets outside strings as bytes come, so that looking for a reply's end costs one pass. */
class Brackets {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #opened = false;

  /** True when every bracket that was opened is closed by now. */
  closedBy(chunk: Uint8Array): boolean {
    for (const byte of chunk) this.#byte(byte);
    return this.#opened && this.#depth === 0;
  }

  #byte(byte: number): void {
    if (this.#inString) this.#stringByte(byte);
    else if (byte === 0x22) this.#inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      this.#depth += 1;
      this.#opened = true;
    } else if (byte === 0x7d || byte === 0x5d) this.#depth = Math.max(0, this.#depth - 1);
  }

  #stringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === 0x5c) this.#escaped = true;
    else if (byte === 0x22) this.#inString = false;
  }
}
