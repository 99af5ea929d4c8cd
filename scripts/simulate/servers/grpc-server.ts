import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Server } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Answering, Asked } from "./answering.ts";
import { deliver } from "./spoil.ts";

const PREFIX_BYTES = 5;
/** https://grpc.io/docs/guides/status-codes/ */
const STATUS = { ok: 0, unimplemented: 12, unauthenticated: 16 } as const;

/** Unary calls over gRPC without TLS. The path is the ask, the message in base64 its body. */
export function grpcServer(device: Answering): Server {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => stream.destroy());
    respond(stream, headers, device).catch(() => stream.destroy());
  });
  server.on("sessionError", () => undefined);
  return server;
}

async function respond(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  device: Answering,
): Promise<void> {
  const message = (await buffer(stream)).subarray(PREFIX_BYTES);
  const fault = device.fault();
  if (fault === "silent") return;
  const ask = String(headers[":path"]);
  const asked = { ask, body: message.toString("base64"), headers: headers as Asked["headers"] };
  const served = await device.answer(asked);
  if (served === undefined || (served.status ?? 200) !== 200) {
    const status = served === undefined ? STATUS.unimplemented : STATUS.unauthenticated;
    const refused = { ":status": 200, "content-type": "application/grpc", "grpc-status": status };
    stream.respond(refused, { endStream: true });
    return;
  }
  const about = { ":status": 200, "content-type": "application/grpc", ...served.headers };
  stream.respond(about, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": STATUS.ok }));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(served.bytes.length, 1);
  deliver(Buffer.concat([prefix, served.bytes]), fault, stream);
}
