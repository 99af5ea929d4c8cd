import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import type { Answering, Asked } from "./answering.ts";
import { deliver, garbage, HUGE_BYTES } from "./spoil.ts";

/** Where `redirect` points to: who follows it gets a good reply, and the log shows that somebody did. */
const MOVED = "/moved";
const READING = ["GET", "HEAD"];

/** A device's HTTP API: a path with its query, JSON back. */
export function httpServer(device: Answering): Server {
  // It does not listen itself: each one that does has a timer, and a site may have thousands.
  const http = createHttpServer((request, response) => {
    respond(request, response, device).catch(() => response.destroy());
  });
  return createServer((socket) => {
    http.emit("connection", socket);
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  device: Answering,
): Promise<void> {
  // A reader that hangs up in the middle is nothing to report.
  response.on("error", () => response.destroy());
  const target = request.url ?? "/";
  const body = await text(request);
  const fault = device.fault();
  if (fault === "silent") return;
  const reads = READING.includes(request.method ?? "");
  if (reads && fault === "redirect" && !target.startsWith(MOVED)) {
    response.writeHead(302, { location: `${MOVED}${target}` }).end();
    return;
  }
  const path = target.startsWith(MOVED) ? target.slice(MOVED.length) : target;
  const reply = await device.answer({
    ask: reads ? path : `${request.method} ${path}`,
    body,
    headers: request.headers as Asked["headers"],
  });
  if (!reply) {
    if (reads) response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    else response.writeHead(405, { allow: READING.join(", ") }).end();
    return;
  }
  const sizes = { huge: HUGE_BYTES, garbage: garbage().length } as const;
  const { bytes, status = 200, headers } = reply;
  const size = fault === "huge" || fault === "garbage" ? sizes[fault] : bytes.length;
  const about = { "content-type": "application/json", "content-length": size };
  response.writeHead(status, { ...about, ...headers });
  if (request.method === "HEAD") response.end();
  else deliver(bytes, fault, response);
}
