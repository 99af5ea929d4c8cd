import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { WINDOW_SECONDS } from "../proto/attestation.ts";
import { CoordinatorError } from "./errors.ts";

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const MAX_FILE_BYTES = 1 << 20;

function secondsOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})(s|m|h|d)$/.exec(text) ?? [];
  return count === undefined
    ? undefined
    : Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
}

const duration = z
  .string('must be a duration in quotes, such as "10m"')
  .transform((text, fault) => {
    const seconds = secondsOf(text);
    if (seconds !== undefined) return seconds;
    fault.addIssue({
      code: "custom",
      message: 'must be a whole number with s, m, h or d, such as "10m"',
    });
    return z.NEVER;
  });

const address = z.string().transform((text, fault) => {
  const [, host, port] = /^(\[[0-9a-fA-F:]+\]|[^\s:/]+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) <= 65_535) {
    return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  }
  fault.addIssue({ code: "custom", message: "must be host:port, such as 127.0.0.1:1883" });
  return z.NEVER;
});

const brokerUrl = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    ["mqtt:", "mqtts:"].includes(url.protocol) &&
    url.hostname !== "" &&
    url.username === "" &&
    url.password === ""
  );
}, "must be an mqtt:// or mqtts:// URL without a login in it: see username and password_file");

const publicUrl = z
  .url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" })
  .transform((text) => text.replace(/\/+$/, ""));

const embedded = z.strictObject({ listen: address.prefault("127.0.0.1:1883") });
const external = z.strictObject({
  url: brokerUrl,
  username: z.string().min(1).optional(),
  password_file: z.string().min(1).optional(),
  ca_file: z.string().min(1).optional(),
});

const schema = z.strictObject({
  state: z.string("must name the directory that the coordinator keeps its state in").min(1),
  chain_id: z
    .int("must be the chain id of the NFT collections, a whole number")
    .min(1)
    .max(Number.MAX_SAFE_INTEGER),
  window: duration
    .refine(
      (seconds) => (WINDOW_SECONDS as readonly number[]).includes(seconds),
      `must be one of ${WINDOW_SECONDS.map((seconds) => `${seconds}s`).join(", ")}`,
    )
    .prefault("10m"),
  epoch: duration.prefault("1d"),
  grace: duration.prefault("1h"),
  // A mapping with `url` is a broker of somebody else's; which one is meant decides which faults are shown.
  broker: z
    .record(z.string(), z.unknown())
    .transform((given, fault) => {
      const parsed = ("url" in given ? external : embedded).safeParse(given);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) fault.addIssue({ ...issue, input: given } as never);
      return z.NEVER;
    })
    .prefault({}),
  http: z
    .strictObject({
      listen: address.prefault("127.0.0.1:9696"),
      public_url: publicUrl.optional(),
    })
    .prefault({}),
  simulated: z.boolean().default(false),
  log: z
    .strictObject({ level: z.enum(["error", "warn", "info", "debug"]).default("info") })
    .prefault({}),
});

/** The broker that comes with the coordinator: where it listens. */
interface EmbeddedBroker {
  readonly kind: "embedded";
  readonly host: string;
  readonly port: number;
}

/** A broker of somebody else's: where it is and how to log in. */
export interface ExternalBroker {
  readonly kind: "external";
  readonly url: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
}

/** How a coordinator runs. Times in seconds; paths absolute. */
export interface Settings {
  readonly state: string;
  readonly chainId: bigint;
  readonly windowSeconds: number;
  readonly epochSeconds: number;
  /** How long after its end an epoch stays open for attestations that are on their way. */
  readonly graceSeconds: number;
  readonly broker: EmbeddedBroker | ExternalBroker;
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl?: string };
  /** Marks everything shown as simulated. */
  readonly simulated: boolean;
  readonly log: { readonly level: "error" | "warn" | "info" | "debug" };
}

/** One thing wrong in a settings file. */
export interface SettingsFault {
  readonly path: string;
  /** Counted from 1; absent when the fault is of no line, such as a missing field. */
  readonly line?: number;
  readonly why: string;
}

