import { Command } from "commander";
import { loadSettings } from "../settings/load.ts";
import { Meta } from "../store/meta.ts";
import { lockStateDirectory, openDatabase } from "../store/open.ts";
import type { CommandIo } from "./io.ts";

/** `rig-agent resume --take-over`: a person's word that this rig goes on from the coordinator's head. */
export function resumeCommand(io: CommandIo): Command {
  return new Command("resume")
    .description("let a rig go on that found a head at the coordinator which is not of its chain")
    .requiredOption("--settings <file>", "the settings file", "/etc/rig-agent/agent.yaml")
    .requiredOption(
      "--take-over",
      "go on from the coordinator's head at the next start; any twin of this rig is shut out",
    )
    .addHelpText(
      "after",
      `
Only do this when you know that no other machine runs with this rig's key. What this rig signed and the coordinator
refused stays refused; what it signs from then on says that something was lost.

Example:
  systemctl stop rig-agent
  rig-agent resume --take-over --settings /etc/rig-agent/agent.yaml
  systemctl start rig-agent`,
    )
    .action(({ settings: file }: { settings: string }) => {
      const { stateDir } = loadSettings(file);
      // Refused while the agent runs: it would not see the word before its next start, and says so by the lock.
      const release = lockStateDirectory(stateDir);
      const db = openDatabase(stateDir);
      try {
        new Meta(db).set("take_over", "1");
      } finally {
        db.close();
        release();
      }
      io.out("At its next start the agent goes on from the coordinator's head.");
    });
}
