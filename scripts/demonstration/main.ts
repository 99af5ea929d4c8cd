import { spawn } from "node:child_process";
import { join } from "node:path";
import { Command } from "commander";
import { freePort, ROOT, Running, until } from "./processes.ts";
import {
  allocate,
  CHAIN_ID,
  COLLECTION,
  type Places,
  type Ports,
  placesIn,
  prepareState,
  TOKENS,
} from "./state.ts";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const LOOPBACK = "http://127.0.0.1";
/** What each part gets to stop by itself: three in a row stay under the five seconds that a person waits. */
const PATIENCE_MS = 1500;

/** Stands for Ctrl-C and SIGTERM; a second one does not wait. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => (stop.signal.aborted ? process.exit(130) : stop.abort()));
  }
  return stop.signal;
}

async function json(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

/** The agent on real devices: just that, in the foreground. */
function runAgent(settings: string): void {
  const child = spawn(
    process.execPath,
    [join(ROOT, "agent/main.ts"), "run", "--settings", settings],
    { stdio: "inherit" },
  );
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => child.kill(name));
  child.once("exit", (code) => process.exit(code ?? 1));
}

async function choosePorts(): Promise<Ports> {
  const wanted = { broker: 1883, http: 9696, status: 9595 };
  const ports = {
    broker: await freePort(wanted.broker),
    http: await freePort(wanted.http),
    status: await freePort(wanted.status),
  };
  for (const name of ["broker", "http", "status"] as const) {
    if (ports[name] !== wanted[name])
      say(`Port ${wanted[name]} is taken: ${name} is on ${ports[name]} instead.`);
  }
  return ports;
}

/** Starts one part and waits until it answers; throws with where its log is when it does not. */
async function startPart(
  part: Running,
  ready: () => Promise<boolean>,
  logFile: string,
  signal: AbortSignal,
): Promise<void> {
  const up = await until(async () => !part.running || (await ready()), 20_000, signal);
  if (!signal.aborted && (!up || !part.running))
    throw new Error(`the ${part.name} did not start; its words are in ${logFile}`);
}

interface Parts {
  readonly ports: Ports;
  readonly places: Places;
  readonly started: Running[];
  readonly signal: AbortSignal;
}

async function startAll({ ports, places, started, signal }: Parts): Promise<void> {
  const log = (name: string): string => join(places.directory, `${name}.log`);
  const begin = (name: string, file: string, words: readonly string[]): Running => {
    const part = new Running(name, file, words, log(name));
    started.push(part);
    return part;
  };
  const simulator = begin("simulator", "scripts/simulate/main.ts", [
    ...["--settings-out", places.devices, "--folder", join(places.directory, "site")],
  ]);
  const { stat, rm } = await import("node:fs/promises");
  await rm(places.devices, { force: true });
  await startPart(
    simulator,
    async () => (await stat(places.devices)).size > 0,
    log("simulator"),
    signal,
  );
  if (signal.aborted) return;
  const { rig, coordinator } = prepareState(places, ports);
  const serving = begin("coordinator", "coordinator/main.ts", [
    "run",
    "--settings",
    places.coordinatorSettings,
  ]);
  await startPart(
    serving,
    async () => (await fetch(`${LOOPBACK}:${ports.http}/healthz`)).ok,
    log("coordinator"),
    signal,
  );
  if (signal.aborted) return;
  allocate(places, rig);
  const agent = begin("agent", "agent/main.ts", ["run", "--settings", places.agentSettings]);
  await startPart(
    agent,
    async () => (await fetch(`${LOOPBACK}:${ports.status}/healthz`)).ok,
    log("agent"),
    signal,
  );
  if (signal.aborted) return;
  say("");
  say("SIMULATED mining site: no real machine, no real hash; everything else is real.");
  say(`  simulator    miners on 127.0.10.x that speak their own protocols`);
  say(`  agent        rig ${rig}`);
  say(`               status ${LOOPBACK}:${ports.status}/`);
  say(`  coordinator  ${coordinator}`);
  say(`               pages ${LOOPBACK}:${ports.http}/   broker mqtt://127.0.0.1:${ports.broker}`);
  say(`  state, logs  ${places.directory}`);
  say(
    "Windows of 10 s, epochs of a minute. The first record comes after about a minute; Ctrl-C stops everything.",
  );
}