/** Every fault of a settings file at once. */
export class SettingsError extends CoordinatorError {
  readonly file: string;
  readonly faults: readonly SettingsFault[];

  constructor(file: string, faults: readonly SettingsFault[]) {
    const lines = faults.map(
      ({ path, line, why }) => `  ${file}${line === undefined ? "" : `:${line}`}: ${path}: ${why}`,
    );
    super("settings-invalid", `${file} has ${faults.length} fault(s):\n${lines.join("\n")}`);
    this.file = file;
    this.faults = faults;
  }
}

function crossFaults(read: z.output<typeof schema>): SettingsFault[] {
  const faults: SettingsFault[] = [];
  if (read.epoch < read.window || read.epoch % read.window !== 0) {
    faults.push({ path: "epoch", why: "must be a multiple of the window" });
  }
  if (86_400 % read.epoch !== 0 && read.epoch % 86_400 !== 0) {
    faults.push({ path: "epoch", why: "must divide a day or be whole days" });
  }
  return faults;
}

function brokerOf(read: z.output<typeof schema>["broker"], under: string): Settings["broker"] {
  if (!("url" in read)) return { kind: "embedded", ...read.listen };
  const { url, username, password_file, ca_file } = read;
  return {
    kind: "external",
    url,
    ...(username === undefined ? {} : { username }),
    ...(password_file === undefined ? {} : { passwordFile: resolve(under, password_file) }),
    ...(ca_file === undefined ? {} : { caFile: resolve(under, ca_file) }),
  };
}

function settingsOf(read: z.output<typeof schema>, under: string): Settings {
  const { public_url, listen } = read.http;
  return {
    state: resolve(under, read.state),
    chainId: BigInt(read.chain_id),
    windowSeconds: read.window,
    epochSeconds: read.epoch,
    graceSeconds: read.grace,
    broker: brokerOf(read.broker, under),
    http: { ...listen, ...(public_url === undefined ? {} : { publicUrl: public_url }) },
    simulated: read.simulated,
    log: read.log,
  };
}

function issuesOf(error: z.ZodError): { path: PropertyKey[]; why: string }[] {
  return error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: [...issue.path, key], why: "there is no such setting" }))
      : [{ path: [...issue.path], why: issue.message }],
  );
}

/** Reads settings from the text of a YAML file. Throws a SettingsError that names every fault. */
export function parseSettings(text: string, file: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new SettingsError(
      file,
      document.errors.map((error) => ({
        path: "(yaml)",
        line: lines.linePos(error.pos[0]).line,
        why: error.message.split("\n")[0] ?? "cannot be read",
      })),
    );
  }
  const lineOf = (path: readonly PropertyKey[]): { line: number } | object => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) && node.range ? { line: lines.linePos(node.range[0]).line } : {};
  };
  // Anchors have no use in a file this small, and a few lines of them can stand for gigabytes.
  const result = schema.safeParse(aliasFree(document, file) ?? {});
  const faults = result.success
    ? crossFaults(result.data).map((fault) => ({ ...fault, ...lineOf([fault.path]) }))
    : issuesOf(result.error).map(({ path, why }) => ({
        path: path.map(String).join(".") || "(file)",
        ...lineOf(path),
        why,
      }));
  if (!result.success || faults.length > 0) throw new SettingsError(file, faults);
  return settingsOf(result.data, dirname(resolve(file)));
}

function aliasFree(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    const read: unknown = document.toJS({ maxAliasCount: 0 });
    if (typeof read !== "object" || read === null || Array.isArray(read)) return read;
    // `http:` with nothing under it but comments is an absent setting, not a wrong one.
    return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== null));
  } catch (cause) {
    throw new SettingsError(file, [
      { path: "(yaml)", why: `aliases are not read (${(cause as Error).message})` },
    ]);
  }
}

/** Reads a settings file. Throws a SettingsError, or a CoordinatorError `settings-unreadable`. */
export function loadSettings(file: string): Settings {
  return parseSettings(textOf(file), file);
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) throw new RangeError("it is over 1 MiB");
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CoordinatorError(
      "settings-unreadable",
      `cannot read the settings ${file}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
