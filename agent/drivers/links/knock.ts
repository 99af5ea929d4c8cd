import { connect, isIPv4 } from "node:net";
import type { Clock } from "../../core/ports.ts";

/**
 * What a port answers to a connection: it takes it, refuses it, or nothing comes back in time. `no-socket`: it was not
 * asked, for this host had no socket to ask with.
 */
export type Knock = "open" | "refused" | "silent" | "no-socket";

const SPENT = /^(EMFILE|ENFILE|ENOBUFS|ENOMEM)$/;

/** Connects and hangs up: not a byte is sent. Never throws; an abort counts as silence. */
export function knock(
  clock: Clock,
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Knock> {
  if (signal.aborted) return Promise.resolve("silent");
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (found: Knock): void => {
      cancel();
      signal.removeEventListener("abort", silent);
      socket.destroy();
      resolve(found);
    };
    const silent = (): void => end("silent");
    const cancel = clock.after(timeoutMs, silent);
    signal.addEventListener("abort", silent, { once: true });
    socket.on("connect", () => end("open"));
    socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => end(meaningOf(code, host)));
  });
}

/** A host that says no is there; one that no router knows is not. */
function meaningOf(code: string, host: string): Knock {
  if (code === "ECONNREFUSED" || code === "ECONNRESET") return "refused";
  // With IPv4 every port of this host is in use; with IPv6 it may as well have no address of its own.
  if (SPENT.test(code) || (code === "EADDRNOTAVAIL" && isIPv4(host))) return "no-socket";
  return "silent";
}
