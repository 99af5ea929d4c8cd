import { createServer, type Server, type Socket } from "node:net";
import { refusal } from "../protocols/antminer.ts";
import type { Answering } from "./answering.ts";
import { deliver } from "./spoil.ts";

const LONGEST_QUESTION = 4096;
const PATIENCE_MS = 10_000;

/** The cgminer API on TCP: one JSON command per connection, the reply ends in a NUL, then the device hangs up. */
export function cgminerServer(device: Answering, clock: () => number): Server {
  // A client may shut its sending side as soon as it has asked.
  return createServer({ allowHalfOpen: true }, (socket) => converse(socket, device, clock));
}

/** Serves one connection of the cgminer API; `heard` is what was read from it already. */
export function converse(
  socket: Socket,
  device: Answering,
  clock: () => number,
  heard: Buffer = Buffer.alloc(0),
): void {
  let question = "";
  let asked = false;
  const reply = async (): Promise<void> => {
    asked = true;
    socket.setTimeout(0);
    const fault = device.fault();
    if (fault === "silent") return;
    const body = await respond(question, device, clock);
    // A recorded reply has its NUL already.
    const ended = body.at(-1) === 0 ? body : Buffer.concat([body, Buffer.of(0)]);
    deliver(ended, fault, socket);
  };
  const hear = (chunk: Buffer): void => {
    // What it says after its question is read and let fall, so that its hanging up is noticed.
    if (asked) return;
    question += chunk.toString("utf8");
    if (complete(question) || question.length > LONGEST_QUESTION)
      reply().catch(() => socket.destroy());
  };
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("data", hear);
  socket.on("end", () => {
    if (!asked) socket.end();
  });
  if (heard.length > 0) hear(heard);
}

function complete(question: string): boolean {
  return /[\n\0]/.test(question.trimStart()) || commandOf(question) !== undefined;
}

/** The command of a question; undefined when it is no JSON object with one. */
function commandOf(question: string): string | undefined {
  const text = question.replaceAll("\0", "").trim();
  if (!text.endsWith("}")) return undefined;
  try {
    const asked: unknown = JSON.parse(text);
    const command = typeof asked === "object" && asked !== null && "command" in asked;
    return command && typeof asked.command === "string" ? asked.command : undefined;
  } catch (error) {
    // Not yet whole, or never to be.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function respond(question: string, device: Answering, clock: () => number): Promise<Buffer> {
  const command = commandOf(question);
  if (command === undefined) return Buffer.from(refusal(clock(), 23));
  return (await device.answer(command)) ?? Buffer.from(refusal(clock(), 14));
}
