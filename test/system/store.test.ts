import { copyFileSync, cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import t from "tap";
import { deliveryFaults, ledgerFaults } from "../support/chain-audit.ts";
import type { Agent } from "../support/installation.ts";
import { countSamples, headSequence, readStore } from "../support/ledger-reader.ts";
import { createMosquitto, NO_MOSQUITTO } from "../support/mosquitto.ts";
import { runToEnd } from "../support/program.ts";
import { install } from "../support/system-site.ts";
import { until } from "../support/until.ts";

const AFTER_LOSS = 8;

t.setTimeout(600_000);

const faultsOf = async (agent: Agent): Promise<string[]> =>
  (await agent.status()).faults.map(({ code }) => code);

t.test("a rig whose store is lost goes on from the coordinator's head by itself", async (t) => {
  const site = await install(t);
  await site.startCoordinator();
  const first = await site.startAgent();
  await site.grow(3);
  await first.program.stop();
  rmSync(site.stateDir, { recursive: true });
  const lostAt = headSequence(site.ledgerFile);
  const second = await site.startAgent();
  await site.grow(3);
  t.strictSame(await faultsOf(second), []);
  await second.program.stop();
  const ledger = site.ledger();
  t.strictSame(ledgerFaults(ledger, site.parties), [], "the ledger is one unbroken chain");
  t.strictSame(
    ledger.rows.filter(({ said }) => (said.flags & AFTER_LOSS) !== 0).map((row) => row.sequence),
    [lostAt + 1],
  );
});

t.test("a rig with an old copy of its store signs nothing until a person says so", async (t) => {
  const site = await install(t);
  const old = join(t.testdirName, "old");
  await site.startCoordinator();
  const first = await site.startAgent();
  await site.grow(3);
  await first.program.stop();
  cpSync(site.stateDir, old, { recursive: true });
  const second = await site.startAgent();
  await site.grow(3);
  await second.program.stop();
  rmSync(site.stateDir, { recursive: true });
  cpSync(old, site.stateDir, { recursive: true });
  const [head, signed] = [headSequence(site.ledgerFile), site.store().length];

  const third = await site.startAgent();
  await until("the fault", async () => (await faultsOf(third)).includes("attest-other-chain"));
  const stops = (await third.status()).faults.find(({ code }) => code === "attest-other-chain");
  t.equal(stops?.stops_work, true);
  const sampled = countSamples(site.storeFile);
  await until("samples to go on", () => countSamples(site.storeFile) >= sampled + 4);
  t.equal(site.store().length, signed, "nothing was signed");
  t.ok((await third.status()).delivery.unsigned > 0, "windows are folded and wait");

  const resume = ["resume", "--take-over", "--settings", site.agentSettings];
  const refused = await runToEnd("agent/main.ts", ...resume);
  t.match(refused, { code: 1, err: /store-locked/ }, "the word is not taken while it runs");
  await third.program.stop();
  t.match(await runToEnd("agent/main.ts", ...resume), { code: 0 });
  const fourth = await site.startAgent();
  await site.grow(3);
  t.strictSame(await faultsOf(fourth), []);
  await fourth.program.stop();
  const ledger = site.ledger();
  t.strictSame(ledgerFaults(ledger, site.parties, true), [], "the ledger is one unbroken chain");
  t.strictSame(
    ledger.rows.filter(({ said }) => (said.flags & AFTER_LOSS) !== 0).map((row) => row.sequence),
    [head + 1],
  );
});

t.test(
  "of two clones with one key at most one goes on, and no place is signed twice",
  async (t) => {
    const site = await install(t);
    const clone = { state: "clone" };
    const cloneFile = join(site.folder, "clone", "rig.db");
    await site.startCoordinator();
    const first = await site.startAgent();
    await site.grow(3);
    await first.program.stop();
    cpSync(site.stateDir, join(site.folder, "clone"), { recursive: true });
    const common = site.store().length;

    const twins = await Promise.all([
      site.startAgent(),
      site.startAgent(site.settingsWith("clone.yaml", clone)),
    ]);
    const halted = async (): Promise<boolean[]> =>
      await Promise.all(
        twins.map(async (twin) => (await faultsOf(twin)).includes("attest-other-chain")),
      );
    await until("one of them to halt", async () => (await halted()).includes(true), 60_000);
    await site.grow(5, 120_000);
    t.equal((await halted()).filter(Boolean).length, 1, "the other one goes on");
    await Promise.all(twins.map((twin) => twin.program.stop()));

    const ledger = site.ledger();
    // What the other one signed before it heard of it is refused; the ledger is one chain all the same.
    t.strictSame(
      ledgerFaults(ledger, site.parties).filter(
        (fault) => !/was refused \(superseded\)/.test(fault),
      ),
      [],
    );
    const stores = [site.storeFile, cloneFile].map((file) =>
      readStore(file, site.parties).slice(common),
    );
    const [eras, others] = stores.map((rows) => new Set(rows.map(({ era }) => era)));
    t.strictSame(
      [...(eras ?? [])].filter((era) => others?.has(era)),
      [],
      "no era was signed in by both",
    );
  },
);

t.test("a second agent on one state directory ends and says why", async (t) => {
  const site = await install(t);
  const first = await site.startAgent();
  const second = await runToEnd("agent/main.ts", "run", "--settings", site.agentSettings);
  t.match(second, { code: 1, err: /another agent is running on .*\(store-locked\)/ });
  t.ok(first.program.running, "the first one goes on");
  t.equal((await first.status()).faults[0]?.code, "transport-unreachable");
});

/** Puts an older copy of the ledger in the place of the present one, as a restored backup would. */
function restore(ledgerFile: string, backup: string): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(`${ledgerFile}${suffix}`, { force: true });
  copyFileSync(backup, ledgerFile);
}

