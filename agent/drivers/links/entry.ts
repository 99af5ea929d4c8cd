import { RigError } from "../../core/errors.ts";
import type { LoginScheme } from "../driver.ts";
import type { Admission } from "./admission.ts";

/**
 * When a login is sent. `always`; `when-asked`: once the device asks for one, because who it is has yet to be found out;
 * `when-it-helps`: where nothing is said without it, because nobody said that it is the right one.
 */
export type Manner = "always" | "when-asked" | "when-it-helps";

/** How a device lets in. */
export interface Access {
  readonly scheme?: LoginScheme | undefined;
  /** Shared by all who try one login at one device. */
  readonly admission?: Admission;
  readonly manner?: Manner;
}

/** How requests get past a device's login. */
export interface Entry<Request, Reply> {
  /** The reply to a request, which may be a refusal. Throws `driver-auth` where a refused login rests. */
  ask(request: Request, signal: AbortSignal): Promise<Reply>;
  /** Gives up a login that is under way. */
  stop(): void;
}

/** The same entry in a manner; `open` asks without a login. */
export function inManner<Request, Reply>(
  manner: Manner | undefined,
  entry: Entry<Request, Reply>,
  open: Entry<Request, Reply>["ask"],
  isRefused: (reply: Reply) => boolean,
): Entry<Request, Reply> {
  const stop = (): void => entry.stop();
  if (manner === "when-asked") {
    const ask: typeof open = async (request, signal) => {
      const reply = await open(request, signal);
      return isRefused(reply) ? entry.ask(request, signal) : reply;
    };
    return { ask, stop };
  }
  if (manner === "when-it-helps") return { ask: whereItHelps(entry, open, isRefused), stop };
  return entry;
}

/** Asks without the login first, and with it at once where it helped before. No fault of the login is told to anybody. */
function whereItHelps<Request, Reply>(
  entry: Entry<Request, Reply>,
  open: Entry<Request, Reply>["ask"],
  isRefused: (reply: Reply) => boolean,
): typeof open {
  const helped = new Set<string>();
  return async (request, signal) => {
    const key = JSON.stringify(request);
    const refusal = helped.has(key) ? undefined : await open(request, signal);
    if (refusal !== undefined && !isRefused(refusal)) return refusal;
    const reply = await orNone(entry.ask(request, signal), signal);
    if (reply !== undefined && !isRefused(reply)) {
      helped.add(key);
      return reply;
    }
    helped.delete(key);
    return refusal ?? open(request, signal);
  };
}

/** What comes of an ask; undefined where it fails before its time is over. */
async function orNone<Reply>(
  asking: Promise<Reply>,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  try {
    return await asking;
  } catch (thrown) {
    if (thrown instanceof RigError && !signal.aborted) return undefined;
    throw thrown;
  }
}
