import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptKeystoreJson, Wallet } from "ethers";
import { stringify } from "yaml";
import { type Parties, readStore } from "./ledger-reader.ts";
import { freePort } from "./mosquitto.ts";
import { Program, runToEnd } from "./program.ts";
import { until } from "./until.ts";

const PASSPHRASE = "not a secret: this key signs nothing but tests";
const CHAIN_ID = 31_337;

/** What an installation is made with. */
export interface InstallationOptions {
  readonly folder: string;
  /** `devices:` part of the agent's settings. */
  readonly devices: string;
  /** Such as `1s`. */
  readonly window?: string;
  /** A broker of somebody else's; left out: the coordinator's own. */
  readonly brokerUrl?: string;
}

/** The part of /api/status that tests look at. */
interface AgentStatus {
  readonly delivery: {
    readonly connected: boolean;
    readonly outbox: number;
    readonly unsigned: number;
    readonly sequence: string | null;
    readonly era: number | null;
  };
  readonly devices: readonly { readonly state: string }[];
  readonly faults: readonly { readonly code: string; readonly stops_work: boolean }[];
}

/** A coordinator and a rig on this machine, each with a state directory, each run as a process of its own. */
export interface Installation {
  readonly parties: Parties;
  readonly folder: string;
  readonly agentSettings: string;
  /** Holds the rig's samples and chain. */
  readonly stateDir: string;
  readonly storeFile: string;
  readonly ledgerFile: string;
  /** Writes settings that differ from the first ones; answers the file. */
  readonly settingsWith: (name: string, over: Readonly<Record<string, unknown>>) => string;
  readonly startCoordinator: () => Promise<Program>;
  readonly startAgent: (settings?: string) => Promise<Agent>;
  /** Ends the agent in order, at a moment when everything that it signed has a receipt. */
  readonly settle: (agent: Agent) => Promise<void>;
  /** Ends everything that this installation started and that still runs. */
  readonly end: () => Promise<void>;
}

/** An agent that runs. */
export interface Agent {
  readonly program: Program;
  readonly status: () => Promise<AgentStatus>;
}

async function isEmptied({ status }: Agent): Promise<boolean> {
  const { delivery } = await status();
  return delivery.era !== null && delivery.outbox === 0 && delivery.sequence !== null;
}

async function statusAt(url: string): Promise<AgentStatus> {
  const response = await fetch(new URL("/api/status", url), { signal: AbortSignal.timeout(5000) });
  return (await response.json()) as AgentStatus;
}

/** A key that opens at once: what takes long to guess takes long to start, and these agents start dozens of times. */
async function makeKey(folder: string): Promise<string> {
  const { address, privateKey } = Wallet.createRandom();
  const scrypt = { N: 1024, r: 8, p: 1 };
  const keystore = await encryptKeystoreJson({ address, privateKey }, PASSPHRASE, { scrypt });
  writeFileSync(join(folder, "key.json"), keystore, { mode: 0o600 });
  writeFileSync(join(folder, "key.passphrase"), `${PASSPHRASE}\n`, { mode: 0o600 });
  return address.toLowerCase();
}

interface Join {
  readonly coordinator: { readonly address: string };
  readonly uplink: Readonly<Record<string, string>>;
}

async function makeCoordinator(options: InstallationOptions, rig: string): Promise<Join> {
  const { folder, brokerUrl, window = "1s" } = options;
  const settings = join(folder, "coordinator.yaml");
  const broker =
    brokerUrl === undefined ? { listen: `127.0.0.1:${await freePort()}` } : { url: brokerUrl };
  const http = { listen: `127.0.0.1:${await freePort()}` };
  const rules = { chain_id: CHAIN_ID, window, epoch: "1m", grace: "10s", simulated: true };
  writeFileSync(settings, stringify({ state: "coordinator", ...rules, broker, http }));
  await succeed("coordinator/main.ts", "init", "--settings", settings);
  const words = ["rig", "add", rig, "--owner", rig, "--settings", settings, "--json"];
  return JSON.parse(await succeed("coordinator/main.ts", ...words)) as Join;
}

async function succeed(file: string, ...words: string[]): Promise<string> {
  const { code, out, err } = await runToEnd(file, ...words);
  if (code !== 0) throw new Error(`${file} ${words[0]} ended with ${code}: ${err}`);
  return out;
}

/** Makes keys, identities and settings of an installation; nothing runs yet. */
export async function prepareInstallation(options: InstallationOptions): Promise<Installation> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const rig = await makeKey(folder);
  const { coordinator, uplink } = await makeCoordinator(options, rig);
  const first = {
    state: "agent",
    simulated: true,
    key: { file: "key.json", passphrase_file: "key.passphrase" },
    coordinator,
    uplink,
    sensors: { nvidia: "off", amdgpu: "off", intel: "off", host: "off" },
    sampling: { interval: "1s", timeout: "500ms" },
    store: { batch: "200ms" },
    status: { listen: "127.0.0.1:0" },
    log: { level: "debug", format: "json" },
  };
  const settingsWith = (name: string, over: Readonly<Record<string, unknown>>): string => {
    const file = join(folder, name);
    const text = `${stringify({ ...first, ...over })}${options.devices}`;
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const agentSettings = settingsWith("agent.yaml", {});
  const started: Program[] = [];
  const start = (file: string, settings: string): Program => {
    const program = new Program(file, ["run", "--settings", settings]);
    started.push(program);
    return program;
  };
  const parties = { rig, coordinator: coordinator.address, chainId: CHAIN_ID };
  const storeFile = join(folder, "agent", "rig.db");
  const startAgent = async (settings = agentSettings): Promise<Agent> => {
    const program = start("agent/main.ts", settings);
    const [, url = ""] = await program.said(/"the agent runs".*"status":"([^"]+)"/);
    return { program, status: () => statusAt(url) };
  };
  return {
    parties,
    folder,
    agentSettings,
    stateDir: join(folder, "agent"),
    storeFile,
    ledgerFile: join(folder, "coordinator", "ledger.db"),
    settingsWith,
    startAgent,
    async startCoordinator() {
      const program = start("coordinator/main.ts", join(folder, "coordinator.yaml"));
      await program.said(/"The coordinator runs"/);
      return program;
    },
    async settle(first) {
      let agent = first;
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await until("an empty outbox", () => isEmptied(agent), 90_000);
        await agent.program.stop();
        if (readStore(storeFile, parties).every((row) => row.receipted)) return;
        // A window was signed between the look and the end: once more.
        agent = await startAgent();
      }
      throw new Error("the outbox was never found empty");
    },
    async end() {
      await Promise.all(started.map((program) => program.kill()));
    },
  };
}

/** A simulated site with one machine, as a process of its own, and the devices that it writes for an agent's settings. */
export async function startMachine(
  folder: string,
  baseAddress: string,
): Promise<{ program: Program; devices: string }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "devices.yaml");
  const program = new Program("scripts/simulate/main.ts", [
    ...["--devices", "axeos:1", "--ports", "any", "--base-address", baseAddress],
    ...["--settings-out", file, "--folder", join(folder, "site")],
  ]);
  await program.said(/Ctrl-C stops it/);
  return { program, devices: readFileSync(file, "utf8") };
}
