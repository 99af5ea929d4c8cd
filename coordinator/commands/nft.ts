import { Command } from "commander";
import { type Hex, isHex } from "../../proto/hex.ts";
import type { Allocation } from "../../proto/messages.ts";
import { sealFor } from "../../proto/typed-data.ts";
import { CoordinatorError } from "../errors.ts";
import { getRig } from "../fleet/rigs.ts";
import { type AllocationFault, addAllocation, allocationFault } from "../record/allocations.ts";
import { signerOf } from "../verify/signature.ts";
import {
  parseAddress,
  parseFraction,
  parseHashrate,
  parseInstant,
  parseTokenArgument,
} from "./arguments.ts";
import { type LedgerView, withView } from "./ledger-view.ts";
import { listText, listTokensWithRecords, recordText, tokenDocument } from "./nft-text.ts";
import { allocationPayload, openOwnerKey } from "./owner-key.ts";
import type { StateOptions } from "./state.ts";

interface AllocateOptions extends StateOptions {
  readonly token: string;
  readonly rig: string;
  readonly device?: string;
  readonly algorithm?: string;
  readonly fraction: string;
  readonly from: string;
  readonly to: string;
  readonly promised?: string;
  readonly ownerKey?: string;
  readonly passphraseFile?: string;
  readonly signature?: string;
  readonly unsigned?: true;
  readonly json?: true;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const print = (value: unknown): void => {
  const text = JSON.stringify(
    value,
    (_key, member: unknown) => (typeof member === "bigint" ? member.toString() : member),
    2,
  );
  process.stdout.write(`${text}\n`);
};

function allocationFrom(view: LedgerView, options: AllocateOptions): Allocation {
  const rig = parseAddress(options.rig);
  const row = getRig(view.db, rig);
  if (row === undefined) throw new CoordinatorError("rig-unknown", `there is no rig ${rig}`);
  const { windowSeconds } = view.rules;
  const fromTime = parseInstant(options.from, windowSeconds, nowSeconds());
  return {
    owner: row.owner,
    rig,
    device: options.device ?? "",
    algorithm: options.algorithm ?? "",
    ...parseTokenArgument(options.token, view.chainId),
    ...parseFraction(options.fraction),
    fromTime,
    toTime: parseInstant(options.to, windowSeconds, nowSeconds(), fromTime),
    promisedHashrate: options.promised === undefined ? 0n : parseHashrate(options.promised),
  };
}

async function signatureFor(
  view: LedgerView,
  allocation: Allocation,
  { signature, ownerKey, passphraseFile }: AllocateOptions,
): Promise<Hex> {
  if (signature !== undefined) {
    const given = signature.toLowerCase();
    if (isHex(given, 65)) return given;
    throw new CoordinatorError("argument-invalid", "--signature must be 65 bytes of 0x hex");
  }
  if (ownerKey === undefined || passphraseFile === undefined) {
    throw new CoordinatorError(
      "argument-invalid",
      "the owner must sign: --owner-key with --passphrase-file, or --signature (see --unsigned)",
    );
  }
  return (await openOwnerKey(ownerKey, passphraseFile)).sign(view.chainId, allocation);
}

const refused = ({ code, why }: AllocationFault): CoordinatorError =>
  new CoordinatorError("allocation-refused", `refused (${code}): ${why}`);

async function allocate(options: AllocateOptions): Promise<void> {
  await withView(options, async (view) => {
    const message = allocationFrom(view, options);
    const bench = { db: view.db, rules: view.rules, now: nowSeconds() };
    if (options.unsigned) {
      const fault = allocationFault(bench, message);
      if (fault !== undefined) throw refused(fault);
      return print(allocationPayload(view.chainId, message));
    }
    const signature = await signatureFor(view, message, options);
    const desk = { ...bench, seal: sealFor(view.chainId), signerOf };
    const answer = addAllocation(desk, { message, signature });
    if (!answer.accepted) throw refused(answer);
    if (options.json) return print({ digest: answer.digest, allocation: message, signature });
    const { numerator, denominator, tokenId, rig, device } = message;
    const what = device === "" ? `each device of ${rig}` : `${device} of ${rig}`;
    process.stdout.write(`Token #${tokenId} has ${numerator}/${denominator} of ${what}.\n`);
  });
}

interface RecordOptions extends StateOptions {
  readonly epoch?: string;
  readonly json?: true;
}

async function record(token: string, options: RecordOptions): Promise<void> {
  await withView(options, (view) => {
    const wanted = parseTokenArgument(token, view.chainId);
    const epoch =
      options.epoch === undefined
        ? undefined
        : parseInstant(options.epoch, view.rules.windowSeconds, nowSeconds());
    const found = tokenDocument(view, wanted, epoch);
    if (found.length === 0) {
      const when = epoch === undefined ? "yet" : "in that epoch";
      throw new CoordinatorError("record-missing", `there is no record of ${token} ${when}`);
    }
    if (options.json) print(found);
    else process.stdout.write(recordText(wanted, found));
  });
}

const withState = (command: Command): Command =>
  command
    .option("--state <dir>", "state directory of the coordinator")
    .option("--settings <file>", "its settings")
    .option("--json", "print JSON");

/** `nft allocate`, `nft record`, `nft list`: what tokens own of rigs, and what they were delivered. */
export function nftCommand(): Command {
  const command = new Command("nft").description("what tokens have of rigs, and their records");
  withState(command.command("allocate"))
    .description("give a token a fraction of a rig, signed by the rig's owner")
    .requiredOption("--token <chain:contract:id>", "the token")
    .requiredOption("--rig <address>", "the rig")
    .option("--device <id>", "one of its devices; each of them when left out")
    .option("--algorithm <name>", "one algorithm; any when left out")
    .requiredOption("--fraction <n/d>", "how much, such as 1/4 or 1")
    .requiredOption("--from <time>", "from when, on the window grid; now: the window that it is")
    .requiredOption("--to <time>", "until when; +30d: so long")
    .option("--promised <hashrate>", "what was promised, such as 10TH/s")
    .option("--owner-key <file>", "the owner's keystore (version 3), mode 0600")
    .option("--passphrase-file <file>", "its passphrase, mode 0600")
    .option("--signature <hex>", "the owner's signature, made elsewhere")
    .option("--unsigned", "print what the owner's wallet is to sign, and take nothing")
    .action(allocate);
  withState(command.command("record <token>"))
    .description("show a token's newest record, or that of one epoch")
    .option("--epoch <time>", "start of the epoch")
    .action(record);
  withState(command.command("list"))
    .description("show the tokens that there are records for")
    .action(async (options: StateOptions & { json?: true }) => {
      await withView(options, (view) => {
        const tokens = listTokensWithRecords(view);
        if (options.json) print(tokens);
        else process.stdout.write(listText(tokens));
      });
    });
  return command;
}
