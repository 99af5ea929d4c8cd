import { Command } from "commander";
import { openKey, readKeyAddress } from "../attest/keystore.ts";
import { readPassphrase } from "../attest/passphrase.ts";
import { present } from "../settings/present.ts";
import { type CommandIo, toJsonText } from "./io.ts";

const DEFAULT_FILE = "/etc/rig-agent/key.json";

interface KeyOptions {
  readonly file: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

/** `rig-agent key new` and `rig-agent key address`. */
export function keyCommand(io: CommandIo): Command {
  const key = new Command("key").description("make the rig's key, or show its address");
  key
    .command("new")
    .description("make a key; one that is there is never overwritten")
    .option("--file <file>", "where the key goes", DEFAULT_FILE)
    .option(
      "--passphrase-file <file>",
      "its passphrase; made if it is not there (default: beside the key)",
    )
    .option("--json", "print JSON")
    .action((options: KeyOptions) => makeNew(io, options));
  key
    .command("address")
    .description("print the address of a key, which is the rig's name")
    .option("--file <file>", "the key", DEFAULT_FILE)
    .option(
      "--passphrase-file <file>",
      "opens the key as well, which proves that its passphrase fits",
    )
    .option("--json", "print JSON")
    .action((options: KeyOptions) => showAddress(io, options));
  return key;
}

async function makeNew(io: CommandIo, options: KeyOptions): Promise<void> {
  // ethers is loaded here and nowhere on the way to `run`.
  const { makeKey, passphraseFileOf } = await import("./make-key.ts");
  const made = await makeKey(
    options.file,
    options.passphraseFile ?? passphraseFileOf(options.file),
  );
  if (options.json) {
    const {
      address,
      file,
      passphraseFile: passphrase_file,
      passphraseMade: passphrase_made,
    } = made;
    return io.out(toJsonText({ address, file, passphrase_file, passphrase_made }));
  }
  io.out(`Rig        ${made.address}`);
  io.out(`Key        ${made.file}`);
  io.out(`Passphrase ${made.passphraseFile}${made.passphraseMade ? " (made just now)" : ""}`);
  io.out(
    "Keep a copy of both in two other places: whoever has both is this rig, and nobody can make them again.",
  );
}

async function showAddress(io: CommandIo, options: KeyOptions): Promise<void> {
  const { passphraseFile } = options;
  const proven = passphraseFile !== undefined;
  const named = readKeyAddress(options.file);
  const address =
    named !== undefined && !proven
      ? named
      : (await openKey(options.file, readPassphrase(present({ passphraseFile })))).address;
  io.out(
    options.json
      ? toJsonText({ address, file: options.file, opened: address !== named || proven })
      : address,
  );
}
