import { connect } from "node:net";
import type { Clock } from "../../core/ports.ts";

/** What a port answers to a connection: it takes it, refuses it, or nothing comes back in time. */
export type Knock = "open" | "refused" | "silent";

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
    // A host that says no is there; one that no router knows is not.
    socket.on("error", ({ code }: NodeJS.ErrnoException) =>
      end(code === "ECONNREFUSED" || code === "ECONNRESET" ? "refused" : "silent"),
    );
  });
}
