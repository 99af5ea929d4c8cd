import { ChildProcess, spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Stream } from "../../../../../agent/drivers/links/stream.ts";
import { FakeClock } from "../../../../support/fakes.ts";
import { until } from "../../../../support/until.ts";

const never = new AbortController().signal;

/** What Node throws where the host has no memory or descriptors left. */
function exhausted(code: string): Error {
  return Object.assign(new Error(`spawn ${code}`), { code });
}

/** A child that Node gives back where it could not start one: without streams; its fault comes in a moment, or never. */
function stillborn(code?: string): ChildProcess {
  const child = new ChildProcess();
  if (code !== undefined) process.nextTick(() => child.emit("error", exhausted(code)));
  return child;
}

/** A stream over a program that prints, whose first children are started by these instead. */
function streamOf(t: Test, starts: (() => ChildProcess)[]) {
  const program = join(t.testdir({}), "printer");
  writeFileSync(program, "#!/bin/sh\nwhile :; do echo '0, 1'; sleep 0.05; done\n");
  chmodSync(program, 0o755);
  const clock = new FakeClock();
  const stream = new Stream({
    program,
    args: ["-q"],
    periodMs: 200,
    clock,
    spawn: (...given) => starts.shift()?.() ?? spawn(...given),
  });
  t.after(async () => {
    let stopped = false;
    const stopping = stream.stop().then(() => {
      stopped = true;
    });
    await until("the stop", () => {
      clock.advance(500);
      return stopped;
    });
    await stopping;
  });
  return { stream, clock };
}

async function untilPrinted(stream: Stream, clock: FakeClock): Promise<string> {
  const block = await until("a block", async () => {
    clock.advance(100);
    return stream.newest(AbortSignal.timeout(20)).catch(() => undefined);
  });
  return Buffer.from(block.bytes).toString();
}

t.test("a host that has nothing left is an outage, and is tried again after a while", async (t) => {
  for (const [about, start, code] of [
    [
      "it throws",
      () => {
        throw exhausted("ENOMEM");
      },
      "ENOMEM",
    ],
    ["it gives a child without streams", () => stillborn("EMFILE"), "EMFILE"],
    ["and that child never says why", () => stillborn(), "no output"],
  ] as const) {
    const starts = [start, start];
    const { stream, clock } = streamOf(t, starts);
    const refused = { code: "driver-refused", message: new RegExp(code) };
    await t.rejects(stream.newest(never), refused, about);
    await t.rejects(stream.newest(never), refused, `${about}: not before the back-off`);
    t.equal(starts.length, 1);
    clock.advance(1000);
    await t.rejects(stream.newest(never), refused, `${about}: from the timer, too`);
    t.equal(starts.length, 0);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    await t.rejects(stream.newest(never), refused, `${about}: the back-off grows`);
    clock.advance(1000);
    t.equal(await untilPrinted(stream, clock), "0, 1\n", `${about}: it goes on`);
  }
});

t.test("a folder in place of the program is refused", async (t) => {
  const program = t.testdir({});
  const stream = new Stream({ program, args: [], periodMs: 200, clock: new FakeClock() });
  t.after(() => stream.stop());
  await t.rejects(stream.newest(never), { code: "driver-refused", message: /EACCES/ });
});
