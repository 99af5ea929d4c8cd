import { execFile } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Wallet } from "ethers";
import t, { type Test } from "tap";
import {
  parseFraction,
  parseHashrate,
  parseInstant,
  parseTokenArgument,
} from "../../../../coordinator/commands/arguments.ts";
import { makeIdentity } from "../../../../coordinator/fleet/identity.ts";
import { addRig } from "../../../../coordinator/fleet/rigs.ts";
import { closeEpoch, dueEpoch } from "../../../../coordinator/record/close.ts";
import { pinRules } from "../../../../coordinator/record/rules.ts";
import { COLLECTION, DAY, openScene } from "../../../support/record-scene.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../../../..");

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function program(name: string, ...words: string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await run(process.execPath, [join(ROOT, name), ...words]);
    return { code: 0, out: stdout, err: stderr };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}
const coordinator = (...words: string[]) => program("coordinator/main.ts", ...words);

/** A state directory with a rig whose owner's keystore lies beside it. */
async function openState(t: Test) {
  const state = t.testdir();
  chmodSync(state, 0o700);
  const identity = makeIdentity(state);
  const scene = openScene(state);
  t.after(() => scene.db.close());
  scene.db.prepare("INSERT INTO meta VALUES ('chain_id', '1')").run();
  pinRules(scene.db, scene.rules);
  const owner = Wallet.createRandom();
  const rig = `0x${"ab".repeat(20)}` as const;
  addRig(scene.db, {
    rig,
    owner: owner.address.toLowerCase() as `0x${string}`,
    name: "attic",
    loginHash: "none",
    addedAt: DAY,
  });
  const key = join(state, "owner.json");
  const passphrase = join(state, "owner.pass");
  // A keystore of a light cost: what is tested is what is done with it.
  const { encryptKeystoreJsonSync } = await import("ethers");
  const account = { address: owner.address, privateKey: owner.privateKey };
  const keystore = encryptKeystoreJsonSync(account, "owl", { scrypt: { N: 2 } });
  writeFileSync(key, keystore, { mode: 0o600 });
  writeFileSync(passphrase, "owl\n", { mode: 0o600 });
  return { state, scene, identity, owner, rig, key, passphrase };
}

t.test(
  "an owner allocates with a keystore, and again with a signature made elsewhere",
  async (t) => {
    const { state, scene, owner, rig, key, passphrase } = await openState(t);
    const where = ["--state", state, "--rig", rig, "--from", "now", "--to", "+30d"];
    const token = ["--token", `1:${COLLECTION}:7`, "--fraction", "1/4", "--promised", "1.5MH/s"];
    const signed = ["--owner-key", key, "--passphrase-file", passphrase, "--json"];
    const first = await coordinator("nft", "allocate", ...token, ...where, ...signed);
    t.equal(first.code, 0, first.err);
    const { allocation } = JSON.parse(first.out);
    t.match(allocation, {
      tokenId: "7",
      numerator: "1",
      denominator: "4",
      promisedHashrate: "1500000",
    });
    const again = [
      ...["nft", "allocate", "--state", state, "--rig", rig, "--token", `${COLLECTION}:8`],
      ...["--fraction", "3/4", "--from", allocation.fromTime, "--to", allocation.toTime],
    ];
    const unsigned = await coordinator(...again, "--unsigned");
    const { domain, types, message } = JSON.parse(unsigned.out);
    t.match(domain, { name: "Rig Attestation", version: "1" });
    const { Allocation } = types;
    const signature = await owner.signTypedData(domain, { Allocation }, message);
    t.equal((await coordinator(...again, "--signature", signature)).code, 0);
    t.equal(scene.db.prepare("SELECT count(*) FROM allocations").pluck().get(), 2);
    const early = await coordinator(...again.with(7, `${COLLECTION}:9`), "--unsigned");
    t.equal(early.code, 1, "nobody is asked to sign what would be refused");
    t.match(early.err, /refused \(above-one\)/);
    t.equal(early.out, "");
    const over = await coordinator(
      ...again.with(7, `${COLLECTION}:9`),
      "--owner-key",
      key,
      "--passphrase-file",
      passphrase,
    );
    t.equal(over.code, 1);
    t.match(over.err, /above-one.*only 0\/1 of .* is free, and 3\/4 was asked for/);
  },
);

