import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import t from "tap";
import { deliveryFaults, ledgerFaults } from "../support/chain-audit.ts";
import { prepareInstallation, startMachine } from "../support/installation.ts";
import { headSequence, readLedger, readStore } from "../support/ledger-reader.ts";
import { createMosquitto, NO_MOSQUITTO } from "../support/mosquitto.ts";
import type { Program } from "../support/program.ts";
import { Random } from "../support/random.ts";
import { until } from "../support/until.ts";

const SEED = Number(process.env["RIG_TEST_SEED"] ?? 20_260_212);
const KILLS = 20;
/** After these the coordinator is killed, too. */
const COORDINATOR_TOO = new Set([4, 9, 14]);
const MOST_LIFE_MS = 3500;
const MOST_DOWNTIME_MS = 900;

t.setTimeout(400_000);

/** Changes a byte of what was signed in one place and takes another place out. */
function spoil(ledgerFile: string): void {
  const db = new Database(ledgerFile);
  const body = db
    .prepare<[], Buffer>("SELECT body FROM attestations WHERE sequence = 3")
    .pluck()
    .get() as Buffer;
  body[body.length - 1] = (body.at(-1) ?? 0) === 27 ? 28 : 27;
  db.prepare("UPDATE attestations SET body = ? WHERE sequence = 3").run(body);
  db.exec("DELETE FROM attestations WHERE sequence = 5");
  db.close();
}

t.test(
  "agent, broker and coordinator are killed at any instant: every sequence arrives once, in order",
  { skip: NO_MOSQUITTO },
  async (t) => {
    const folder = t.testdir();
    const random = new Random(SEED);
    t.comment(`seed ${SEED}`);
    const broker = await createMosquitto(folder);
    t.after(() => broker.kill());
    await broker.start();
    const machine = await startMachine(folder, "127.0.90.0");
    t.after(() => machine.program.kill());
    const installation = await prepareInstallation({
      folder: join(folder, "rig"),
      devices: machine.devices,
      brokerUrl: broker.url,
    });
    t.after(() => installation.end());
    const { ledgerFile } = installation;
    const { parties } = installation;

    let coordinator: Program = await installation.startCoordinator();
    let agent = await installation.startAgent();
    await until("the first attestations", () => headSequence(ledgerFile) >= 2, 30_000);

    const beganAtMs = performance.now();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const head = headSequence(ledgerFile);
      // Every other time something must have arrived first, or kills would only ever strike at starts.
      if (kill % 4 < 2)
        await until("an attestation more", () => headSequence(ledgerFile) > head, 60_000);
      await pause(random.below(MOST_LIFE_MS));
      const downMs = random.below(MOST_DOWNTIME_MS);
      if (kill % 2 === 0) {
        await agent.program.kill();
        await pause(downMs);
        agent = await installation.startAgent();
      } else {
        await broker.kill();
        await pause(downMs);
        await broker.start();
      }
      if (COORDINATOR_TOO.has(kill)) {
        await pause(random.below(MOST_LIFE_MS));
        await coordinator.kill();
        await pause(random.below(MOST_DOWNTIME_MS));
        coordinator = await installation.startCoordinator();
      }
    }
    t.comment(`${KILLS} kills took ${Math.round((performance.now() - beganAtMs) / 1000)} s`);
    await installation.settle(agent);
    await coordinator.stop();

    const ledger = readLedger(ledgerFile, parties);
    const store = readStore(installation.storeFile, parties);
    const eras = new Set(ledger.rows.map(({ era }) => era)).size;
    t.comment(`${ledger.rows.length} attestations in ${eras} eras`);
    t.strictSame(ledgerFaults(ledger, parties), [], "the ledger is one unbroken chain");
    t.strictSame(deliveryFaults(store, ledger, parties), [], "and the rig has the same, receipted");
    t.ok(ledger.rows.length > KILLS, "the chain grew between the kills");
    t.ok(eras > KILLS / 4, "and went through many eras");

    // A reader that finds no fault in anything would find none above either.
    const spoilt = join(folder, "spoilt.db");
    copyFileSync(ledgerFile, spoilt);
    spoil(spoilt);
    t.match(
      ledgerFaults(readLedger(spoilt, parties), parties).join("\n"),
      /sequence 3\): it is signed by 0x[\s\S]*sequence 5 was expected/,
    );
  },
);
