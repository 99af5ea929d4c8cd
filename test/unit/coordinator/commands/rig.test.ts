import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getAddress } from "ethers";
import t, { type Test } from "tap";
import { parse } from "yaml";
import { openIdentity } from "../../../../coordinator/fleet/identity.ts";
import { isPassword } from "../../../../coordinator/fleet/login.ts";
import { freezeRig, loginHashOf } from "../../../../coordinator/fleet/rigs.ts";
import { openLedger } from "../../../../coordinator/ledger/open.ts";
import type { Hex } from "../../../../proto/hex.ts";
import { runCoordinator } from "../../../support/coordinator-cli.ts";

const RIG: Hex = "0x52908400098527886e0f7030069857d2e4169ee7";
const OWNER: Hex = "0xde709f2102306220921060314715629080e2fb77";

async function prepared(test: Test, broker = "listen: 127.0.0.1:7883") {
  const folder = test.testdir({
    "c.yaml": `state: state\nchain_id: 31337\nbroker:\n  ${broker}\n`,
  });
  const settings = join(folder, "c.yaml");
  const made = await runCoordinator("init", "--settings", settings, "--json");
  if (made.status !== 0) throw new Error(made.err);
  return { folder, settings, state: join(folder, "state"), made };
}

t.test("init makes an identity once and says who it is", async (t) => {
  const { settings, state, made } = await prepared(t);
  const { signer, salt, operatorToken } = openIdentity(state);
  t.same(JSON.parse(made.out), { state, coordinator: signer.address, salt });
  const again = await runCoordinator("init", "--settings", settings);
  t.equal(again.status, 1);
  t.match(again.err, /is there already/);
  t.notMatch(made.out + again.err, operatorToken);
});

t.test(
  "rig add prints what the rig's settings need, with a password that is shown once",
  async (t) => {
    const { settings, state } = await prepared(t);
    const added = await runCoordinator(
      "rig",
      "add",
      getAddress(RIG),
      "--owner",
      OWNER,
      "--settings",
      settings,
      "--name",
      "shed",
    );
    t.equal(added.status, 0, added.err);
    const fragment = parse(added.out) as {
      coordinator: object;
      uplink: { url: string; username: string; password: string };
    };
    const { signer, salt } = openIdentity(state);
    t.same(fragment.coordinator, { address: signer.address, chain_id: 31337, salt });
    t.match(fragment.uplink, { url: "mqtt://127.0.0.1:7883", username: RIG });
    const db = openLedger(join(state, "ledger.db"));
    t.after(() => {
      db.close();
    });
    t.ok(await isPassword(fragment.uplink.password, loginHashOf(db, RIG) ?? ""));
    t.notOk(readFileSync(join(state, "ledger.db")).includes(fragment.uplink.password));

    const twice = await runCoordinator("rig", "add", RIG, "--owner", OWNER, "--settings", settings);
    t.match(twice, { status: 1, out: "", err: /there already/ });
    const json = await runCoordinator(
      "rig",
      "add",
      OWNER,
      "--owner",
      OWNER,
      "--settings",
      settings,
      "--json",
    );
    t.match(JSON.parse(json.out), {
      rig: OWNER,
      uplink: { username: OWNER },
      coordinator: { salt },
    });
  },
);

t.test("rig list and unfreeze show and change how rigs are", async (t) => {
  const { settings, state } = await prepared(t, "url: mqtt://broker.example.org");
  t.match((await runCoordinator("rig", "list", "--state", state)).out, /no rigs yet/);
  const added = await runCoordinator("rig", "add", RIG, "--owner", OWNER, "--settings", settings);
  t.match(added.err, /make this login there/);
  const db = openLedger(join(state, "ledger.db"));
  t.after(() => {
    db.close();
  });
  freezeRig(db, RIG, "two attestations", 1_700_000_000);
  t.match(
    (await runCoordinator("rig", "list", "--settings", settings)).out,
    /0x5290.*frozen.*two attestations/,
  );
  const thaw = () => runCoordinator("rig", "unfreeze", RIG, "--state", state);
  t.equal((await thaw()).status, 0);
  t.match(await thaw(), { status: 1, err: /not frozen/ });
  const list = await runCoordinator("rig", "list", "--state", state, "--json");
  t.match(JSON.parse(list.out), [
    { rig: RIG, owner: OWNER, state: "not heard", era: 0, head_sequence: null, last_seen_at: null },
  ]);
});

t.test("what cannot be is one clear line and a status", async (t) => {
  const { folder, settings, state } = await prepared(t);
  const typo = getAddress(RIG).replace("E7", "e7");
  const cases: [string[], number, RegExp][] = [
    [["rig", "add", typo, "--owner", OWNER, "--settings", settings], 2, /is not an address/],
    [["rig", "add", "0x12", "--owner", OWNER, "--settings", settings], 2, /is not an address/],
    [["rig", "unfreeze", OWNER, "--state", state], 1, /there is no rig/],
    [["rig", "list"], 2, /--state DIR or --settings FILE/],
    [["rig", "list", "--state", join(folder, "none")], 78, /rig-coordinator init/],
    [["rig", "list", "--settings", join(folder, "none.yaml")], 78, /cannot read the settings/],
    [["run", "--settings", join(folder, "bad.yaml")], 78, /2 fault/],
    [["frobnicate"], 1, /unknown command/],
  ];
  writeFileSync(join(folder, "bad.yaml"), "state: a\nchain_id: x\nepoch: 7\n");
  for (const [args, status, words] of cases) {
    const { status: ended, err } = await runCoordinator(...args);
    t.equal(ended, status, args.join(" "));
    t.match(err, words, args.join(" "));
    t.notMatch(err, /^ {4}at /m, "no stack");
  }
  const json = await runCoordinator("rig", "list", "--json");
  t.match(JSON.parse(json.err), { error: { code: "argument-invalid" } });
});