t.test(
  "a key that others may read, a wrong passphrase and another's key are refused",
  async (t) => {
    const { state, rig, key, passphrase } = await openState(t);
    const words = [
      ...["nft", "allocate", "--state", state, "--rig", rig, "--token", `1:${COLLECTION}:7`],
      ...[
        "--fraction",
        "1",
        "--from",
        "now",
        "--to",
        "+1d",
        "--owner-key",
        key,
        "--passphrase-file",
        passphrase,
      ],
    ];
    writeFileSync(passphrase, "cat\n");
    const wrong = await coordinator(...words);
    t.equal(wrong.code, 2);
    t.match(wrong.err, /does not open/);
    t.notMatch(wrong.err, /cat/);
    chmodSync(key, 0o644);
    t.match((await coordinator(...words)).err, /others may read it/);
    t.match((await coordinator(...words.slice(0, -4))).err, /the owner must sign/);
  },
);

t.test("a token's record is shown, listed, exported, and the export checks offline", async (t) => {
  const { state, scene, identity } = await openState(t);
  const seen = { ...scene, coordinator: identity.signer };
  const { createSceneRig } = await import("../../../support/record-scene.ts");
  const rig = createSceneRig(seen, "loft");
  rig.allocate({ tokenId: 7n, fromTime: BigInt(DAY), toTime: BigInt(DAY + 600) });
  rig.attest({ windowStart: BigInt(DAY) });
  const none = await coordinator("nft", "record", `${COLLECTION}:7`, "--state", state, "--json");
  t.equal(none.code, 1);
  t.match(JSON.parse(none.err), { error: { code: "record-missing" } });
  const epoch = dueEpoch(scene.db, scene.rules, DAY + 5000);
  if (epoch !== undefined) closeEpoch(scene.db, epoch, DAY + 5000);

  const shown = await coordinator("nft", "record", `${COLLECTION}:7`, "--state", state);
  t.match(shown.out, /delivered {2}1 MH \(1000003 hashes\)/);
  const listed = await coordinator("nft", "list", "--state", state, "--json");
  t.match(JSON.parse(listed.out), [{ tokenId: "7", totals: [{ cumulativeHashes: "1000003" }] }]);

  const file = join(state, "bundle.json");
  const exported = await coordinator(
    "export",
    "--token",
    `1:${COLLECTION}:7`,
    "--state",
    state,
    "-o",
    file,
  );
  t.equal(exported.code, 0, exported.err);
  const pins = [
    "--rig",
    rig.signer.address,
    "--owner",
    rig.owner.address,
    "--coordinator",
    identity.signer.address,
  ];
  const good = await program("agent/main.ts", "verify", file, ...pins);
  t.equal(good.code, 0, good.out + good.err);
  t.match(good.out, /All \d+ links hold/);
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace('"hashes": "1000003"', '"hashes": "1000004"'),
  );
  const bad = await program("agent/main.ts", "verify", file, ...pins, "--json");
  t.equal(bad.code, 1);
  t.match(JSON.parse(bad.out), { ok: false });

  const own = await coordinator(
    "export",
    "--rig",
    rig.signer.address,
    "--from",
    String(DAY),
    "--to",
    "+1h",
    "--state",
    state,
  );
  t.equal(JSON.parse(own.out).attestations.length, 1);
  t.match((await coordinator("export", "--state", state)).err, /either --rig or --token/);
  const nowhere = join(state, "no", "such", "folder.json");
  const words = ["export", "--rig", rig.signer.address, "--state", state, "-o"];
  for (const output of [nowhere, state]) {
    const unwritten = await coordinator(...words, output);
    t.equal(unwritten.code, 1, output);
    t.match(unwritten.err, /cannot write/, output);
    t.notMatch(unwritten.err, /at .*export\.ts/, "a fault with a name, not a stack");
  }
  t.notOk(
    readdirSync(state).some((name) => name.endsWith(".part")),
    "no draft stays behind",
  );
});

