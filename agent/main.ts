import process from "node:process";
import packageJson from "../package.json" with { type: "json" };
import { lastWords } from "./commands/fault-text.ts";
import type { CommandIo } from "./commands/io.ts";
import { buildProgram, isHelp, isUsage } from "./commands/program.ts";

const words = process.argv.slice(2);
let stopping: AbortController | undefined;

const io: CommandIo = {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  ...(process.stderr.isTTY ? { progress: (text: string) => void process.stderr.write(text) } : {}),
  stdout: process.stdout,
  env: process.env,
  version: packageJson.version,
  exitWith: (code) => {
    process.exitCode = code;
  },
  stopSignal: () => {
    stopping ??= listenForStop();
    return stopping.signal;
  },
};

/** The first signal asks for an orderly end, the second one does not wait for it. */
function listenForStop(): AbortController {
  const controller = new AbortController();
  for (const [name, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort();
    });
  }
  return controller;
}

// A reader that went away (`rig-agent settings schema | head`, a restarted journal) is no reason to die with a trace.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

try {
  const program = await buildProgram(words, io);
  await program.parseAsync(words, { from: "user" });
} catch (error) {
  if (isUsage(error)) {
    process.exitCode = isHelp(error) ? 0 : 1;
  } else {
    const asJson = words.includes("--json");
    const { exitCode, text } = lastWords(error, asJson);
    if (asJson) io.out(text);
    else io.err(text);
    process.exitCode = exitCode;
  }
}
