import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import Database from "better-sqlite3";
import t from "tap";
import { stringify } from "yaml";
import { deliveryFaults, ledgerFaults } from "../support/chain-audit.ts";
import { countSamples } from "../support/ledger-reader.ts";
import { runToEnd } from "../support/program.ts";
import { install } from "../support/system-site.ts";
import { until } from "../support/until.ts";

t.setTimeout(300_000);

/** Starts of the windows of a second that samples lie in, from an instant on; Unix seconds. */
function sampledWindows(storeFile: string, fromS = 0): number[] {
  const db = new Database(storeFile, { readonly: true });
  const starts = db
    .prepare<[number], number>(
      "SELECT DISTINCT placed_ms / 1000 FROM samples WHERE placed_ms >= ? ORDER BY 1",
    )
    .pluck()
    .all(fromS * 1000);
  db.close();
  return starts;
}

t.test(
  "what was sampled in an outage is attested after it, also of the very first start",
  async (t) => {
    const site = await install(t);
    // The broker is the coordinator's: nothing listens yet, and the length of a window is not known.
    const first = await site.startAgent();
    await until("samples", () => countSamples(site.storeFile) >= 5);
    t.match((await first.status()).faults, [{ code: "transport-unreachable" }]);
    t.equal((await first.status()).delivery.era, null);
    const coordinator = await site.startCoordinator();
    await site.grow(5);
    await first.program.stop();
    await coordinator.stop();
    const signed = site.store().length;

    const second = await site.startAgent();
    await until(
      "windows that wait",
      async () => (await second.status()).delivery.unsigned >= 4,
      30_000,
    );
    t.equal(site.store().length, signed, "nothing is signed without an era");
    await site.startCoordinator();
    await site.grow(5);
    await site.settle(second);

    const ledger = site.ledger();
    t.strictSame(ledgerFaults(ledger, site.parties), [], "the ledger is one unbroken chain");
    t.strictSame(
      deliveryFaults(site.store(), ledger, site.parties),
      [],
      "and the rig has the same, receipted",
    );
    const attested = ledger.rows.map(({ windowStart }) => windowStart);
    const newest = Math.max(...attested);
    const sampled = sampledWindows(site.storeFile).filter((start) => start <= newest);
    // Either time the ledger grew by five: how many more there are is the machine's pace and no promise.
    t.ok(sampled.length >= 8, `there is something to compare: ${sampled.length} windows`);
    t.strictSame(
      sampled.filter((start) => !attested.includes(start)),
      [],
      "no window with a sample is missing",
    );
  },
);

const TEN_FAULTS = {
  simulatd: true,
  state: 7,
  key: { file: "" },
  coordinator: { address: "0x12", chain_id: -1, salt: "salt" },
  uplink: { url: "http://127.0.0.1:1883" },
  sampling: { interval: "10 apples", timeout: "5s" },
  status: { listen: "0.0.0.0:9595" },
  log: { level: "loud" },
};

t.test("ten faults in the settings are ten lines and exit 78", async (t) => {
  const file = join(t.testdir(), "agent.yaml");
  writeFileSync(file, stringify(TEN_FAULTS));
  const { code, out, err } = await runToEnd("agent/main.ts", "run", "--settings", file);
  t.strictSame([code, out], [78, ""]);
  const lines = err.trimEnd().split("\n");
  t.equal(lines.pop(), `${file} has 10 faults; nothing was started.`);
  t.equal(lines.length, 10);
  for (const line of lines) t.ok(line.startsWith(`${file}:`), line);
  for (const path of ["simulatd", "state", "key.file", "coordinator.salt", "status.listen"])
    t.match(err, new RegExp(`: ${path.replace(".", "\\.")}\\b`), path);
});

t.test(
  "a key that others may read, and a passphrase that is not its own, are refused",
  async (t) => {
    const site = await install(t);
    const run = ["run", "--settings", site.agentSettings];
    const passphrase = join(site.folder, "key.passphrase");
    const right = readFileSync(passphrase);
    writeFileSync(passphrase, "another one\n");
    t.match(await runToEnd("agent/main.ts", ...run), {
      code: 1,
      out: "",
      err: /\(key-passphrase\)/,
    });
    writeFileSync(passphrase, right);
    const key = join(site.folder, "key.json");
    for (const mode of [0o644, 0o640, 0o602]) {
      chmodSync(key, mode);
      t.match(await runToEnd("agent/main.ts", ...run), {
        code: 1,
        out: "",
        err: /\(key-exposed\)/,
      });
    }
    chmodSync(key, 0o600);
    const agent = await site.startAgent();
    t.ok(agent.program.running, "and with both put right it runs");
  },
);

t.test("SIGTERM ends the agent in order, and samples of the running window are kept", async (t) => {
  const WINDOW_MS = 10_000;
  const site = await install(t, { window: "10s" });
  await site.startCoordinator();
  // Written once a minute only: what is on the disk after the end was written by the end.
  const settings = site.settingsWith("slow.yaml", { store: { batch: "1m" } });
  const agent = await site.startAgent(settings);
  await until("an era", async () => (await agent.status()).delivery.era !== null);
  const from = Math.ceil(Date.now() / WINDOW_MS) * WINDOW_MS;
  await until("the middle of a window", () => Date.now() > from + 5000, 20_000);
  const { code, signal, tookMs } = await agent.program.stop();
  t.strictSame([code, signal], [0, null]);
  t.ok(tookMs < 5000, `it took ${Math.round(tookMs)} ms`);
  const kept = sampledWindows(site.storeFile, from / 1000).length;
  t.ok(kept >= 4, `${kept} samples of the window are on the disk`);

  const again = await site.startAgent(settings);
  const row = await until(
    "the window's attestation",
    () => site.ledger().rows.find(({ windowStart }) => windowStart === from / 1000),
    40_000,
  );
  t.ok(row.said.samples >= kept, "and they are in its attestation");
  t.match(await again.program.stop(), { code: 0 });
});

t.test("SIGTERM ends an agent whose broker and device do not answer as fast", async (t) => {
  const deaf = createServer();
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  t.after(() => deaf.close());
  const address = deaf.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const devices = stringify({
    devices: [
      { name: "deaf", driver: "axeos", address: `127.0.0.1:${port}` },
      { name: "deaf-too", address: `http://127.0.0.1:${port}/too` },
    ],
  });
  const site = await install(t, { devices, brokerUrl: `mqtt://127.0.0.1:${port}` });
  const sampling = { interval: "1m", timeout: "30s" };
  const asked = new Promise((resolve) => deaf.once("connection", resolve));
  const agent = await site.startAgent(site.settingsWith("patient.yaml", { sampling }));
  await asked;
  const { code, tookMs } = await agent.program.stop();
  t.equal(code, 0);
  t.ok(tookMs < 5000, `it took ${Math.round(tookMs)} ms`);
});
