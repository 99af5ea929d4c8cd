import { Command } from "commander";
import type { MetricName } from "../../proto/metrics.ts";
import { showDuration, showQuantity } from "../core/quantity.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { STATUS_DOCUMENT, type StatusDocument } from "./status-document.ts";
import { columns, printable } from "./text.ts";

const TIMEOUT_MS = 5000;
const MAX_BYTES = 8 << 20;
const EXIT = { ok: 0, warning: 1, broken: 2 } as const;

/** `rig-agent status`: asks a running agent how it is. Exit 0 ok, 1 warning, 2 broken or not reachable. */
export function statusCommand(io: CommandIo): Command {
  return new Command("status")
    .description("ask the running agent how it is; exit 0 ok, 1 warning, 2 broken or not reachable")
    .option("--url <url>", "its status endpoint", "http://127.0.0.1:9595")
    .option("--json", "print JSON")
    .action(async (options: { readonly url: string; readonly json?: boolean }) => {
      const got = await fetchStatus(options.url);
      if ("why" in got) {
        io.exitWith(EXIT.broken);
        if (options.json)
          io.out(toJsonText({ error: { code: "status-unreachable", message: got.why } }));
        else io.err(printable(got.why));
        return;
      }
      io.exitWith(EXIT[got.document.health.level]);
      io.out(options.json ? toJsonText(got.document) : statusLines(got.document).join("\n"));
    });
}

type Got = { readonly document: StatusDocument } | { readonly why: string };

async function fetchStatus(url: string): Promise<Got> {
  const target = URL.parse("/api/status", url);
  if (target === null || !/^https?:$/.test(target.protocol))
    return { why: `${url} is no http URL` };
  try {
    const response = await fetch(target, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: "error",
    });
    const text = await boundedText(response);
    if (!response.ok)
      return { why: `${target.href} answered ${response.status}: ${text.slice(0, 200)}` };
    const parsed = STATUS_DOCUMENT.safeParse(JSON.parse(text));
    return parsed.success
      ? { document: parsed.data }
      : { why: `What answers at ${target.href} is no rig-agent` };
  } catch (error) {
    if (error instanceof SyntaxError)
      return { why: `What answers at ${target.href} is no rig-agent` };
    const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
    const said = cause?.code ?? (error instanceof Error ? error.message : String(error));
    return { why: `No agent answers at ${target.href} (${said}); is it running?` };
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const HEADLINES = { ok: "OK", warning: "WARNING", broken: "BROKEN" } as const;

/** A screenful about one rig. */
export function statusLines(document: StatusDocument): string[] {
  const { delivery, devices, health } = document;
  const age = (atMs: number): string => `${showDuration(Math.max(0, document.at_ms - atMs))} ago`;
  const oldest = delivery.oldest_unreceipted_ms;
  const receipt = delivery.last_receipt;
  return [
    ...(document.simulated
      ? ["SIMULATED: these devices do not exist and nothing here was mined."]
      : []),
    `${HEADLINES[health.level]}${health.level === "ok" ? ": measuring and delivering" : ""}`,
    ...health.reasons.map((reason) => `  - ${printable(reason)}`),
    ...columns([
      ["Rig", document.rig ?? "its key is not open yet"],
      ["Up", showDuration(document.uptime_ms)],
      ["Coordinator", delivery.connected ? "connected" : "not connected"],
      [
        "Outbox",
        `${delivery.outbox}${oldest === null ? "" : `, the oldest for ${showDuration(oldest)}`}`,
      ],
      [
        "Last receipt",
        receipt ? `sequence ${receipt.sequence}, ${age(receipt.at_ms)}` : "none yet",
      ],
      [
        "Last signed",
        delivery.sequence === null
          ? "none yet"
          : `sequence ${delivery.sequence}, era ${delivery.era ?? "none"}`,
      ],
    ]),
    "",
    ...columns([
      ["DEVICE", "STATE", "SAMPLE", "HASHRATE", "POWER", "CHIP"],
      ...devices.map(deviceRow),
    ]),
  ];
}

function deviceRow({
  label,
  state,
  sample_age_ms: ageMs,
  readings,
}: StatusDocument["devices"][number]): string[] {
  const shown = (metric: MetricName): string => {
    const found = readings.filter((reading) => reading.metric === metric && reading.part === "");
    const values = found.map(({ value, algorithm }) => {
      return `${showQuantity(metric, value)}${found.length > 1 && algorithm ? ` ${algorithm}` : ""}`;
    });
    return values.length === 0 ? "-" : printable(values.join(" + "));
  };
  const age = ageMs === null ? "none yet" : `${showDuration(ageMs)} ago`;
  return [
    printable(label),
    state,
    age,
    shown("hashrate"),
    shown("power"),
    shown("chip_temperature"),
  ];
}
