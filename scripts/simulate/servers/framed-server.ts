import { createServer, type Server, type Socket } from "node:net";
import type { Answering } from "./answering.ts";
import { deliver } from "./spoil.ts";

const LENGTH_BYTES = 4;
const LONGEST_QUESTION = 4096;
const PATIENCE_MS = 10_000;

/** JSON behind its length, 4 bytes little-endian, both ways: one command per connection. */
export function framedServer(device: Answering): Server {
  return createServer({ allowHalfOpen: true }, (socket) => converse(socket, device));
}

function converse(socket: Socket, device: Answering): void {
  let heard = Buffer.alloc(0);
  let asked = false;
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("end", () => {
    if (!asked) socket.end();
  });
  socket.on("data", (chunk: Buffer) => {
    if (asked) return;
    heard = Buffer.concat([heard, chunk]);
    if (heard.length < LENGTH_BYTES) return;
    const length = heard.readUInt32LE();
    if (length > LONGEST_QUESTION) return void socket.destroy();
    if (heard.length < LENGTH_BYTES + length) return;
    asked = true;
    socket.setTimeout(0);
    respond(heard.toString("utf8", LENGTH_BYTES, LENGTH_BYTES + length), socket, device).catch(() =>
      socket.destroy(),
    );
  });
}

async function respond(question: string, socket: Socket, device: Answering): Promise<void> {
  const fault = device.fault();
  if (fault === "silent") return;
  const { cmd, param } = JSON.parse(question) as { cmd?: unknown; param?: unknown };
  const ask = [cmd, param].filter((word) => typeof word === "string").join(" ");
  const served = await device.answer({ ask, body: question, headers: {} });
  const bytes = served?.bytes ?? Buffer.from('{"code":-2,"msg":"invalid command"}');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes.length);
  deliver(Buffer.concat([length, bytes]), fault, socket);
}