t.test("settings that cut time otherwise than the ledger are refused", async (t) => {
  const { state, rig, key, passphrase } = await openState(t);
  const settings = join(state, "other.yaml");
  writeFileSync(settings, `state: ${state}\nchain_id: 1\nwindow: 10s\nepoch: 1m\n`);
  const words = [
    ...["nft", "allocate", "--rig", rig, "--token", `1:${COLLECTION}:7`, "--fraction", "1"],
    ...["--from", "now", "--to", "+1d", "--owner-key", key, "--passphrase-file", passphrase],
  ];
  t.equal((await coordinator(...words, "--state", state)).code, 0);
  for (const command of [["nft", "list"], ["run"]]) {
    const refused = await coordinator(...command, "--settings", settings);
    t.equal(refused.code, 78, command.join(" "));
    t.match(refused.err, /window 10s.*counted with 60s/, command.join(" "));
  }
});

t.test("a directory that is no coordinator's stays untouched", async (t) => {
  const state = t.testdir();
  const ended = await coordinator("nft", "list", "--state", state);
  t.equal(ended.code, 78);
  t.notOk(existsSync(join(state, "ledger.db")));
});

t.test("arguments are read exactly or not at all", async (t) => {
  const now = DAY + 89;
  const instants: [string, bigint][] = [
    ["now", BigInt(DAY + 60)],
    ["1767571200", BigInt(DAY)],
    ["2026-01-05", BigInt(DAY)],
    ["2026-01-05T00:01", BigInt(DAY + 60)],
    ["2026-01-05T02:01:00+02:00", BigInt(DAY + 60)],
    ["+2h", 7205n],
    ["2028-02-29", 1_835_395_200n],
  ];
  for (const [text, expected] of instants) t.equal(parseInstant(text, 60, now, 5n), expected, text);
  for (const text of [
    "",
    "soon",
    "-1",
    "+2h",
    "2026-13-01",
    "1e9",
    "2026-01-05 00:00",
    "99999999999999",
    "253402300800",
    "2026-02-31",
    "2026-02-29T12:00Z",
    "2026-04-31T00:00+02:00",
    "1969-12-31",
  ]) {
    t.throws(() => parseInstant(text, 60, now), { code: "argument-invalid" }, text);
  }
  t.throws(() => parseInstant("+999999999d", 60, now, 5n), { code: "argument-invalid" });
  const rates: [string, bigint][] = [
    ["10TH/s", 10_000_000_000_000n],
    ["0.1 kH/s", 100n],
    ["9.007199254740993PH/s", 9_007_199_254_740_993n],
  ];
  for (const [text, expected] of rates) t.equal(parseHashrate(text), expected, text);
  for (const text of ["10", "0.1H/s", "TH/s", "-1TH/s", "10 W"]) {
    t.throws(() => parseHashrate(text), { code: "argument-invalid" }, text);
  }
  t.strictSame(parseFraction("1"), { numerator: 1n, denominator: 1n });
  for (const text of ["", "1/", "a/b", "0.5", "-1/2"]) t.throws(() => parseFraction(text), text);
  t.strictSame(parseTokenArgument(`${COLLECTION}:0`, 1n), { collection: COLLECTION, tokenId: 0n });
  for (const text of [
    `2:${COLLECTION}:0`,
    `1:${COLLECTION}`,
    `1:${COLLECTION}:01`,
    `1:${COLLECTION}:1:1`,
    "1:0x1:1",
  ]) {
    t.throws(() => parseTokenArgument(text, 1n), { code: "argument-invalid" }, text);
  }
});
