import { Command } from "commander";
import { openCoordinator } from "../app.ts";
import { createLog } from "../log.ts";
import { loadSettings } from "../settings.ts";

/** `run`: the coordinator, until `untilStopped` resolves. */
export function runCommand(untilStopped: () => Promise<string>): Command {
  return new Command("run")
    .description("listen to rigs, keep the ledger, close records, serve them")
    .requiredOption("--settings <file>", "settings of the coordinator")
    .option("--state <dir>", "state directory, in place of the one in the settings")
    .action(async ({ settings: file, state }: { settings: string; state?: string }) => {
      const read = loadSettings(file);
      const settings = state === undefined ? read : { ...read, state };
      const log = createLog(settings.log.level, process.stdout.isTTY === true, process.stdout);
      const stopped = untilStopped();
      const coordinator = openCoordinator(settings, log);
      await coordinator.start();
      log.info("The coordinator stops", { signal: await stopped });
      await coordinator.stop();
    });
}
