import { Command } from "commander";
import { asRigError, RigError } from "../core/errors.ts";
import { parseFingerprint } from "../core/fingerprint.ts";
import { lineOf, readPrivateFile } from "../core/private-file.ts";
import type { Report } from "../core/reading.ts";
import { isUnproven } from "../drivers/driver.ts";
import { PinsInMemory } from "../drivers/links/pins.ts";
import { openSource } from "../drivers/open.ts";
import { probe } from "../drivers/probe.ts";
import { readBootId, SystemClock } from "../platform/clock.ts";
import { present } from "../settings/present.ts";
import { parseDuration } from "../settings/units.ts";
import { type CommandIo, toJsonText } from "./io.ts";
import { reportLines } from "./report-text.ts";
import { printable } from "./text.ts";

interface ReadOptions {
  readonly driver?: string;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly tryDefaultLogins?: boolean;
  readonly fingerprint?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

interface Answered {
  readonly address: string;
  readonly driver: string;
  readonly unproven: boolean;
  readonly reports: readonly Report[];
}

type Outcome = Answered | { readonly address: string; readonly error: RigError };

/** `rig-agent read ADDRESS…`: asks devices once and shows what they say. Exit 1 if any did not answer. */
export function readCommand(io: CommandIo): Command {
  return new Command("read")
    .description("ask a device once and print what it says; nothing is stored or sent")
    .argument("<address...>", "host, host:port or URL")
    .option("--driver <name>", "read with this driver instead of looking which one fits")
    .option("--username <name>", "login of the device")
    .option("--password-file <file>", "its password, mode 0600")
    .option(
      "--try-default-logins",
      "without --username, try the login that the maker ships it with",
    )
    .option("--fingerprint <sha256>", "believe this TLS certificate and no other")
    .option("--timeout <duration>", "give up after this long", "15s")
    .option("--json", "print JSON")
    .action(async (addresses: readonly string[], options: ReadOptions) => {
      const outcomes = await readAll(addresses, options, io.stopSignal());
      if (options.json) io.out(toJsonText(outcomes.map(toPlain)));
      else for (const outcome of outcomes) print(io, outcome);
      if (outcomes.some((outcome) => "error" in outcome)) io.exitWith(1);
    });
}

async function readAll(
  addresses: readonly string[],
  options: ReadOptions,
  stopped: AbortSignal,
): Promise<Outcome[]> {
  const timeoutMs = parseDuration(options.timeout);
  if (timeoutMs === undefined || timeoutMs === 0) {
    throw new RigError(
      "command-invalid",
      `--timeout ${options.timeout} is no duration; write one such as 15s`,
    );
  }
  const password = readPassword(options.passwordFile);
  return Promise.all(
    addresses.map(async (written): Promise<Outcome> => {
      const address = withoutLogin(written);
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(timeoutMs)]);
      try {
        return { address, ...(await readOne(written, options, password, timeoutMs, signal)) };
      } catch (error) {
        return {
          address,
          error: stopped.aborted ? asRigError(error) : timedOut(error, address, signal),
        };
      }
    }),
  );
}

async function readOne(
  address: string,
  { driver, username, tryDefaultLogins: tryDefaultLogin, fingerprint }: ReadOptions,
  password: string | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Omit<Answered, "address">> {
  const tools = { clock: new SystemClock(readBootId()), pins: new PinsInMemory() };
  const login = present({
    username,
    password,
    tryDefaultLogin,
    fingerprint: readFingerprint(fingerprint),
  });
  const { source } =
    driver === undefined
      ? await probe(address, tools, signal, login)
      : { source: openSource({ ...login, name: "device", driver, address, timeoutMs }, tools) };
  try {
    const { reports } = await source.ask(signal);
    const { driver: reader } = source;
    return { driver: reader.name, unproven: isUnproven(reader), reports };
  } finally {
    await source.stop();
  }
}

/** An address as it may be shown: a login in a URL is a secret. */
function withoutLogin(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, "$1");
}

function readFingerprint(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const fingerprint = parseFingerprint(written);
  if (fingerprint !== undefined) return fingerprint;
  throw new RigError(
    "command-invalid",
    "--fingerprint is a SHA-256: 64 hex digits, with or without colons",
  );
}

function readPassword(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const read = readPrivateFile(file, 4096);
  if ("bytes" in read) return lineOf(read.bytes);
  const message = `The password file ${file} cannot be used: ${read.why} (${read.detail})`;
  throw new RigError(read.why === "exposed" ? "key-exposed" : "command-invalid", message, { file });
}

function timedOut(error: unknown, address: string, signal: AbortSignal): RigError {
  if (error instanceof RigError || !signal.aborted) return asRigError(error);
  return new RigError(
    "driver-timeout",
    `${address} did not answer in time`,
    { address },
    { cause: error },
  );
}

function print(io: CommandIo, outcome: Outcome): void {
  if ("error" in outcome) {
    io.err(printable(`${outcome.address}: ${outcome.error.message} (${outcome.error.code})`));
    return;
  }
  const { address, driver, unproven, reports } = outcome;
  io.out(reportLines(address, driver, unproven, reports).join("\n"));
}

function toPlain(outcome: Outcome): object {
  if (!("error" in outcome)) return outcome;
  const { code, message, facts } = outcome.error;
  return { address: outcome.address, error: { code, message, facts } };
}
