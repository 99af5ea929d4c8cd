import { Command } from "commander";
import { stringify } from "yaml";
import { openIdentity } from "../fleet/identity.ts";
import { hashPassword, newPassword } from "../fleet/login.ts";
import { addRig, listRigs, unfreezeRig } from "../fleet/rigs.ts";
import type { RigRow } from "../fleet/row.ts";
import { loadSettings, type Settings } from "../settings.ts";
import { parseAddress } from "./arguments.ts";
import { type StateOptions, stateOf, withLedger } from "./state.ts";

function brokerUrlOf({ broker }: Settings): string {
  if (broker.kind === "external") return broker.url;
  return `mqtt://${broker.host.includes(":") ? `[${broker.host}]` : broker.host}:${broker.port}`;
}

interface AddOptions {
  readonly owner: string;
  readonly settings: string;
  readonly name?: string;
  readonly json?: true;
}

async function add(address: string, options: AddOptions): Promise<void> {
  const settings = loadSettings(options.settings);
  const rig = parseAddress(address);
  const owner = parseAddress(options.owner);
  const name = options.name ?? rig.slice(0, 10);
  const { signer, salt } = openIdentity(settings.state);
  const password = newPassword();
  const loginHash = await hashPassword(password);
  await withLedger(settings.state, (db) =>
    addRig(db, { rig, owner, name, loginHash, addedAt: Math.floor(Date.now() / 1000) }),
  );
  const fragment = {
    coordinator: { address: signer.address, chain_id: Number(settings.chainId), salt },
    uplink: { url: brokerUrlOf(settings), username: rig, password },
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ rig, owner, name, ...fragment })}\n`);
    return;
  }
  process.stdout.write(
    `# Rig ${name} is known. These lines belong into its settings; the password is shown this once.\n${stringify(fragment)}`,
  );
  if (settings.broker.kind === "external") {
    process.stderr.write("The broker is not ours: make this login there too.\n");
  }
}

function stateWord({ revoked_at, frozen_at, online }: RigRow): string {
  if (revoked_at !== null) return "revoked";
  if (frozen_at !== null) return "frozen";
  if (online === null) return "not heard";
  return online === 1 ? "online" : "offline";
}

function list(rows: readonly RigRow[]): string {
  if (rows.length === 0) return "There are no rigs yet; `rig add` makes one known.\n";
  return rows
    .map((row) => {
      const head = row.head_sequence === null ? "nothing yet" : `sequence ${row.head_sequence}`;
      const why = row.frozen_why === null ? "" : `  (${row.frozen_why})`;
      return `${row.rig}  ${stateWord(row).padEnd(9)}  ${head.padEnd(16)}  ${row.name}${why}\n`;
    })
    .join("");
}

function listed(row: RigRow) {
  const at = (seconds: number | null): string | null =>
    seconds === null ? null : new Date(seconds * 1000).toISOString();
  return {
    rig: row.rig,
    key: row.key,
    owner: row.owner,
    name: row.name,
    state: stateWord(row),
    frozen_why: row.frozen_why,
    era: row.era,
    head_sequence: row.head_sequence,
    head_digest: row.head_digest,
    added_at: at(row.added_at),
    last_seen_at: at(row.last_seen_at),
    version: row.version,
  };
}

const withState = (command: Command): Command =>
  command
    .option("--state <dir>", "state directory of the coordinator")
    .option("--settings <file>", "settings that name it");

/** `rig add`, `rig list`, `rig unfreeze`: which rigs are known. They work beside a coordinator that runs. */
export function rigCommand(): Command {
  const command = new Command("rig").description("the rigs that this coordinator listens to");
  command
    .command("add <address>")
    .description("make a rig known and print what its settings need")
    .requiredOption("--owner <address>", "who owns it and allocates its devices to tokens")
    .requiredOption("--settings <file>", "settings of the coordinator")
    .option("--name <name>", "what people call it")
    .option("--json", "print JSON")
    .action(add);
  withState(command.command("list"))
    .description("show the rigs and how they are")
    .option("--json", "print JSON")
    .action(async (options: StateOptions & { json?: true }) => {
      const rows = await withLedger(stateOf(options), (db) => listRigs(db));
      process.stdout.write(options.json ? `${JSON.stringify(rows.map(listed))}\n` : list(rows));
    });
  withState(command.command("unfreeze <address>"))
    .description("believe a frozen rig again, after having looked at why it was frozen")
    .action(async (address: string, options: StateOptions) => {
      const rig = parseAddress(address);
      await withLedger(stateOf(options), (db) => unfreezeRig(db, rig));
      process.stdout.write(`The rig ${rig} is believed again.\n`);
    });
  return command;
}
