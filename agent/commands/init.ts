import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { RigError } from "../core/errors.ts";
import { settingsExample } from "../settings/example.ts";
import { readSettings } from "../settings/load.ts";
import { type CommandIo, toJsonText } from "./io.ts";

interface InitOptions {
  readonly dir: string;
  readonly coordinator: string;
  readonly chainId: string;
  readonly salt: string;
  readonly broker: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly insecure?: boolean;
  readonly simulated?: boolean;
  readonly json?: boolean;
}

const KEY = "key.json";
const PASSPHRASE = "key.passphrase";

/** `rig-agent init`: a directory with a key and a settings file, ready to run. */
export function initCommand(io: CommandIo): Command {
  return new Command("init")
    .description(
      "make a directory with a key and a settings file; nothing that is there is overwritten",
    )
    .requiredOption("--dir <dir>", "the directory")
    .requiredOption("--coordinator <address>", "address of the coordinator's key")
    .requiredOption("--chain-id <number>", "chain of its NFT collections")
    .requiredOption("--salt <hex>", "its salt, 32 bytes")
    .requiredOption("--broker <url>", "its MQTT broker, mqtts://host:port")
    .option("--username <name>", "login at the broker")
    .option("--password-file <file>", "password of that login, mode 0600")
    .option("--insecure", "allow mqtt:// without TLS beyond this machine")
    .option("--simulated", "mark everything that this rig shows as simulated")
    .option("--json", "print JSON")
    .action((options: InitOptions) => init(io, options));
}

async function init(io: CommandIo, options: InitOptions): Promise<void> {
  const dir = resolve(options.dir);
  const file = join(dir, "agent.yaml");
  if (existsSync(file)) {
    throw new RigError("settings-exist", `There are settings at ${file} already`, { file });
  }
  const text = settingsText(options);
  // Wrong arguments are faults of the file that would be written: they are found before anything is.
  readSettings(text, file);
  makeFolder(dir);
  const { makeKey } = await import("./make-key.ts");
  const { writeNewFile } = await import("./new-file.ts");
  const key = await makeKey(join(dir, KEY), join(dir, PASSPHRASE));
  await writeNewFile(file, text);
  if (options.json) return io.out(toJsonText({ rig: key.address, settings: file, key: key.file }));
  io.out(`Rig        ${key.address}   give this address to the coordinator's owner`);
  io.out(`Settings   ${file}   write your devices under "devices"`);
  io.out(
    `Key        ${key.file}, passphrase ${key.passphraseFile}   keep copies of both elsewhere`,
  );
  io.out(`Next       rig-agent read ADDRESS   shows what a device answers`);
  io.out(`           rig-agent run --settings ${file}`);
}

function settingsText(options: InitOptions): string {
  const { username, passwordFile } = options;
  return settingsExample({
    state: "state",
    "key.file": KEY,
    "key.passphrase_file": PASSPHRASE,
    "coordinator.address": options.coordinator,
    "coordinator.chain_id": /^\d{1,15}$/.test(options.chainId)
      ? Number(options.chainId)
      : options.chainId,
    "coordinator.salt": options.salt,
    "uplink.url": options.broker,
    ...(username === undefined ? {} : { "uplink.username": username }),
    ...(passwordFile === undefined ? {} : { "uplink.password_file": resolve(passwordFile) }),
    ...(options.insecure ? { "uplink.insecure": true } : {}),
    ...(options.simulated ? { simulated: true } : {}),
  });
}

/** Makes the directory for its owner alone. One that is there stays as it is: it may be anything's. */
function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = `The directory ${dir} cannot be made: ${code}`;
    throw new RigError("key-unwritable", message, { dir }, { cause: error });
  }
}
