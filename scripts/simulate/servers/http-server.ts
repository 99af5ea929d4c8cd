import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Answering } from "./answering.ts";
import { deliver, garbage, HUGE_BYTES } from "./spoil.ts";

/** Where `redirect` points to: who follows it gets a good reply, and the log shows that somebody did. */
const MOVED = "/moved";

/** A device's HTTP API: GET of a path, JSON back. */
export function httpServer(device: Answering): Server {
  return createServer((request, response) => {
    request.resume();
    respond(request, response, device).catch(() => response.destroy());
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  device: Answering,
): Promise<void> {
  // A reader that hangs up in the middle is nothing to report.
  response.on("error", () => response.destroy());
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  const fault = device.fault();
  if (fault === "silent") return;
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  if (fault === "redirect" && !path.startsWith(MOVED)) {
    response.writeHead(302, { location: `${MOVED}${path}` }).end();
    return;
  }
  const reply = await device.answer(path.startsWith(MOVED) ? path.slice(MOVED.length) : path);
  if (!reply) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    return;
  }
  const sizes = { huge: HUGE_BYTES, garbage: garbage().length } as const;
  const size = fault === "huge" || fault === "garbage" ? sizes[fault] : reply.length;
  response.writeHead(200, { "content-type": "application/json", "content-length": size });
  if (request.method === "HEAD") response.end();
  else deliver(reply, fault, response);
}
