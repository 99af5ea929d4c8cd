import { renameSync, rmSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { CoordinatorError } from "../errors.ts";
import { getRig } from "../fleet/rigs.ts";
import { type Bundle, type Bundler, rigBundle, tokenBundle } from "../record/bundle.ts";
import { createProofs } from "../record/proofs.ts";
import { newestEpochOf } from "../record/record-rows.ts";
import { parseAddress, parseInstant, parseTokenArgument } from "./arguments.ts";
import { type LedgerView, withView } from "./ledger-view.ts";
import type { StateOptions } from "./state.ts";

interface ExportOptions extends StateOptions {
  readonly rig?: string;
  readonly from?: string;
  readonly to?: string;
  readonly token?: string;
  readonly epoch?: string;
  readonly output?: string;
}

const END_OF_TIME = BigInt(Number.MAX_SAFE_INTEGER);

function instantIn(view: LedgerView, text: string, after?: bigint): bigint {
  return parseInstant(text, view.rules.windowSeconds, Math.floor(Date.now() / 1000), after);
}

function exportRig(view: LedgerView, bundler: Bundler, options: ExportOptions): Bundle {
  const rig = parseAddress(options.rig ?? "");
  if (getRig(view.db, rig) === undefined) {
    throw new CoordinatorError("rig-unknown", `there is no rig ${rig}`);
  }
  const from = options.from === undefined ? 0n : instantIn(view, options.from);
  const to = options.to === undefined ? END_OF_TIME : instantIn(view, options.to, from);
  if (from >= to) throw new CoordinatorError("argument-invalid", "--from must be before --to");
  return rigBundle(bundler, rig, from, to, Number.MAX_SAFE_INTEGER - 1).bundle;
}

function exportToken(view: LedgerView, bundler: Bundler, options: ExportOptions): Bundle {
  const token = parseTokenArgument(options.token ?? "", view.chainId);
  const epoch =
    options.epoch === undefined ? newestEpochOf(view.db, token) : instantIn(view, options.epoch);
  const bundle = epoch === undefined ? undefined : tokenBundle(bundler, token, epoch);
  if (bundle !== undefined) return bundle;
  const when = options.epoch === undefined ? "yet" : "in that epoch";
  throw new CoordinatorError("record-missing", `there is no record of ${options.token} ${when}`);
}

/** A reader never sees half a bundle. Throws a CoordinatorError `output-unwritable`. */
function writeWhole(output: string, text: string): void {
  const draft = `${output}.${process.pid}.part`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, output);
  } catch (cause) {
    rmSync(draft, { force: true });
    const why = (cause as Error).message;
    throw new CoordinatorError("output-unwritable", `cannot write ${output}: ${why}`, { cause });
  }
}

function write(bundle: Bundle, output: string | undefined): void {
  const text = `${JSON.stringify(bundle, null, 1)}\n`;
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  writeWhole(output, text);
  process.stderr.write(
    `Wrote ${bundle.attestations.length} attestations and ${bundle.records.length} records to ${output}.\n`,
  );
}

async function exportBundle(options: ExportOptions): Promise<void> {
  if ((options.rig === undefined) === (options.token === undefined)) {
    throw new CoordinatorError("argument-invalid", "say either --rig or --token");
  }
  await withView(options, (view) => {
    const { db, chainId, coordinator } = view;
    const { windowSeconds } = view.rules;
    const bundler = { db, chainId, coordinator, proofs: createProofs(db), windowSeconds };
    const bundle =
      options.rig === undefined
        ? exportToken(view, bundler, options)
        : exportRig(view, bundler, options);
    write(bundle, options.output);
  });
}

/** `export`: writes a bundle (section 9 of docs/attestation.md) that `rig-agent verify` checks offline. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write attestations or a token's epoch as a bundle that checks offline")
    .option("--rig <address>", "the attestations of a rig")
    .option("--from <time>", "from windows that start then")
    .option("--to <time>", "before windows that start then; +1d: so long")
    .option("--token <chain:contract:id>", "the record of a token")
    .option("--epoch <time>", "start of its epoch; the newest when left out")
    .option("-o, --output <file>", "where to write it; standard output when left out")
    .option("--state <dir>", "state directory of the coordinator")
    .option("--settings <file>", "its settings")
    .action(exportBundle);
}
