import { RigError } from "../../core/errors.ts";
import { type Assembly, converse, type Progress } from "./conversation.ts";
import { Asks, Collected, type Link, MAX_REPLY_BYTES, type Reach } from "./link.ts";

const LENGTH_BYTES = 4;

/**
 * JSON behind its length, 4 bytes little-endian, in both directions, on a connection of its own: the Whatsminer API from
 * version 3 on. What comes after the frame is not part of the reply. https://github.com/UpstreamData/pyasic/blob/master/pyasic/rpc/btminer.py
 */
export function framedLink(reach: Reach, host: string, port: number): Link {
  const asks = new Asks(reach);
  return {
    ask: ({ target }, signal) =>
      asks.run(signal, (inner) =>
        converse({ host, port }, framed(target), new Frame(reach.called), reach, inner),
      ),
    stop: async () => asks.stop(),
  };
}

function framed(text: string): Uint8Array {
  const body = Buffer.from(text, "utf8");
  const frame = Buffer.alloc(LENGTH_BYTES + body.length);
  frame.writeUInt32LE(body.length);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}

/** One frame, however its bytes come. */
class Frame implements Assembly {
  readonly #called: string;
  readonly #body: Collected;
  readonly #header = Buffer.alloc(LENGTH_BYTES);
  #headerBytes = 0;

  constructor(called: string) {
    this.#called = called;
    this.#body = new Collected(called);
  }

  take(chunk: Buffer): Progress {
    const copied = chunk.copy(this.#header, this.#headerBytes);
    this.#headerBytes += copied;
    if (this.#headerBytes < LENGTH_BYTES) return "more";
    const missing = this.#length() - this.#body.bytes;
    this.#body.add(chunk.subarray(copied, copied + missing));
    return this.#isWhole() ? "over" : "more";
  }

  whole(): Uint8Array | undefined {
    if (this.#headerBytes === 0) return undefined;
    if (this.#isWhole()) return this.#body.whole();
    throw new RigError("driver-garbled", `${this.#called} broke off in the middle of a frame`, {
      address: this.#called,
      bytes: this.#body.bytes,
    });
  }

  #isWhole(): boolean {
    return this.#headerBytes === LENGTH_BYTES && this.#body.bytes === this.#length();
  }

  /** Throws `driver-garbled` for a length that no reply has: whatever is there, it speaks something else. */
  #length(): number {
    const length = this.#header.readInt32LE();
    if (length > 0 && length <= MAX_REPLY_BYTES) return length;
    throw new RigError("driver-garbled", `${this.#called} announces a frame of ${length} bytes`, {
      address: this.#called,
      length,
      limit: MAX_REPLY_BYTES,
    });
  }
}
