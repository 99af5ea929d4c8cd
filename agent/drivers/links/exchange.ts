import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { RigError } from "../../core/errors.ts";
import { Collected, MAX_REPLY_BYTES } from "./link.ts";

/** An HTTP request, up to the connection that it goes over. */
export interface HttpRequest {
  /** Path and query, escaped. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent by POST, as JSON where it begins with `{`, else as a form; absent: GET. */
  readonly body?: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the status is outside of 2xx: nobody reads what an error looks like. */
  readonly bytes: Uint8Array;
}

/** The method that a request goes by. */
export function methodOf({ body }: { readonly body?: string }): "GET" | "POST" {
  return body === undefined ? "GET" : "POST";
}

/**
 * One request and its reply over a connection that is closed behind it: a Bitaxe has few sockets. A connection that is
 * still being made is listened to at once. Throws `driver-too-large`, `driver-garbled` for a compressed reply (none is
 * offered to be read), or the socket's own fault, also one in the middle of a reply.
 */
export async function exchange(
  socket: Socket,
  asked: HttpRequest,
  called: string,
): Promise<HttpReply> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { path, body, headers } = asked;
  // What cannot even be sent is thrown below, and then nobody waits for this.
  promise.catch(() => {});
  const cut: { fault?: Error; response?: IncomingMessage } = {};
  socket.on("error", (fault) => {
    // Where no length was given a reset would pass for the end of the reply. After that end it no longer matters.
    if (cut.response?.complete !== true) cut.fault ??= fault;
    reject(fault);
  });
  // One that is gone already will not say so again.
  socket.on("close", () => reject(speechless(called)));
  if (socket.destroyed) reject(socket.errored ?? speechless(called));
  try {
    const sent = request({
      createConnection: () => socket,
      method: methodOf(asked),
      path,
      headers: { connection: "close", ...(body === undefined ? {} : about(body)), ...headers },
    });
    sent.on("response", (response) => {
      cut.response = response;
      resolve(response);
    });
    sent.on("error", reject);
    // After a reply this changes nothing; without one, as where it wants to speak another protocol, nothing more comes.
    sent.on("close", () => reject(speechless(called)));
    sent.end(body);
    const response = await promise;
    const { headers: answered, statusCode: status = 0 } = response;
    const bytes = isOk(status) ? await bodyOf(response, called) : new Uint8Array();
    if (cut.fault !== undefined) throw cut.fault;
    return { status, headers: answered, bytes };
  } finally {
    socket.destroy();
  }
}

function speechless(called: string): RigError {
  return new RigError("driver-garbled", `${called} closed the connection without a reply`, {
    address: called,
  });
}

/** True for a status that says that here is what was asked for. */
export function isOk(status: number): boolean {
  // Part of what was asked for is not it, and nobody asks for a part.
  return status >= 200 && status < 300 && status !== 206;
}

function about(body: string): Record<string, string> {
  return {
    "content-type": body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded",
    "content-length": String(Buffer.byteLength(body)),
  };
}

async function bodyOf(response: IncomingMessage, called: string): Promise<Uint8Array> {
  const { "content-length": announced, "content-encoding": encoding = "identity" } =
    response.headers;
  if (Number(announced) > MAX_REPLY_BYTES)
    throw new RigError("driver-too-large", `${called} announces ${announced} bytes`, {
      address: called,
      limit: MAX_REPLY_BYTES,
    });
  if (encoding.trim().toLowerCase() !== "identity")
    throw new RigError("driver-garbled", `${called} answers compressed, which was not offered`, {
      address: called,
      encoding,
    });
  const collected = new Collected(called);
  for await (const chunk of response) collected.add(chunk as Buffer);
  return collected.whole();
}
