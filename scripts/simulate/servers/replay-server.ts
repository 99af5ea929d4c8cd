import { createServer, type Server } from "node:net";
import type { Answering } from "./answering.ts";
import { httpServer } from "./http-server.ts";
import { converse } from "./tcp-server.ts";

/** Both protocols on one port: what begins as JSON is a cgminer command, all else HTTP. */
export function replayServer(device: Answering, clock: () => number): Server {
  const http = httpServer(device);
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.once("data", (first) => {
      if (/^\s*\{/.test(first.toString("latin1"))) {
        converse(socket, device, clock, undefined, first);
        return;
      }
      socket.unshift(first);
      http.emit("connection", socket);
    });
  });
}