async function keepBackup(ledgerFile: string, backup: string): Promise<void> {
  const db = new Database(ledgerFile, { readonly: true });
  await db.backup(backup);
  db.close();
}

t.test("what a restored coordinator lost is sent again, of eras that it lost too", async (t) => {
  const site = await install(t);
  const backup = join(site.folder, "backup.db");
  const coordinator = await site.startCoordinator();
  const first = await site.startAgent();
  await site.grow(3);
  await keepBackup(site.ledgerFile, backup);
  await site.grow(2);
  await first.program.stop();
  const second = await site.startAgent();
  await site.grow(3);
  const before = site.ledger().rows.map(({ digest }) => digest);
  await coordinator.kill();
  restore(site.ledgerFile, backup);
  t.ok(headSequence(site.ledgerFile) < before.length - 1, "the ledger is an older one");
  await site.startCoordinator();
  await until("what was lost", () => headSequence(site.ledgerFile) >= before.length + 2, 60_000);
  await site.settle(second);
  const ledger = site.ledger();
  t.strictSame(ledgerFaults(ledger, site.parties), [], "the ledger is one unbroken chain");
  t.strictSame(
    ledger.rows.slice(0, before.length).map(({ digest }) => digest),
    before,
  );
  t.strictSame(
    deliveryFaults(site.store(), ledger, site.parties),
    [],
    "and the rig has the same, receipted",
  );
});

t.test(
  "a coordinator restored behind a broker of somebody else's gets what it lost at the next hello",
  { skip: NO_MOSQUITTO },
  async (t) => {
    const folder = t.testdir();
    const broker = await createMosquitto(folder);
    t.after(() => broker.kill());
    await broker.start();
    const site = await install(t, { folder: join(folder, "rig"), brokerUrl: broker.url });
    const backup = join(site.folder, "backup.db");
    const coordinator = await site.startCoordinator();
    const agent = await site.startAgent();
    await site.grow(3);
    await keepBackup(site.ledgerFile, backup);
    await site.grow(4);
    const before = site.ledger().rows.map(({ digest }) => digest);
    await coordinator.kill();
    restore(site.ledgerFile, backup);
    await site.startCoordinator();
    // Nothing tells the rig of it but its next hello; a connection that breaks brings one.
    await broker.kill();
    await broker.start();
    await until("what was lost", () => site.ledger().rows.length > before.length, 60_000);
    await site.settle(agent);
    const ledger = site.ledger();
    t.strictSame(ledgerFaults(ledger, site.parties), [], "the ledger is one unbroken chain");
    t.strictSame(
      ledger.rows.slice(0, before.length).map(({ digest }) => digest),
      before,
    );
    t.strictSame(
      deliveryFaults(site.store(), ledger, site.parties),
      [],
      "and the rig has the same, receipted",
    );
  },
);
