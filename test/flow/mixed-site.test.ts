import { join } from "node:path";
// Loaded beforehand: on a cold disk that is slow, and nothing else of this process goes on meanwhile.
import "@grpc/grpc-js";
import Database from "better-sqlite3";
import t, { type Test } from "tap";
import { type Found, scan } from "../../agent/drivers/discovery/scan.ts";
import { parseTarget } from "../../agent/drivers/discovery/targets.ts";
import type { Driver } from "../../agent/drivers/driver.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";
import { DOUBT } from "../../proto/attestation.ts";
import { agentDevices, type Site, startSite } from "../../scripts/simulate/site.ts";
import type { AgentDevice } from "../../scripts/simulate/site-device.ts";
import { devicesOf } from "../../scripts/simulate/site-profiles.ts";
import { type PlainAttestation, saysKnown } from "../support/bundle-shape.ts";
import { systemClock } from "../support/driver-peers.ts";
import { addressOf, buildAgent, newWallet, startCoordinator } from "../support/flow-world.ts";
import { expectedRow, type KnownMachine, takenReplies } from "../support/served-replies.ts";
import { until } from "../support/until.ts";

const INTERVAL_MS = 2500;
const WINDOW = 10;
/** Devices; some of them are several machines. */
const LEAST = 60;
const SENSORS = ["nvidia", "amdgpu"];
/** Doubts about figures that do not go together. */
const OF_WORK = DOUBT.frozen | DOUBT.workDisagrees | DOUBT.boardsDisagree | DOUBT.efficiency;
const hostOf = (address: string | undefined): string => address?.split(":")[0] ?? "";
const portOf = (address: string | undefined): number => Number(address?.split(":")[1]);

/** The device of the site that was found, as the settings would name it. */
function asSettings(site: Site, { address, driver }: Found): AgentDevice {
  const device = site.devices.find((one) => hostOf(one.address) === hostOf(address));
  if (device === undefined) throw new Error(`nothing of the site is at ${address}`);
  return { name: device.name, driver: driver.name, address };
}

/** Families that no row can speak of: those that do not say what they mine, and those whose rate is in no known unit or none. */
const UNSPOKEN = [
  ...["castxmr", "ewbf", "grinpro", "jceminer", "multminer", "optiminer", "xmr-stak"],
  ...["hspminer", "xmrig-proxy"],
];

/**
 * Devices that say nothing before a login of their own kind: no login goes to who is not known yet, so that these are
 * named in the settings.
 */
const LOCKED = [
  ...["bitfury-b8", "ebang"],
  ...["braiins-graphql", "braiins-grpc", "braiins-rest", "dragonmint"],
];

/** A machine with the replies that say what it does. */
interface Attested extends KnownMachine {
  readonly asks: { readonly rate: string; readonly shares?: string };
}

