import { type Assembly, converse, type Progress } from "./conversation.ts";
import { Asks, Collected, type Link, type Reach } from "./link.ts";

const NUL = 0x00;
const NEWLINE = 0x0a;
const BAR = 0x7c;
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/**
 * One request on a connection of its own, written as it stands: the cgminer API, JSON-RPC in lines, ccminer's text. The
 * reply ends with a NUL or with the connection; JSON also a little after its outermost bracket, or at once with the
 * newline after that where the request was a line; text also a little after a `|`.
 * https://github.com/ckolivas/cgminer/blob/master/API-README
 */
export function tcpLink(reach: Reach, host: string, port: number): Link {
  const asks = new Asks(reach);
  return {
    ask: ({ target }, signal) =>
      asks.run(signal, (inner) => {
        const reply = new Reply(reach.called, target.endsWith("\n"));
        return converse({ host, port }, Buffer.from(target, "utf8"), reply, reach, inner);
      }),
    stop: async () => asks.stop(),
  };
}

/** A reply without a length: where it ends is told from what it is. */
class Reply implements Assembly {
  readonly #collected: Collected;
  readonly #inLines: boolean;
  readonly #brackets = new Brackets();
  #kind: "json" | "text" | undefined;

  constructor(called: string, inLines: boolean) {
    this.#collected = new Collected(called);
    this.#inLines = inLines;
  }

  take(chunk: Buffer): Progress {
    const end = chunk.indexOf(NUL);
    const part = end < 0 ? chunk : chunk.subarray(0, end);
    this.#collected.add(part);
    if (end >= 0) return "over";
    this.#kind ??= kindOf(part);
    if (this.#kind === undefined) return "more";
    return this.#kind === "json" ? this.#afterJson(part) : afterText(part);
  }

  whole(): Uint8Array | undefined {
    return this.#collected.bytes === 0 ? undefined : this.#collected.whole();
  }

  #afterJson(part: Uint8Array): Progress {
    if (!this.#brackets.closedBy(part)) return "more";
    return this.#inLines && part.at(-1) === NEWLINE ? "over" : "settling";
  }
}

/** Told from the first byte that is no blank. */
function kindOf(part: Uint8Array): "json" | "text" | undefined {
  const first = part.find((byte) => !isBlank(byte));
  if (first === undefined) return undefined;
  return first === OPEN_OBJECT || first === OPEN_LIST ? "json" : "text";
}

function afterText(part: Uint8Array): Progress {
  return part.findLast((byte) => !isBlank(byte)) === BAR ? "settling" : "more";
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
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
    else if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#depth += 1;
      this.#opened = true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      this.#depth = Math.max(0, this.#depth - 1);
    }
  }

  #stringByte(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }
}
