import { Command } from "commander";
import { settingsExample } from "../settings/example.ts";
import { settingsSchemaJson } from "../settings/json-schema.ts";
import { loadSettings } from "../settings/load.ts";
import { type CommandIo, toJsonText } from "./io.ts";

/** `rig-agent settings check|schema|example`. */
export function settingsCommand(io: CommandIo): Command {
  const settings = new Command("settings").description(
    "check a settings file, or print its schema or an example",
  );
  settings
    .command("check")
    .argument("<file>", "the settings file")
    .description("say everything that is wrong with a settings file; exit 78 if anything is")
    .option("--json", "print JSON")
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const { DRIVERS } = await import("../drivers/registry.ts");
      const { hasWeb } = await import("../drivers/driver.ts");
      const { devices, coordinator } = loadSettings(file, {
        drivers: DRIVERS.map(({ name }) => name),
        overTls: DRIVERS.filter(hasWeb).map(({ name }) => name),
      });
      if (options.json) return io.out(toJsonText({ file, faults: [] }));
      io.out(`${file} is in order: ${devices.length} devices, coordinator ${coordinator.address}.`);
    });
  settings
    .command("schema")
    .description("print the JSON schema, for editors")
    .action(() => io.out(settingsSchemaJson().trimEnd()));
  settings
    .command("example")
    .description("print a settings file with every setting, its help and its default")
    .action(() => io.out(settingsExample().trimEnd()));
  return settings;
}
