import { isAbort, RigError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports.ts";

/** What is put to a device, as a driver's ask has it. */
export interface Question {
  readonly target: string;
  readonly body?: string;
}

/** Bytes out, bytes in. What a target means is the link's own. */
export interface Link {
  /** One reply. Throws a RigError, or the signal's reason when that aborts. */
  ask(question: Question, signal: AbortSignal): Promise<Uint8Array>;
  /** Lets go of everything; safe twice, and before the first ask. */
  stop(): Promise<void>;
}

/** The largest reply that is read, in bytes; the largest real one known is 60 KB. */
export const MAX_REPLY_BYTES = 1 << 20;

/** A name and password, or a token, where a device wants one. Never in a message. */
export interface Login {
  readonly username?: string;
  readonly password?: string;
  /** Sent as a bearer token; goes before a password. */
  readonly token?: string;
}

/** What a link must know of the device that it reaches. */
export interface Reach {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** How the device is called in messages: its address without a login. */
  readonly called: string;
}

/**
 * Runs something under a time limit: its signal aborts at the limit, with the outer one or with `stopped`. Throws
 * `driver-timeout` at the limit, also when the work does not heed its signal.
 */
export async function within<T>(
  { clock, timeoutMs, called }: Reach,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  stopped?: AbortSignal,
): Promise<T> {
  outer.throwIfAborted();
  stopped?.throwIfAborted();
  const late = new RigError("driver-timeout", `${called} did not answer in ${timeoutMs} ms`, {
    address: called,
    timeout_ms: timeoutMs,
  });
  const inner = new AbortController();
  const follow = (): void => inner.abort(outer.aborted ? outer.reason : stopped?.reason);
  outer.addEventListener("abort", follow, { once: true });
  stopped?.addEventListener("abort", follow, { once: true });
  const cancel = clock.after(timeoutMs, () => inner.abort(late));
  const given = Promise.withResolvers<never>();
  inner.signal.addEventListener("abort", () => given.reject(inner.signal.reason), { once: true });
  try {
    return await Promise.race([work(inner.signal), given.promise]);
  } finally {
    cancel();
    outer.removeEventListener("abort", follow);
    stopped?.removeEventListener("abort", follow);
  }
}

/** A link's asks, each under its time limit. What is under way when the link is stopped is given up, and nothing more begun. */
export class Asks {
  readonly #reach: Reach;
  readonly #stopped = new AbortController();

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** Runs one, as `within` does. Throws an abort where the link is stopped. */
  run<T>(outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return within(this.#reach, outer, work, this.#stopped.signal);
  }

  /** Safe twice. */
  stop(): void {
    this.#stopped.abort();
  }
}

const UNREACHABLE =
  /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ENOTFOUND|EAI_\w+|ETIMEDOUT|EADDRNOTAVAIL|EACCES|EPERM)$/;
/** This host's own want, of which the device knows nothing. */
const SPENT = /^(EMFILE|ENFILE|ENOBUFS|ENOMEM)$/;
const CUT = /^(ECONNRESET|EPIPE|HPE_\w+)$/;

/** What a fault of a socket means. What is a RigError or an abort already stays so. */
export function socketFault(thrown: unknown, called: string): unknown {
  if (thrown instanceof RigError || isAbort(thrown)) return thrown;
  const code = codeOf(thrown);
  const facts = { address: called, code };
  if (SPENT.test(code))
    return new RigError("driver-no-socket", `${called} was not asked (${code})`, facts, {
      cause: thrown,
    });
  if (UNREACHABLE.test(code))
    return new RigError("driver-unreachable", `${called} cannot be reached (${code})`, facts, {
      cause: thrown,
    });
  if (CUT.test(code))
    return new RigError("driver-garbled", `${called} broke off in the middle (${code})`, facts, {
      cause: thrown,
    });
  return new RigError("driver-unreachable", `${called} could not be asked (${code})`, facts, {
    cause: thrown,
  });
}

/** The system's code of an error, which dual-stack connects bury in lists. */
function codeOf(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error) || depth > 4) return "unknown";
  const { code } = thrown as { code?: unknown };
  if (typeof code === "string") return code;
  const inner = thrown instanceof AggregateError ? thrown.errors[0] : thrown.cause;
  return inner === undefined ? thrown.name : codeOf(inner, depth + 1);
}

/** Chunks up to a limit. */
export class Collected {
  readonly #called: string;
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(called: string) {
    this.#called = called;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws `driver-too-large`. */
  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_REPLY_BYTES)
      throw new RigError(
        "driver-too-large",
        `${this.#called} answered with more than ${MAX_REPLY_BYTES} bytes`,
        {
          address: this.#called,
          limit: MAX_REPLY_BYTES,
        },
      );
    this.#chunks.push(chunk);
  }

  whole(): Uint8Array {
    // Exactly so long and in memory of its own: a small buffer of the pool would keep 64 KiB for as long as it is kept.
    const whole = Buffer.allocUnsafeSlow(this.#bytes);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}
