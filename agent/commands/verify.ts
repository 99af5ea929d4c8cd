import { readFileSync, statSync } from "node:fs";
import { Command } from "commander";
import { asAddress, isHex } from "../../proto/hex.ts";
import { RigError } from "../core/errors.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { printable } from "./text.ts";
import { checkBundle, restsOnTrust } from "./verify/check-bundle.ts";
import type { Link, Pins } from "./verify/link.ts";

interface VerifyOptions {
  readonly rig?: string;
  readonly coordinator?: string;
  readonly owner?: string;
  readonly root?: string;
  readonly json?: boolean;
}

const MOST_BYTES = 512 << 20;

/** `rig-agent verify FILE`: checks an exported bundle offline, link by link. Exit 1 when one fails. */
export function verifyCommand(io: CommandIo): Command {
  return new Command("verify")
    .description("check an exported record offline: record ← windows ← attestations ← signatures")
    .argument("<file>", "a bundle as the coordinator exports or serves it")
    .option("--rig <address>", "the rig that it must be of")
    .option("--coordinator <address>", "the coordinator that must have receipted it")
    .option("--owner <address>", "the owner that must have signed the allocations")
    .option("--root <hash>", "the root of the epoch, from the chain")
    .option("--json", "print JSON")
    .action((file: string, options: VerifyOptions) => {
      const pins = pinsOf(options);
      const document = readDocument(file);
      const links = checkBundle(document, pins);
      const failed = links.filter(({ ok }) => !ok);
      const trust = restsOnTrust(document, pins);
      if (options.json) io.out(toJsonText({ ok: failed.length === 0, links, trust }));
      else print(io, links, failed, trust);
      if (failed.length > 0) io.exitWith(1);
    });
}

function pinOf(name: keyof Pins, text: string | undefined): Pins {
  if (text === undefined) return {};
  try {
    if (name !== "root") return { [name]: asAddress(text) };
    if (isHex(text.toLowerCase(), 32)) return { root: text.toLowerCase() };
  } catch (cause) {
    const message = `--${name} ${text} is not an address`;
    throw new RigError("command-invalid", message, {}, { cause });
  }
  throw new RigError("command-invalid", `--${name} ${text} is not 32 bytes of 0x hex`);
}

function pinsOf({ rig, coordinator, owner, root }: VerifyOptions): Pins {
  return {
    ...pinOf("rig", rig),
    ...pinOf("coordinator", coordinator),
    ...pinOf("owner", owner),
    ...pinOf("root", root),
  };
}

function readDocument(file: string): unknown {
  try {
    if (statSync(file).size > MOST_BYTES) throw new RangeError("it is over 512 MiB");
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : "";
    throw new RigError("command-invalid", `${file} is no bundle: ${why}`, { file }, { cause });
  }
}

/** Links of many attestations or allocations are one line each kind; what failed is always said by itself. */
function print(
  io: CommandIo,
  links: readonly Link[],
  failed: readonly Link[],
  trust: readonly string[],
): void {
  const kinds = Map.groupBy(links, ({ name }) =>
    name.replace(/^attestation .*:/, "attestations:").replace(/^allocation \d+:/, "allocations:"),
  );
  for (const [kind, own] of kinds) {
    const bad = own.filter(({ ok }) => !ok).length;
    const [first] = own;
    const about =
      own.length === 1 ? (first?.about ?? "") : `${own.length - bad} of ${own.length} hold`;
    io.out(printable(`${bad === 0 ? "ok    " : "FAILED"}  ${kind}  ${about}`));
  }
  const [worst] = failed;
  io.out("");
  if (worst === undefined) io.out(`All ${links.length} links hold.`);
  else {
    io.out(printable(`${failed.length} of ${links.length} links fail. The first:`));
    io.out(printable(`  ${worst.name}: ${worst.about}`));
  }
  if (trust.length === 0) return;
  io.out("What this check cannot say, and rests on somebody's word:");
  for (const word of trust) io.out(`  - ${word}`);
}
