import { existsSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import { type HDNodeWallet, Wallet } from "ethers";
import { stringify } from "yaml";
import { App } from "../../agent/app.ts";
import { signerFor } from "../../agent/attest/signer.ts";
import { readBootId, SystemClock } from "../../agent/platform/clock.ts";
import { readSettings } from "../../agent/settings/load.ts";
import { type Coordinator, openCoordinator } from "../../coordinator/app.ts";
import { makeIdentity, openIdentity } from "../../coordinator/fleet/identity.ts";
import { hashPassword } from "../../coordinator/fleet/login.ts";
import { addRig } from "../../coordinator/fleet/rigs.ts";
import { LEDGER_FILE, type Ledger, openLedger } from "../../coordinator/ledger/open.ts";
import type { Clock } from "../../coordinator/ports.ts";
import { type AllocationAnswer, addAllocation } from "../../coordinator/record/allocations.ts";
import { parseSettings } from "../../coordinator/settings.ts";
import { signerOf } from "../../coordinator/verify/signature.ts";
import { fromHex, type Hex } from "../../proto/hex.ts";
import type { Allocation } from "../../proto/messages.ts";
import { sealFor } from "../../proto/typed-data.ts";
import { agentDevices, type Site } from "../../scripts/simulate/site.ts";
import type { AgentDevice } from "../../scripts/simulate/site-device.ts";
import { FakeLog, FakeMeter } from "./fakes.ts";
import { createKeptLog } from "./quiet-log.ts";
import { CHAIN_ID } from "./rig-side.ts";
import { signedByEthers } from "./typed-by-ethers.ts";

type AnyWallet = Wallet | HDNodeWallet;

export const COLLECTION: Hex = `0x${"c0de".repeat(10)}`;
export const addressOf = (wallet: AnyWallet): Hex => wallet.address.toLowerCase() as Hex;
const wallSeconds: Clock = () => Math.floor(Date.now() / 1000);

export interface CoordinatorOptions {
  readonly directory: string;
  readonly window: string;
  readonly epoch: string;
  readonly grace: string;
  /** A broker of somebody else's; the embedded one when left out. */
  readonly brokerUrl?: string;
  readonly clock?: Clock;
}

/** A coordinator that runs in this process over a state directory, with what its commands do beside it. */
export interface CoordinatorSide {
  readonly running: Coordinator;
  readonly address: Hex;
  readonly salt: Hex;
  readonly log: ReturnType<typeof createKeptLog>;
  /** Makes a rig known and gives its broker login. */
  addRig(rig: Hex, owner: Hex): Promise<{ readonly username: Hex; readonly password: string }>;
  /** What `nft allocate` does, signed by ethers. */
  allocate(owner: AnyWallet, wanted: Omit<Allocation, "owner">): Promise<AllocationAnswer>;
  /** GETs JSON. Throws where there is none. */
  get<T>(path: string): Promise<T>;
  /** Reads in the ledger. */
  inLedger<R>(use: (db: Ledger) => R): R;
}

/** Starts a coordinator, over what is in its directory where it ran before. */
export async function startCoordinator(options: CoordinatorOptions): Promise<CoordinatorSide> {
  const { directory, window, epoch, grace, brokerUrl, clock = wallSeconds } = options;
  const text = stringify({
    state: directory,
    chain_id: Number(CHAIN_ID),
    ...{ window, epoch, grace },
    simulated: true,
    broker: brokerUrl === undefined ? { listen: "127.0.0.1:0" } : { url: brokerUrl },
    http: { listen: "127.0.0.1:0" },
  });
  const settings = parseSettings(text, "coordinator.yaml");
  if (!existsSync(join(directory, "identity.json"))) makeIdentity(directory);
  const { signer, salt } = openIdentity(directory);
  const log = createKeptLog();
  // Where a test sets the clock, the steady one goes along and passes besides: what it sets is no step.
  const steady = options.clock && (() => clock() + uptime());
  const running = openCoordinator(settings, log, clock, steady);
  await running.start();
  const inLedger = <R>(use: (db: Ledger) => R): R => {
    const db = openLedger(join(directory, LEDGER_FILE));
    try {
      return use(db);
    } finally {
      db.close();
    }
  };
  return {
    running,
    address: signer.address,
    salt,
    log,
    inLedger,
    async addRig(rig, owner) {
      const password = `login of ${rig}`;
      const loginHash = await hashPassword(password);
      inLedger((db) => addRig(db, { rig, owner, name: "flow", loginHash, addedAt: clock() }));
      return { username: rig, password };
    },
    async allocate(owner, wanted) {
      const message = { owner: addressOf(owner), ...wanted };
      const signature = await signedByEthers(owner, "Allocation", message);
      const desk = { rules: settings, seal: sealFor(CHAIN_ID), signerOf, now: clock() };
      return inLedger((db) => addAllocation({ db, ...desk }, { message, signature }));
    },
    async get(path) {
      // A connection that is kept may be closed by the server just as it is used again.
      const headers = { connection: "close" };
      const response = await fetch(`${running.httpUrl}${path}`, { headers });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.json() as never;
    },
  };
}

export interface AgentOptions {
  readonly directory: string;
  readonly site: Site;
  readonly coordinator: Pick<CoordinatorSide, "address" | "salt">;
  readonly brokerUrl: string;
  readonly login?: { readonly username: string; readonly password: string };
  readonly wallet: AnyWallet;
  /** Between two asks of a device, and how long it may take to answer. */
  readonly interval: string;
  readonly timeout: string;
  readonly host?: "on" | "off";
  /** What it is told to read; every device of the site when left out. */
  readonly devices?: readonly AgentDevice[];
  readonly tryDefaultLogins?: boolean;
}

/** An agent that is built as `rig-agent run` builds it, with a log and a meter that keep what they are told. */
export interface AgentSide {
  readonly app: App;
  readonly log: FakeLog;
  readonly meter: FakeMeter;
}

/** Builds an agent for a simulated site. */
export function buildAgent(options: AgentOptions): AgentSide {
  const { directory, site, coordinator, brokerUrl, login, wallet, interval, timeout } = options;
  const text = stringify({
    state: directory,
    simulated: true,
    key: { file: join(directory, "key.json") },
    coordinator: {
      address: coordinator.address,
      chain_id: Number(CHAIN_ID),
      salt: coordinator.salt,
    },
    uplink: { url: brokerUrl, ...login },
    sensors: { nvidia: "off", amdgpu: "off", intel: "off", host: options.host ?? "on" },
    sampling: { interval, timeout },
    store: { batch: "500ms" },
    status: { listen: "127.0.0.1:0" },
    devices: options.devices ?? agentDevices(site),
    try_default_logins: options.tryDefaultLogins ?? false,
  });
  const signer = signerFor(fromHex(wallet.privateKey, 32));
  if (signer === undefined) throw new Error("the wallet holds no key");
  const log = new FakeLog();
  const meter = new FakeMeter();
  const app = new App({
    settings: readSettings(text, join(directory, "agent.yaml")),
    signer,
    clock: new SystemClock(readBootId()),
    log,
    meter,
    version: "0.0.0-flow",
    random: Math.random,
  });
  return { app, log, meter };
}

/** A key of its own for each role. */
export const newWallet = (): AnyWallet => Wallet.createRandom();
