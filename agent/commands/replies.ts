import { Command } from "commander";
import type { Hex } from "../../proto/hex.ts";
import type { Replies } from "../../proto/replies.ts";
import { RigError } from "../core/errors.ts";
import { loadSettings } from "../settings/load.ts";
import { openDatabase } from "../store/open.ts";
import { type ListedReply, ReplyBook } from "../store/replies.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { columns, printable } from "./text.ts";

interface Options {
  readonly settings: string;
  readonly print?: true | string;
  readonly last: string;
  readonly json?: boolean;
}

/** `rig-agent replies DEVICE`: which verbatim replies of a device are kept, and what they say. */
export function repliesCommand(io: CommandIo): Command {
  return new Command("replies")
    .description("list the verbatim replies that are kept of a device, or print one")
    .argument("<device>", "its id, the beginning of its id, or its label")
    .requiredOption("--settings <file>", "the settings file", "/etc/rig-agent/agent.yaml")
    .option("--print [hash]", "print what was answered: the newest, or that with this hash")
    .option("--last <count>", "how many are listed, newest first", "20")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
One reply of each device and window is kept, compressed, as long as its samples are. Its hash is part of the sample's leaf
under the window's signed samples root, so that what a reader made of it can be judged later.

Examples:
  rig-agent replies antminer-1
  rig-agent replies asic:3f --print
  rig-agent replies asic:3f --print 0x52ab… --json`,
    )
    .action((device: string, options: Options) => show(io, device, options));
}

function show(io: CommandIo, device: string, options: Options): void {
  const last = Number(options.last);
  if (!Number.isInteger(last) || last < 1 || last > 100_000)
    throw new RigError("command-invalid", "--last is a number from 1 to 100000");
  const db = openDatabase(loadSettings(options.settings).stateDir, { readonly: true });
  try {
    const book = new ReplyBook(db);
    const listed = book.list(device, options.print === undefined ? last : 100_000);
    if (listed.length === 0)
      throw new RigError(
        "command-invalid",
        `No reply of a device ${printable(device)} is kept here; \`rig-agent status\` lists the devices.`,
      );
    if (options.print === undefined) {
      io.out(options.json ? toJsonText(listed.map(asJson)) : listLines(listed).join("\n"));
      return;
    }
    const chosen = choose(listed, options.print);
    const replies = book.read(chosen.hash);
    if (replies === undefined)
      throw new RigError("store-failed", `The reply ${chosen.hash} is not readable in the store`);
    io.out(
      options.json
        ? toJsonText({ ...asJson(chosen), replies: encoded(replies) })
        : replyText(chosen, replies),
    );
  } finally {
    db.close();
  }
}

function choose(listed: readonly ListedReply[], which: true | string): ListedReply {
  const [newest] = listed;
  const found =
    which === true ? newest : listed.find(({ hash }) => hash.startsWith(which.toLowerCase()));
  if (found === undefined)
    throw new RigError(
      "command-invalid",
      `No kept reply of this device has the hash ${String(which)}`,
    );
  return found;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

function asJson({ deviceId, source, atMs, placedMs, hash }: ListedReply): {
  readonly device: string;
  readonly source: string;
  readonly at: string;
  readonly placed_at: string | null;
  readonly hash: Hex;
} {
  return {
    device: deviceId,
    source,
    at: iso(atMs),
    placed_at: placedMs === undefined ? null : iso(placedMs),
    hash,
  };
}

function listLines(listed: readonly ListedReply[]): string[] {
  const rows = listed.map(({ atMs, source, deviceId, hash }) => [
    iso(atMs),
    printable(source),
    deviceId,
    hash,
  ]);
  return columns([["ANSWERED", "SOURCE", "DEVICE", "HASH"], ...rows]);
}

/** Bytes that are text as text, others in base64: nothing of them may be lost. */
function encoded(replies: Replies): Record<string, { text: string } | { base64: string }> {
  return Object.fromEntries(
    Object.entries(replies).map(([ask, reply]) => {
      const text = Buffer.from(reply).toString("utf8");
      const whole = Buffer.from(text, "utf8").equals(reply);
      return [ask, whole ? { text } : { base64: Buffer.from(reply).toString("base64") }];
    }),
  );
}

function replyText(chosen: ListedReply, replies: Replies): string {
  const parts = Object.entries(replies).map(
    ([ask, reply]) =>
      `--- ${printable(ask)} (${reply.length} bytes)\n${Buffer.from(reply).toString("utf8").split("\n").map(printable).join("\n")}`,
  );
  return [`${iso(chosen.atMs)} ${printable(chosen.source)} ${chosen.hash}`, ...parts].join("\n");
}
