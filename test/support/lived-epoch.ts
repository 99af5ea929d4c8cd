import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Test } from "tap";
import { startSite } from "../../scripts/simulate/site.ts";
import type { SiteSpec } from "../../scripts/simulate/specs.ts";
import type { PlainBundle } from "./bundle-shape.ts";
import type { Given } from "./expected-record.ts";
import { addressOf, buildAgent, COLLECTION, newWallet, startCoordinator } from "./flow-world.ts";
import { knownMachines, takenReplies } from "./served-replies.ts";
import { until } from "./until.ts";

/** Between two asks of a device. */
export const INTERVAL_MS = 2000;
/** Seconds. */
export const WINDOW = 10;
/** Seconds. */
export const EPOCH = 60;
/** Token ids on purpose not in the order of their allocations: the lowest one has the remainders. */
export const THIRD = 7n;
export const TWO_THIRDS = 3n;
export const ONE_DEVICE = 11n;
export const ONE_ALGORITHM = 12n;

const SITE: SiteSpec = {
  seed: 20,
  devices: [
    { driver: "antminer", age: "10m", warmUp: "0s" },
    { driver: "antminer", age: "10m", warmUp: "0s", brokenJson: true },
    { driver: "axeos", age: "10m", warmUp: "0s", difficulty: 100, rejected: 0.1 },
    { driver: "trex", age: "10m", warmUp: "0s", gpus: 4 },
    { driver: "nvidia" },
    { driver: "lolminer", age: "10m", warmUp: "0s", gpus: 2 },
    { driver: "amdgpu" },
    { driver: "xmrig", age: "10m", warmUp: "0s", difficulty: 20_000 },
  ],
};

const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const untilInstant = (what: string, seconds: number): Promise<true> =>
  until(what, () => (Date.now() >= seconds * 1000 ? true : undefined), 160_000);
/** Where a token's public record is. */
export const tokenPath = (tokenId: bigint): string => `/nft/31337/${COLLECTION}/${tokenId}`;

/** The id of this machine, or one that is put where an agent looks for it on a machine that has none. */
function machineIdFor(agentDirectory: string): string {
  const system = ["/etc/machine-id", "/var/lib/dbus/machine-id"]
    .map((file) => (existsSync(file) ? readFileSync(file, "utf8").trim() : ""))
    .find((id) => /^[0-9a-f]{32}$/.test(id));
  if (system !== undefined) return system;
  const made = "ab".repeat(16);
  mkdirSync(agentDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(join(agentDirectory, "machine-id"), made, { mode: 0o600 });
  return made;
}

/**
 * Runs a simulated site, an agent and a coordinator in this process through one whole epoch, with a part of the one before
 * and a window after it, and answers what that left behind. The agent is stopped by then; the others still answer.
 */
export async function liveThroughAnEpoch(test: Test) {
  const directory = test.testdir();
  const [rigWallet, owner] = [newWallet(), newWallet()];
  const rig = addressOf(rigWallet);
  const site = await startSite({ site: SITE, ports: "any", baseAddress: "127.0.60.0" });
  test.after(() => site.stop());
  const coordinator = await startCoordinator({
    directory: join(directory, "coordinator"),
    window: `${WINDOW}s`,
    epoch: `${EPOCH}s`,
    grace: "10s",
  });
  test.after(() => coordinator.running.stop());
  const agentDirectory = join(directory, "agent");
  const machines = await knownMachines(site, coordinator.salt, machineIdFor(agentDirectory));
  const login = await coordinator.addRig(rig, addressOf(owner));
  const agent = buildAgent({
    directory: agentDirectory,
    ...{ site, coordinator, login, wallet: rigWallet },
    brokerUrl: coordinator.running.brokerUrl,
    interval: `${INTERVAL_MS}ms`,
    timeout: "1500ms",
  });
  await agent.app.start();
  test.after(() => agent.app.stop());

  const epochStart = BigInt(Math.ceil((nowSeconds() + 15) / EPOCH) * EPOCH);
  // In the epoch before, and in no earlier one.
  const nextWindow = Math.ceil(nowSeconds() / WINDOW) * WINDOW;
  const from = BigInt(Math.max(nextWindow, Number(epochStart) - EPOCH));
  const epochEnd = epochStart + BigInt(EPOCH);
  const part = (over: Partial<Given>): Given => ({
    ...{ device: "", algorithm: "", fromTime: from, toTime: epochStart, promisedHashrate: 0n },
    ...{ tokenId: 0n, numerator: 1n, denominator: 2n, ...over },
  });
  const antminer = machines.find(({ source }) => source === "antminer-1")?.id ?? "";
  const later = epochEnd + 3600n;
  const allocations = [
    part({ tokenId: THIRD, denominator: 3n, toTime: later, promisedHashrate: 70_000_000n }),
    part({
      ...{ tokenId: TWO_THIRDS, numerator: 2n, denominator: 3n },
      ...{ fromTime: epochStart, toTime: later, promisedHashrate: 999_999_999_999n },
    }),
    part({ tokenId: ONE_DEVICE, device: antminer, promisedHashrate: 55_000_000_000_000n }),
    part({
      ...{ tokenId: ONE_ALGORITHM, algorithm: "etchash", promisedHashrate: 1n },
      // The device of the line above might mine this one day: a third, a half and this are the whole.
      denominator: 6n,
    }),
  ];
  for (const given of allocations) {
    const answer = await coordinator.allocate(owner, { rig, collection: COLLECTION, ...given });
    if (!answer.accepted) throw new Error(answer.why);
  }

  // Late enough that the sample across the end of the epoch is taken.
  await untilInstant("the end of the epoch", Number(epochEnd) + 3);
  // A device starts anew in the window after the epoch: its counters begin at 0, and it is away for a while.
  await site.restart("axeos-1", 3000);
  const attestationsIn = async (start: bigint, end: bigint): Promise<PlainBundle> =>
    coordinator.get(`/api/rigs/${rig}/attestations?from=${start}&to=${end}`);
  const lastWindow = epochEnd + BigInt(WINDOW);
  await untilInstant("the end of the window after it", Number(lastWindow));
  const all = await until(
    "the attestation of the window after the epoch",
    async () => {
      const bundle = await attestationsIn(from - BigInt(EPOCH), lastWindow);
      const newest = BigInt(bundle.attestations.at(-1)?.statement.windowEnd ?? 0);
      return newest === lastWindow && bundle;
    },
    20_000,
  );
  await agent.app.stop();
  const database = join(agentDirectory, "rig.db");
  const taken = new Map(
    machines.map((machine) => [machine.id, takenReplies(site, database, machine)]),
  );
  const epochBundle = (tokenId: bigint, start: bigint): Promise<PlainBundle> =>
    coordinator.get(`${tokenPath(tokenId)}/epochs/${start}`);
  await until(
    "the record",
    () => epochBundle(THIRD, epochStart).catch(() => undefined),
    20_000,
  ).catch((cause: unknown) => {
    throw new Error(`the coordinator said ${inspect(coordinator.log.lines)}`, { cause });
  });
  return {
    ...{ site, coordinator, agent, machines, taken, allocations, epochBundle },
    ...{ rig, owner: addressOf(owner), epochStart, epochEnd, all },
  };
}

/** What `liveThroughAnEpoch` leaves behind. */
export type Life = Awaited<ReturnType<typeof liveThroughAnEpoch>>;
