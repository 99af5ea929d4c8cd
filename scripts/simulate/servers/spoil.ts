import { pipeline, Readable, type Writable } from "node:stream";
import type { Fault } from "../faults.ts";
import { createRandom } from "../model/random.ts";

/** What `huge` sends: a hundred million bytes. */
export const HUGE_BYTES = 100_000_000;
const CHUNK_BYTES = 64_000;
const DRIP_BYTES = 4;
const DRIP_MS = 500;

/** Bytes that are no text, the same every time. */
export function garbage(bytes = 600): Buffer {
  return Buffer.from(createRandom("garbage").hex(bytes * 2), "hex");
}

/** Writes a reply to its reader, whole or spoilt by a fault; never waits for a reader that has gone. */
export function deliver(reply: Buffer, fault: Fault | undefined, out: Writable): void {
  switch (fault) {
    case undefined:
    case "redirect":
      out.end(reply);
      return;
    case "garbage":
      out.end(garbage());
      return;
    case "half":
      out.write(reply.subarray(0, Math.floor(reply.length / 2)), () => out.destroy());
      return;
    case "huge":
      flood(reply, out);
      return;
    case "slow":
      drip(reply, out);
      return;
    case "silent":
      return;
    case "refuse":
      out.destroy();
      return;
  }
}

function flood(reply: Buffer, out: Writable): void {
  const chunk = Buffer.alloc(CHUNK_BYTES, " ");
  function* bytes(): Generator<Buffer> {
    // It begins like a reply: only its size gives it away.
    const start = reply.subarray(0, Math.min(100, reply.length - 1));
    yield start;
    for (let sent = start.length; sent < HUGE_BYTES; sent += CHUNK_BYTES) {
      yield chunk.subarray(0, Math.min(CHUNK_BYTES, HUGE_BYTES - sent));
    }
  }
  // Its reader is expected to hang up, which ends the pipeline with an error that says nothing new.
  pipeline(Readable.from(bytes()), out, () => out.destroy());
}

function drip(reply: Buffer, out: Writable): void {
  let at = 0;
  const timer = setInterval(() => {
    out.write(reply.subarray(at, at + DRIP_BYTES));
    at += DRIP_BYTES;
    if (at < reply.length) return;
    clearInterval(timer);
    out.end();
  }, DRIP_MS);
  out.on("close", () => clearInterval(timer));
}
