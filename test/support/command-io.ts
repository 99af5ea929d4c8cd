import { PassThrough } from "node:stream";
import { lastWords } from "../../agent/commands/fault-text.ts";
import type { CommandIo } from "../../agent/commands/io.ts";
import { buildProgram, isHelp, isUsage } from "../../agent/commands/program.ts";

/** What a command did: how it ended and what it printed. */
export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of rig-agent in this process, as main.ts would. */
export async function runCommandLine(...words: string[]): Promise<CommandRun> {
  const [out, err]: [string[], string[]] = [[], []];
  let code = 0;
  const io: CommandIo = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdout: new PassThrough(),
    env: {},
    version: "1.2.3",
    exitWith: (given) => {
      code = given;
    },
    stopSignal: () => new AbortController().signal,
  };
  try {
    await (await buildProgram(words, io)).parseAsync(words, { from: "user" });
  } catch (error) {
    if (isUsage(error)) code = isHelp(error) ? 0 : 1;
    else {
      const last = lastWords(error, words.includes("--json"));
      code = last.exitCode;
      (words.includes("--json") ? out : err).push(last.text);
    }
  }
  return { code, out: out.join("\n"), err: err.join("\n") };
}
