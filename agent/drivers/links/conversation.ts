import { connect, type Socket } from "node:net";
import { RigError } from "../../core/errors.ts";
import { type Reach, socketFault } from "./link.ts";

/** How long after a reply looks complete the device may still go on with it, in ms: some close only seconds later. */
const SETTLE_MS = 250;

/** How far a reply is: more must come; over unless more comes at once; over. */
export type Progress = "more" | "settling" | "over";

/** What makes one reply of the bytes that come. */
export interface Assembly {
  /** Throws a RigError for what cannot be a reply. */
  take(chunk: Buffer): Progress;
  /** The reply, at its end or where the connection ended; undefined where not one byte came. Throws a RigError for half a reply. */
  whole(): Uint8Array | undefined;
}

/**
 * One request and its reply on a TCP connection of their own. The connection is not half closed after the request: some
 * firmware takes that for the end of the conversation. Throws a RigError, or the signal's reason when that aborts.
 */
export async function converse(
  { host, port }: { readonly host: string; readonly port: number },
  request: Uint8Array,
  reply: Assembly,
  reach: Reach,
  signal: AbortSignal,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const socket = connect({ host, port });
  const stop = (): void => void socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await replyOn(socket, request, reply, reach);
  } catch (thrown) {
    throw socketFault(signal.aborted ? signal.reason : thrown, reach.called);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function replyOn(
  socket: Socket,
  request: Uint8Array,
  reply: Assembly,
  { clock, called }: Reach,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  let cancelSettling = (): void => {};
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (thrown) {
      reject(thrown as Error);
    }
  };
  const finish = (): void => {
    const whole = reply.whole();
    if (whole === undefined) throw speechless(called);
    resolve(whole);
  };
  socket.on("error", reject);
  socket.on("close", () => {
    cancelSettling();
    attempt(finish);
  });
  socket.on("connect", () => socket.write(request));
  socket.on("data", (chunk) =>
    attempt(() => {
      cancelSettling();
      const progress = reply.take(chunk);
      if (progress === "over") finish();
      if (progress === "settling") cancelSettling = clock.after(SETTLE_MS, () => socket.destroy());
    }),
  );
  return promise;
}

function speechless(called: string): RigError {
  return new RigError(
    "driver-refused",
    `${called} closed the connection without a word: its API may not allow this host`,
    { address: called },
  );
}
