import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { openKey } from "../../../../agent/attest/keystore.ts";
import { readPassphrase } from "../../../../agent/attest/passphrase.ts";
import { loadSettings } from "../../../../agent/settings/load.ts";
import { runCommandLine } from "../../../support/command-io.ts";

const SALT = `0x${"ab".repeat(32)}`;
const COORDINATOR = `0x${"c0".repeat(20)}`;

const words = (dir: string, ...more: string[]): string[] => [
  ...["init", "--dir", dir, "--coordinator", COORDINATOR, "--chain-id", "137", "--salt", SALT],
  ...["--broker", "mqtts://broker.example:8883", ...more],
];

t.test("init makes a directory that is ready to run", async (t) => {
  const dir = join(t.testdir(), "a", "rig");
  const { code, out } = await runCommandLine(
    ...words(dir, "--username", "rig-7", "--simulated", "--json"),
  );
  t.equal(code, 0);
  const made = JSON.parse(out) as { rig: string; settings: string };
  const settings = loadSettings(made.settings);
  t.match(settings, {
    stateDir: join(dir, "state"),
    simulated: true,
    coordinator: { address: COORDINATOR, chainId: 137n, salt: SALT },
    uplink: { url: "mqtts://broker.example:8883", username: "rig-7" },
  });
  const signer = await openKey(settings.key.file, readPassphrase(settings.key));
  t.equal(signer.address, made.rig);
  t.equal(statSync(dir).mode & 0o777, 0o700);
  t.equal(statSync(made.settings).mode & 0o777, 0o600);
});

t.test("init says what comes next", async (t) => {
  const dir = join(t.testdir(), "rig");
  const { out } = await runCommandLine(...words(dir));
  t.match(out, `rig-agent run --settings ${join(dir, "agent.yaml")}`);
  t.match(out, "rig-agent read ADDRESS");
});

t.test("init overwrites neither settings nor a key", async (t) => {
  const dir = t.testdir({ one: { "agent.yaml": "mine" }, two: { "key.json": "mine" } });
  const one = await runCommandLine(...words(join(dir, "one"), "--json"));
  const two = await runCommandLine(...words(join(dir, "two"), "--json"));
  t.match(JSON.parse(one.out), { error: { code: "settings-exist" } });
  t.match(JSON.parse(two.out), { error: { code: "key-exists" } });
  t.equal(readFileSync(join(dir, "one", "agent.yaml"), "utf8"), "mine");
  t.equal(readFileSync(join(dir, "two", "key.json"), "utf8"), "mine");
  t.notOk(existsSync(join(dir, "two", "agent.yaml")));
});

t.test("wrong words are all reported before anything is made", async (t) => {
  const dir = join(t.testdir(), "rig");
  const { code, err } = await runCommandLine(
    ...["init", "--dir", dir, "--coordinator", "0x12", "--chain-id", "one", "--salt", "0x34"],
    ...["--broker", "mqtt://broker.example:1883"],
  );
  t.equal(code, 78);
  for (const path of [
    "coordinator.address",
    "coordinator.chain_id",
    "coordinator.salt",
    "uplink.url",
  ]) {
    t.match(err, `${path}: `);
  }
  t.notOk(existsSync(dir));
});

t.test("a value cannot write settings of its own", async (t) => {
  const dir = join(t.testdir(), "rig");
  const { code } = await runCommandLine(...words(dir, "--username", "x\nsimulated: true"));
  t.equal(code, 78);
  t.notOk(existsSync(dir));
});
