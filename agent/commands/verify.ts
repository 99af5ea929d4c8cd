import { readFileSync, statSync } from "node:fs";
import { Command } from "commander";
import { asAddress, isHex } from "../../proto/hex.ts";
import { RigError } from "../core/errors.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { printable } from "./text.ts";
import { checkBundle } from "./verify/check-bundle.ts";
import type { Link, Pins } from "./verify/link.ts";
import { restsOnTrust } from "./verify/trust.ts";

interface VerifyOptions {
  readonly rig?: readonly string[];
  readonly coordinator?: string;
  readonly owner?: readonly string[];
  readonly root?: string;
  readonly json?: boolean;
}

const MOST_BYTES = 512 << 20;

/** `rig-agent verify FILE`: checks an exported bundle offline, link by link. Exit 1 when one fails. */
export function verifyCommand(io: CommandIo): Command {
  return new Command("verify")
    .description("check an exported record offline: record ← windows ← attestations ← signatures")
    .argument("<file>", "a bundle as the coordinator exports or serves it")
    .option("--rig <address>", "a rig that it must be of; again for each further one", collect)
    .option("--coordinator <address>", "the coordinator that must have receipted it")
    .option(
      "--owner <address>",
      "an owner that must have signed; again for each further one",
      collect,
    )
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

const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];

function addressOf(name: keyof Pins, text: string): string {
  try {
    return asAddress(text);
  } catch (cause) {
    throw new RigError("command-invalid", `--${name} ${text} is not an address`, {}, { cause });
  }
}

function rootOf(text: string): string {
  const root = text.toLowerCase();
  if (isHex(root, 32)) return root;
  throw new RigError("command-invalid", `--root ${text} is not 32 bytes of 0x hex`);
}

function pinsOf({ rig, coordinator, owner, root }: VerifyOptions): Pins {
  return {
    ...(rig === undefined ? {} : { rig: rig.map((text) => addressOf("rig", text)) }),
    ...(coordinator === undefined ? {} : { coordinator: addressOf("coordinator", coordinator) }),
    ...(owner === undefined ? {} : { owner: owner.map((text) => addressOf("owner", text)) }),
    ...(root === undefined ? {} : { root: rootOf(root) }),
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