/** Says a line for each epoch that is closed with something in it, until told to stop. */
async function watch({ ports, started, signal }: Parts): Promise<void> {
  let newest = "";
  while (!signal.aborted && started.every((part) => part.running)) {
    await until(async () => started.some((part) => !part.running), 2000, signal);
    for (const { id, fraction } of TOKENS) {
      const token = `${LOOPBACK}:${ports.http}/nft/${CHAIN_ID}/${COLLECTION}/${id}`;
      const found = await newestRecords(`${token}/epochs`).catch(() => undefined);
      if (found === undefined) continue;
      if (id === TOKENS[0].id) {
        if (found.epoch === newest) break;
        newest = found.epoch;
        say(`\nEpoch ${new Date(Number(found.epoch) * 1000).toISOString()} (SIMULATED)`);
      }
      say(`  token ${id} (${fraction} of the rig) delivered ${found.delivered}`);
      say(`    ${token.replace("/nft/", "/tokens/")}`);
    }
  }
  const gone = started.find((part) => !part.running);
  if (!signal.aborted && gone !== undefined)
    say(`The ${gone.name} ended by itself; its words are in its log.`);
}

interface EpochView {
  readonly epochStart: string;
  readonly records: readonly {
    readonly record: { readonly algorithm: string; readonly hashes: string };
  }[];
}

/** What a token's newest epoch with anything in it delivered. */
async function newestRecords(
  url: string,
): Promise<{ epoch: string; delivered: string } | undefined> {
  const { epochs = [] } = (await json(url)) as { epochs?: EpochView[] };
  for (const { epochStart, records } of epochs) {
    const some = records.map(({ record }) => record).filter(({ hashes }) => hashes !== "0");
    if (some.length === 0) continue;
    const words = some.map(
      ({ algorithm, hashes }) => `${scaled(hashes)} of ${algorithm || "unknown"}`,
    );
    return { epoch: epochStart, delivered: words.join(", ") };
  }
  return undefined;
}

/** Hashes with a prefix that a person can read: 4 digits are enough for a line on a terminal. */
function scaled(hashes: string): string {
  const prefixes = ["", "k", "M", "G", "T", "P", "E", "Z"];
  const step = Math.min(prefixes.length - 1, Math.floor((hashes.length - 1) / 3));
  return `${(Number(hashes) / 1000 ** step).toPrecision(4)} ${prefixes[step]}H`;
}

async function demonstrate(directory: string): Promise<void> {
  const parts: Parts = {
    ports: await choosePorts(),
    places: placesIn(directory),
    started: [],
    signal: stopSignal(),
  };
  const { mkdirSync } = await import("node:fs");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let began = false;
  try {
    await startAll(parts);
    began = !parts.signal.aborted;
    await watch(parts);
  } finally {
    // In order of flow: the agent first, so that its last words still find a broker.
    for (const part of parts.started.toReversed()) await part.stop(PATIENCE_MS);
    say(began ? "Stopped. A second start goes on with the same chain." : "Stopped.");
  }
}

await new Command("start")
  .description("run coordinator, simulated site and agent together; or the agent on real devices")
  .option("--settings <file>", "run just the agent, with these settings")
  .option("--directory <dir>", "where the demonstration keeps its state", join(ROOT, ".rig"))
  .addHelpText(
    "after",
    "\nExamples:\n  ./scripts/start\n  ./scripts/start --settings /etc/rig-agent/agent.yaml",
  )
  .action(async ({ settings, directory }: { settings?: string; directory: string }) => {
    try {
      if (settings !== undefined) runAgent(settings);
      else await demonstrate(directory);
    } catch (error) {
      process.stderr.write(`start: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  })
  .parseAsync();
