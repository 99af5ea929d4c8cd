import { Command } from "commander";
import { App } from "../app.ts";
import { openKey } from "../attest/keystore.ts";
import { readPassphrase } from "../attest/passphrase.ts";
import { hasWeb } from "../drivers/driver.ts";
import { DRIVERS } from "../drivers/registry.ts";
import { readBootId, SystemClock } from "../platform/clock.ts";
import { openLog } from "../platform/log.ts";
import { CountingMeter } from "../platform/meter.ts";
import { loadSettings } from "../settings/load.ts";
import { present } from "../settings/present.ts";
import type { CommandIo } from "./io.ts";

/** `rig-agent run`: the daemon. Ends at SIGINT or SIGTERM; a fault before that is a start that failed. */
export function runCommand(io: CommandIo): Command {
  return new Command("run")
    .description("read the devices, attest what they did, and deliver it")
    .requiredOption("--settings <file>", "the settings file", "/etc/rig-agent/agent.yaml")
    .action(async ({ settings: file }: { settings: string }) => {
      const settings = loadSettings(file, {
        drivers: DRIVERS.map(({ name }) => name),
        overTls: DRIVERS.filter(hasWeb).map(({ name }) => name),
      });
      const log = openLog({ ...settings.log, stream: io.stdout });
      const passphrase = readPassphrase(
        present({
          passphraseFile: settings.key.passphraseFile,
          credentialsDirectory: io.env["CREDENTIALS_DIRECTORY"],
        }),
      );
      const signer = await openKey(settings.key.file, passphrase);
      const app = new App({
        settings,
        signer,
        clock: new SystemClock(readBootId()),
        log,
        meter: new CountingMeter(),
        version: io.version,
        random: Math.random,
      });
      const stop = io.stopSignal();
      await app.start();
      log.info(
        "the agent runs",
        present({
          rig: signer.address,
          status: app.statusUrl,
          simulated: settings.simulated || undefined,
        }),
      );
      await new Promise<void>((resolve) => {
        if (stop.aborted) resolve();
        else stop.addEventListener("abort", () => resolve(), { once: true });
      });
      log.info("the agent stops");
      await app.stop();
    });
}
