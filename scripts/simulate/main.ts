import { writeFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { FAULTS, type Fault, faultOf } from "./faults.ts";
import { type Replay, startReplay } from "./replay.ts";
import { settingsFragment } from "./settings-fragment.ts";
import { agentDevices, type Site, startSite } from "./site.ts";
import { siteFromFile } from "./site-file.ts";
import { devicesOf, PROFILE_NAMES } from "./site-profiles.ts";
import { speakerOf } from "./speakers.ts";
import { devicesFrom, type SiteSpec, TYPICAL } from "./specs.ts";

interface Flags {
  readonly site?: string;
  readonly devices?: string;
  readonly profile?: string;
  readonly seed?: string;
  readonly baseAddress: string;
  readonly ports: "standard" | "any";
  readonly folder?: string;
  readonly log?: string;
  readonly settingsOut?: string;
  readonly json?: boolean;
  readonly replay?: string;
  readonly fault: readonly (readonly [string, Fault])[];
}

const EXAMPLES = `
Examples:
  simulate                                  a typical site: ${TYPICAL}
  simulate --profile mixed                  a device of every family that is known, 60 in all
  simulate --devices trex:1x12,nvidia       twelve GPUs, light on the machine
  simulate --site site.yaml --log site.log  a site from a file, every reply written down
  simulate --fault antminer-2=half          one of the machines hangs up in the middle of its replies

A site file:
  seed: 7
  devices:
    - { driver: antminer, hashrate: 104 TH/s, power: 3250 W, difficulty: 65536, age: 2h }
    - { driver: antminer, brokenJson: true, outagesPerDay: 24, outage: 90s }
    - driver: trex
      warmUp: 15s
      gpus: [{ pciBus: 10, model: RTX 3080 }, { pciBus: 33, hashrate: 61 MH/s, power: 122 W }]
      events: [{ at: 60s, kind: restart }, { at: 5m, kind: silent, for: 30s }]
    - driver: nvidia

Recorded replies (--replay DIR): each folder that holds .reply, .json or .txt files is a device with an address of its own,
which speaks the cgminer API and HTTP on each of its ports. The name of a file is the question:
  DIR/s19/stats.reply            answers {"command":"stats"}, and GET /stats
  DIR/s19/rpc_pools.json         answers {"command":"pools"}
  DIR/gamma/api_system_info.json answers GET /api/system/info; so would system_info.json and info.reply
  DIR/cpu/2_summary.json         answers GET /2/summary
  DIR/s19/requests.json          says it outright: {"a.json":{"request":"{\\"command\\":\\"devs\\"}"},"b.json":{"request":"/stat"}}
Bytes are served as they are; the cgminer API ends them in a NUL. expected*.json, origin.json and SOURCE.txt are not replies.
`;

function program(): Command {
  return new Command("simulate")
    .description("SIMULATED mining machines that speak their real protocols on loopback addresses")
    .option("--site <file>", "devices from a YAML file")
    .option("--devices <list>", "devices from a list such as antminer:2,trex:1x4,nvidia")
    .option("--profile <name>", `a site by its name: ${PROFILE_NAMES.join(", ")}`)
    .option("--seed <text>", "another life for every machine")
    .option("--base-address <address>", "devices take the addresses after it", "127.0.10.0")
    .option("--ports <which>", "standard, or any that are free", ports, "standard")
    .option("--folder <dir>", "where the files of sensors go (a temporary folder)")
    .option("--log <file>", "every reply as a line of JSON; 64 MiB, then it goes on in a new file")
    .option("--settings-out <file>", "write the devices: part of an agent's settings")
    .option("--replay <dir>", "serve a folder of recorded replies instead")
    .option("--fault <name=kind>", `one of ${FAULTS.join(", ")}; may be repeated`, fault, [])
    .option("--json", "say what runs where as JSON")
    .addHelpText("after", EXAMPLES)
    .exitOverride();
}

function ports(which: string): Flags["ports"] {
  if (which === "standard" || which === "any") return which;
  throw new CommanderError(1, "ports", `--ports is standard or any, not ${which}`);
}

function fault(text: string, before: Flags["fault"]): Flags["fault"] {
  const [name, kind] = text.split("=");
  const known = faultOf(kind ?? "");
  if (name && known) return [...before, [name, known]];
  throw new CommanderError(1, "fault", `--fault ${text}: say name=kind, with ${FAULTS.join(", ")}`);
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const complain = (line: string): boolean => process.stderr.write(`${line}\n`);

function siteOf({ site, devices, profile }: Flags): SiteSpec {
  if ([site, devices, profile].filter((word) => word !== undefined).length > 1)
    throw new Error("say one of --site, --devices and --profile");
  if (site !== undefined) return siteFromFile(site);
  return { devices: profile === undefined ? devicesFrom(devices) : devicesOf(profile) };
}

async function simulate(flags: Flags): Promise<Site> {
  const site = siteOf(flags);
  const started = await startSite({
    site,
    baseAddress: flags.baseAddress,
    ports: flags.ports,
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.folder === undefined ? {} : { folder: flags.folder }),
    ...(flags.log === undefined ? {} : { logFile: flags.log }),
    onTrouble: (error) => complain(`simulate: ${error.message}`),
  });
  try {
    for (const [name, kind] of flags.fault) await started.setFault(name, kind);
    const devices = agentDevices(started);
    if (flags.settingsOut) await writeFile(flags.settingsOut, settingsFragment(devices));
    say(flags.json ? JSON.stringify({ simulated: true, devices }) : introduce(started, flags));
  } catch (error) {
    await started.stop();
    throw error;
  }
  return started;
}

function introduce(site: Site, flags: Flags): string {
  const devices = site.devices.map(({ name, driver, address, program: file, root, machines }) => {
    const where = address ?? file ?? root ?? "";
    const what = machines.length > 1 ? `${machines.length} GPUs` : (machines[0]?.model ?? "");
    const spoilt = flags.fault
      .filter(([device]) => device === name)
      .map(([, kind]) => ` [${kind}]`);
    const moved = isElsewhere(driver, address) ? " (its own port could not be had)" : "";
    return `  ${name.padEnd(18)} ${driver.padEnd(15)} ${where}  ${what}${spoilt.join("")}${moved}`;
  });
  return [
    "SIMULATED mining site: no real machine, no real pool, no real hash.",
    ...devices,
    ...(flags.log ? [`Replies are written to ${flags.log}.`] : []),
    ...(flags.settingsOut ? [`The agent's devices are in ${flags.settingsOut}.`] : []),
    "Ctrl-C stops it.",
  ].join("\n");
}

function isElsewhere(driver: string, address: string | undefined): boolean {
  const usual = speakerOf(driver)?.doors[0].port;
  return usual !== undefined && usual !== 0 && address?.endsWith(`:${usual}`) === false;
}

async function replay(folder: string, flags: Flags): Promise<Replay> {
  if (flags.site ?? flags.devices ?? flags.profile ?? flags.settingsOut ?? flags.fault[0]) {
    throw new Error("--replay goes with --base-address, --ports, --log and --json only");
  }
  const started = await startReplay({
    folder,
    baseAddress: flags.baseAddress,
    ports: flags.ports,
    ...(flags.log === undefined ? {} : { logFile: flags.log }),
  });
  const { devices } = started;
  const lines = devices.map(
    ({ name, addresses, asks }) => `  ${name.padEnd(30)} ${addresses.join(" ")}  ${asks.join(" ")}`,
  );
  const words = ["SIMULATED: recorded replies, being served again.", ...lines, "Ctrl-C stops it."];
  say(flags.json ? JSON.stringify({ simulated: true, devices }) : words.join("\n"));
  return started;
}

async function main(): Promise<void> {
  const flags = program().parse().opts<Flags>();
  const running = flags.replay ? replay(flags.replay, flags) : simulate(flags);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      // Also while it starts: what has been opened by then is shut again.
      running.then((started) => started.stop()).then(() => process.exit(0), fail);
    });
  }
  await running;
}

function fail(error: unknown): never {
  // Help and the like have been printed already.
  if (error instanceof CommanderError && error.code.startsWith("commander."))
    process.exit(error.exitCode);
  complain(`simulate: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

main().catch(fail);
