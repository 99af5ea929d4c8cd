import { Command, CommanderError } from "commander";
import type { CommandIo } from "./io.ts";

interface Entry {
  readonly summary: string;
  readonly load: (io: CommandIo) => Promise<Command>;
}

// Loaded one at a time: `run` never pays for ethers, `settings check` never for a database.
const COMMANDS: Readonly<Record<string, Entry>> = {
  init: {
    summary: "make a directory with a key and a settings file",
    load: async (io) => (await import("./init.ts")).initCommand(io),
  },
  run: {
    summary: "measure, sign and deliver until stopped",
    load: async (io) => (await import("./run.ts")).runCommand(io),
  },
  read: {
    summary: "ask a device once and print what it says",
    load: async (io) => (await import("./read.ts")).readCommand(io),
  },
  discover: {
    summary: "find and identify devices on this host and in networks",
    load: async (io) => (await import("./discover.ts")).discoverCommand(io),
  },
  drivers: {
    summary: "list what can be read, and how well that is known",
    load: async (io) => (await import("./drivers.ts")).driversCommand(io),
  },
  status: {
    summary: "ask the running agent how it is",
    load: async (io) => (await import("./status.ts")).statusCommand(io),
  },
  replies: {
    summary: "list the verbatim replies that are kept of a device, or print one",
    load: async (io) => (await import("./replies.ts")).repliesCommand(io),
  },
  key: {
    summary: "make the rig's key, or show its address",
    load: async (io) => (await import("./key.ts")).keyCommand(io),
  },
  settings: {
    summary: "check a settings file, or print its schema or an example",
    load: async (io) => (await import("./settings.ts")).settingsCommand(io),
  },
  verify: {
    summary: "check an exported record offline, from signatures to hashes",
    load: async (io) => (await import("./verify.ts")).verifyCommand(io),
  },
  resume: {
    summary: "let a rig go on whose chain is not the coordinator's",
    load: async (io) => (await import("./resume.ts")).resumeCommand(io),
  },
};

const EXAMPLES = `
Examples:
  rig-agent init --dir ~/rig --coordinator 0x… --chain-id 1 --salt 0x… --broker mqtts://broker.example:8883
  rig-agent read 192.168.1.20            what does this miner say?
  rig-agent discover 192.168.1.0/24      which devices are there?
  rig-agent run --settings ~/rig/agent.yaml
  rig-agent status
  rig-agent verify record.json`;

/**
 * The program with the one subcommand loaded that the words ask for; the others are there by name for the help.
 * Throws CommanderError where commander would end the process.
 */
export async function buildProgram(words: readonly string[], io: CommandIo): Promise<Command> {
  const program = new Command("rig-agent")
    .description("Measures mining machines and signs what they delivered.")
    .version(io.version)
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, "")),
      writeErr: (text) => io.err(text.replace(/\n$/, "")),
    })
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  const [first, second] = words.filter((word) => !word.startsWith("-"));
  const asked = first === "help" ? second : first;
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === asked ? await load(io) : new Command(name).description(summary);
    program.addCommand(inherit(command, program));
  }
  return program;
}

/** Subcommands write and end like the program itself. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(child, command);
  return command;
}

/** True for what commander throws after it printed help or the version. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** True for what commander throws after it said what is wrong with the words of a command. */
export function isUsage(error: unknown): boolean {
  return error instanceof CommanderError;
}
