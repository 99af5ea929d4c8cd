import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { parseAddress } from "../../agent/drivers/address.ts";
import { Links } from "../../agent/drivers/dial.ts";
import type { Driver } from "../../agent/drivers/driver.ts";
import { accessOf, loginOf, portOf } from "../../agent/drivers/open.ts";
import { probe } from "../../agent/drivers/probe.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { readBootId, SystemClock } from "../../agent/platform/clock.ts";
import { struckReplies } from "./struck-replies.ts";

interface Options {
  readonly out: string;
  readonly driver?: string;
  readonly username?: string;
  readonly password?: string;
  readonly secrets?: boolean;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fail = (line: string): never => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};

await new Command("record-replies")
  .description(
    "record what a device answers, as a scene for the drivers' tests; secrets are struck out",
  )
  .argument("<address>", "host, host:port or URL of the device")
  .requiredOption("--out <folder>", "where the scene goes; it must not exist")
  .option("--driver <name>", "whose asks are put, when no driver knows the device")
  .option("--username <name>", "login of the device")
  .option("--password <password>", "password of that login")
  .option("--secrets", "keep secrets: for yourself, never for others")
  .addHelpText(
    "after",
    `
Writes one ASK.reply for each ask, byte for byte but for pools, workers, wallets, serial numbers, MAC and IP addresses.
What is no text, such as gRPC, is left out, since nobody could check it. Look through what was written before you give it
to anybody. Nothing is written to the device.

Examples:
  ./scripts/record-replies 192.168.1.20 --out ~/s21
  ./scripts/record-replies 192.168.1.20 --driver cgminer-generic --out ~/new-device
  ./scripts/new-driver my-device --like cgminer-generic --from ~/new-device`,
  )
  .action(record)
  .parseAsync();

async function record(address: string, options: Options): Promise<void> {
  if (existsSync(options.out)) fail(`${options.out} exists: a recording is never written over.`);
  const clock = new SystemClock(readBootId());
  const driver = await driverFor(address, options, clock);
  const replies = await repliesOf(driver, address, options, clock);
  const kept = options.secrets ? replies : struckReplies(driver, replies);
  mkdirSync(options.out, { recursive: true });
  for (const [name, bytes] of Object.entries(replies)) {
    const written = kept[name];
    if (written === undefined) say(`${name}: ${bytes.length} bytes that are no text were left out`);
    else {
      writeFileSync(join(options.out, `${name}.reply`), written);
      say(`${name}: ${written.length} bytes`);
    }
  }
  const origin = {
    made: "recorded",
    shape_of: `${driver.name}, as a device answered`,
    about: "say here what the device is and what this scene shows",
    date: new Date().toISOString().slice(0, 10),
  };
  writeFileSync(join(options.out, "origin.json"), `${JSON.stringify(origin, null, 2)}\n`);
  say(`Written to ${options.out}. Look through it before you give it to anybody.`);
}

/** Replies by ask, as the device gave them; what it does not answer is said and left out. */
async function repliesOf(
  driver: Driver,
  address: string,
  options: Options,
  clock: SystemClock,
): Promise<Record<string, Uint8Array>> {
  const where = parseAddress(address);
  const spec = { name: "device", driver: driver.name, address, ...options };
  const login = loginOf(options, driver, where);
  const links = new Links(driver, where, portOf(spec, driver, where), {
    ...{ clock, timeoutMs: 10_000, login, access: accessOf({}, { clock }) },
    ...{ program: "", periodMs: 0, root: undefined },
  });
  const replies: Record<string, Uint8Array> = {};
  try {
    for (const [name, ask] of Object.entries(driver.asks)) {
      if (ask.login && Object.keys(login).length === 0) {
        say(`${name}: not asked, it wants a login`);
        continue;
      }
      try {
        replies[name] = await links.ask(ask, AbortSignal.timeout(20_000));
      } catch (thrown) {
        say(`${name}: ${(thrown as Error).message}`);
      }
    }
  } finally {
    await links.stop();
  }
  return replies;
}

async function driverFor(
  address: string,
  { driver, username, password }: Options,
  clock: SystemClock,
): Promise<Driver> {
  if (driver !== undefined)
    return DRIVERS.find(({ name }) => name === driver) ?? fail(`There is no driver ${driver}.`);
  const login = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  const { driver: found, source } = await probe(
    address,
    { clock },
    AbortSignal.timeout(120_000),
    login,
  );
  await source.stop();
  say(`${address} is known by ${found.name}`);
  return found;
}
