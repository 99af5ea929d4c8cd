import { createServer, type Server, type Socket } from "node:net";
import { refusal } from "../protocols/cgminer.ts";
import type { Answering, Asked } from "./answering.ts";
import { deliver } from "./spoil.ts";

const LONGEST_QUESTION = 4096;
const PATIENCE_MS = 10_000;
const NUL = Buffer.of(0);

/** How one question and one reply go over a connection. */
interface Manner {
  /** The question, once enough was heard; undefined to hear on. */
  heard(text: string): Asked | undefined;
  /** The bytes of an answer, or of that there is none; undefined: it hangs up without a word. */
  told(answer: Buffer | undefined, asked: Asked, nowMs: number): Buffer | undefined;
}

/** The cgminer API: a JSON command, and a reply that ends in a NUL. Nonsense is refused in its own words. */
const CGMINER: Manner = {
  heard: (text) => {
    const ask = commandOf(text);
    if (ask !== undefined) return { ask, body: text, headers: {} };
    const over = /[\n\0]/.test(text.trimStart()) || text.length > LONGEST_QUESTION;
    return over ? { ask: "", body: text, headers: {} } : undefined;
  },
  told: (answer, { ask }, nowMs) => {
    const told = answer ?? Buffer.from(refusal(nowMs, ask === "" ? 23 : 14));
    // A recorded reply has its NUL already.
    return told.at(-1) === 0 ? told : Buffer.concat([told, NUL]);
  },
};

/** Whatever comes is the question, whole: a word, or a JSON-RPC request. The reply ends with the connection. */
const LINE: Manner = {
  heard: (text) => {
    if (text.length > LONGEST_QUESTION) return { ask: "", body: text, headers: {} };
    // One of the family asks with a blank.
    const ask = text.trimStart().startsWith("{") ? commandOf(text) : text.trim() || text;
    return ask === undefined ? undefined : { ask, body: text, headers: {} };
  },
  told: (answer) => answer,
};

/** A device on TCP: one question per connection, one reply, then it hangs up. */
export function tcpServer(
  device: Answering,
  clock: () => number,
  manner: "tcp" | "line" = "tcp",
): Server {
  // A client may shut its sending side as soon as it has asked.
  return createServer({ allowHalfOpen: true }, (socket) =>
    converse(socket, device, clock, manner === "tcp" ? CGMINER : LINE),
  );
}

/** Serves one connection; `heard` is what was read from it already. */
export function converse(
  socket: Socket,
  device: Answering,
  clock: () => number,
  manner: Manner = CGMINER,
  heard: Buffer = Buffer.alloc(0),
): void {
  let question = "";
  let asked: Asked | undefined;
  const reply = async (put: Asked): Promise<void> => {
    socket.setTimeout(0);
    const fault = device.fault();
    if (fault === "silent") return;
    const answer = put.ask === "" ? undefined : await device.answer(put);
    const told = manner.told(answer?.bytes, put, clock());
    if (told === undefined) socket.end();
    else deliver(told, fault, socket);
  };
  const hear = (chunk: Buffer): void => {
    // What it says after its question is read and let fall, so that its hanging up is noticed.
    if (asked !== undefined) return;
    question += chunk.toString("utf8");
    asked = manner.heard(question);
    if (asked !== undefined) reply(asked).catch(() => socket.destroy());
  };
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("data", hear);
  socket.on("end", () => {
    if (asked === undefined) socket.end();
  });
  if (heard.length > 0) hear(heard);
}

/** The command of a question, as the families spell it; undefined when it is no JSON object with one. */
function commandOf(question: string): string | undefined {
  const text = question.replaceAll("\0", "").trim();
  if (!text.endsWith("}")) return undefined;
  try {
    const asked = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    const command = asked?.["command"] ?? asked?.["cmd"] ?? asked?.["method"] ?? asked?.["id"];
    return typeof command === "string" ? command : undefined;
  } catch (error) {
    // Not yet whole, or never to be.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
