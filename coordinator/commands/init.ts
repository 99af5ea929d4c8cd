import { Command } from "commander";
import { makeIdentity } from "../fleet/identity.ts";
import { type StateOptions, stateOf } from "./state.ts";

/** `init`: makes the identity of a coordinator. */
export function initCommand(): Command {
  return new Command("init")
    .description("make the coordinator's key, salt, beacon secret and operator token")
    .option("--state <dir>", "state directory")
    .option("--settings <file>", "settings that name it")
    .option("--json", "print JSON")
    .action((options: StateOptions & { json?: true }) => {
      const directory = stateOf(options);
      const { signer, salt } = makeIdentity(directory);
      const made = { state: directory, coordinator: signer.address, salt };
      process.stdout.write(
        options.json
          ? `${JSON.stringify(made)}\n`
          : `Made a coordinator in ${directory}\n  address ${signer.address}\nKeep a copy of this directory where only you can read it: rigs trust this key.\n`,
      );
    });
}
