#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { CoordinatorError } from "./errors.ts";

const STOP_MS = 5000;

/** Resolves with the first signal that asks for the end. A part that does not stop is left behind after 5 s. */
function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        setTimeout(() => process.exit(1), STOP_MS).unref();
        resolve(signal);
      });
    }
  });
}

// Loaded by name: `run` has no use for what only commands need, and that is a third of its memory.
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./commands/init.ts")).initCommand(),
  run: async () => (await import("./commands/run.ts")).runCommand(untilStopped),
  rig: async () => (await import("./commands/rig.ts")).rigCommand(),
  nft: async () => (await import("./commands/nft.ts")).nftCommand(),
  export: async () => (await import("./commands/export.ts")).exportCommand(),
};

function version(): string {
  const file = join(import.meta.dirname, "..", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command("rig-coordinator")
    .description("Receives what rigs sign, and keeps the performance record of their NFTs")
    .version(version());
  const asked = COMMANDS[argv[2] ?? ""];
  const loaded = asked === undefined ? Object.values(COMMANDS) : [asked];
  for (const load of loaded) program.addCommand(await load());
  await program.parseAsync([...argv]);
}

function complain(thrown: unknown): number {
  const json = process.argv.includes("--json");
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof CoordinatorError ? thrown.code : "bug";
  if (json) process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else process.stderr.write(`rig-coordinator: ${message}\n`);
  if (code === "bug" && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
  return thrown instanceof CoordinatorError ? thrown.exit : 1;
}

try {
  await main(process.argv);
} catch (thrown) {
  process.exitCode = complain(thrown);
}