/** The ask of a device whose replies carried a field, of several the one that was put most often. */
function askWith(
  site: Site,
  { name, key }: { name: string; key: string },
  field: "hashrate" | "sharesAccepted",
): string | undefined {
  const entries = site
    .device(name)
    .log.filter((entry) => entry.key === key && entry[field] !== undefined);
  const byAsk = [...Map.groupBy(entries, ({ ask }) => ask)];
  return byAsk.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/** Who stands where, by the agent's own book: place → id. */
function book(database: string): Map<string, string> {
  const db = new Database(database, { readonly: true });
  try {
    const rows = db.prepare("SELECT place, device_id FROM devices").all();
    return new Map(
      (rows as { place: string; device_id: string }[]).map((row) => [row.place, row.device_id]),
    );
  } finally {
    db.close();
  }
}

function placeOf(driver: Driver, source: string, key: string): string {
  if (key !== "") return `local ${key}`;
  return driver.kind === "host" ? "local host" : `source ${source}`;
}

/** Every machine of the site that a row must speak of, with the id that the agent gave it. */
function machinesOf(site: Site, database: string): Attested[] {
  const ids = book(database);
  return site.devices.flatMap(({ name, driver: drivenBy, machines }) => {
    const driver = DRIVERS.find((one) => one.name === drivenBy);
    if (driver === undefined || SENSORS.includes(drivenBy) || UNSPOKEN.includes(drivenBy))
      return [];
    return machines.map(({ key, algorithm, hashesPerDifficulty }) => {
      const shares = askWith(site, { name, key }, "sharesAccepted");
      return {
        ...{ source: name, key, algorithm },
        id: ids.get(placeOf(driver, name, key)) ?? "",
        tellsWork: false,
        hashesPerDifficulty: BigInt(hashesPerDifficulty),
        asks: {
          rate: askWith(site, { name, key }, "hashrate") ?? "",
          ...(shares === undefined ? {} : { shares }),
        },
      };
    });
  });
}

const nameOf = (machines: readonly Attested[], id: string): string =>
  machines.find((machine) => machine.id === id)?.source ?? id;

function checkRow(
  t: Test,
  site: Site,
  database: string,
  machine: Attested,
  { statement }: PlainAttestation,
): void {
  const row = statement.devices.find(
    ({ id, algorithm }) => id === machine.id && algorithm === machine.algorithm,
  );
  const name = `${machine.source} ${machine.key} at ${statement.windowStart}`;
  if (row === undefined) return void t.fail(`${name} is not listed`);
  const [startMs, endMs] = [statement.windowStart, statement.windowEnd].map(
    (seconds) => Number(seconds) * 1000,
  ) as [number, number];
  const taken = takenReplies(site, database, machine, machine.asks);
  const wanted = expectedRow(machine, taken, startMs, endMs, INTERVAL_MS);
  if (wanted.samples === 0 && wanted.observedMs === 0)
    return void t.notOk(saysKnown(row, 0), `${name}: nothing was served, nothing is known`);
  const counter = (bit: number, value: string) => (saysKnown(row, bit) ? BigInt(value) : undefined);
  t.strictSame(
    [counter(3, row.sharesAccepted), counter(4, row.sharesRejected)],
    [wanted.accepted, wanted.rejected],
    `${name}: shares`,
  );
  const rate = Number(row.hashes) / Math.max(1, Number(row.observedMilliseconds));
  const served = wanted.hashes / Math.max(1, wanted.observedMs);
  t.ok(saysKnown(row, 0), `${name}: hashes are known`);
  t.ok(Math.abs(rate / served - 1) <= 0.01, `${name}: ${rate} of ${served} H/ms`);
}

const PATIENCE_MS = 120_000;
t.setTimeout(PATIENCE_MS);

t.test("a site of every family is discovered and attested", { timeout: PATIENCE_MS }, async (t) => {
  const directory = t.testdir();
  const devices = devicesOf("mixed").map((device) =>
    SENSORS.includes(device.driver) ? device : { ...device, age: "10m", warmUp: "0s" },
  );
  const site = await startSite({ site: { seed: 60, devices }, baseAddress: "127.0.62.0" });
  t.after(() => site.stop());
  const reachable = site.devices.filter(({ address }) => address !== undefined);

  const { found, unread } = await scan({
    targets: [parseTarget(`127.0.62.1-${reachable.length}`)],
    clock: systemClock,
    signal: AbortSignal.timeout(60_000),
    // The site runs in this process: it is not to be asked by many at once, nor to be taken for dead when it is slow.
    sockets: 128,
    spec: { tryDefaultLogin: true, timeoutMs: 10_000 },
    ports: reachable.map(({ address }) => portOf(address)),
  });

  await t.test("each device is found once, and known for what it is", async (t) => {
    t.ok(reachable.length >= LEAST, `${reachable.length} devices`);
    t.strictSame(
      found.map((one) => [hostOf(one.address), one.driver.name]).sort(),
      reachable
        .filter(({ driver }) => !LOCKED.includes(driver))
        .map(({ address, driver }) => [hostOf(address), driver])
        .sort(),
    );
    t.strictSame(
      unread.map(({ address, error }) => [hostOf(address), error.code]).sort(),
      reachable
        .filter(({ driver }) => LOCKED.includes(driver))
        .map(({ address }) => [hostOf(address), "driver-auth"])
        .sort(),
    );
  });

  const [rigWallet, owner] = [newWallet(), newWallet()];
  const coordinator = await startCoordinator({
    directory: join(directory, "coordinator"),
    ...{ window: `${WINDOW}s`, epoch: "60s", grace: "10s" },
  });
  t.after(() => coordinator.running.stop());
  const login = await coordinator.addRig(addressOf(rigWallet), addressOf(owner));
  const byHand = agentDevices(site)
    .filter(({ driver }) => [...SENSORS, ...LOCKED].includes(driver))
    // The makers' own login is tried anyway; an empty password is none that could be written down.
    .map(({ username, password, ...device }) =>
      password ? { ...device, username, password } : device,
    );
  const agent = buildAgent({
    directory: join(directory, "agent"),
    ...{ site, coordinator, login, wallet: rigWallet },
    brokerUrl: coordinator.running.brokerUrl,
    ...{ interval: `${INTERVAL_MS}ms`, timeout: "2400ms", host: "off" },
    devices: [...found.map((one) => asSettings(site, one)), ...byHand],
    tryDefaultLogins: true,
  });
  await agent.app.start();
  t.after(() => agent.app.stop());

  // What does not say who it is gets its id at the third reply: the window after that is whole.
  const from = (Math.ceil((Date.now() + 4 * INTERVAL_MS) / 1000 / WINDOW) + 1) * WINDOW;
  const to = from + 2 * WINDOW;
  const attestations = await until(
    "the attestations of two whole windows",
    async () => {
      const path = `/api/rigs/${addressOf(rigWallet)}/attestations?from=${from}&to=${to}`;
      const answer = await coordinator
        .get<{ attestations: readonly PlainAttestation[] }>(path)
        .catch(() => undefined);
      return answer?.attestations.length === 2 && answer.attestations;
    },
    60_000,
  );
  await agent.app.stop();
  const database = join(directory, "agent", "rig.db");
  const machines = machinesOf(site, database);

  await t.test("each row says what was served", async (t) => {
    t.ok(machines.length > LEAST, `${machines.length} machines`);
    for (const attestation of attestations)
      for (const machine of machines) checkRow(t, site, database, machine, attestation);
  });

  await t.test("no device is doubted for what it does", async (t) => {
    for (const { statement } of attestations)
      for (const { id, algorithm, doubts } of statement.devices)
        t.equal(Number(doubts) & OF_WORK, 0, `${nameOf(machines, id)} ${algorithm}`);
  });

  await t.test("nothing went wrong on the way", async (t) => {
    t.strictSame(agent.log.said("error"), []);
    const silent = agent.log.lines.filter(({ message }) => message === "a source does not answer");
    t.strictSame(
      silent.map(({ facts, error }) => [facts["source"], String(error)]),
      [],
    );
    const faults = [...agent.meter.counts.keys()].filter((name) => /errors|refusals/.test(name));
    t.strictSame(faults, []);
  });
});
