import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Wallet } from "ethers";
import t from "tap";
import { openKey } from "../../../../agent/attest/keystore.ts";
import { runCommandLine } from "../../../support/command-io.ts";

t.test(
  "a new key opens with the passphrase that was made for it, here and in ethers",
  async (t) => {
    const dir = t.testdir({});
    const file = join(dir, "key.json");
    const { code, out } = await runCommandLine("key", "new", "--file", file, "--json");
    t.equal(code, 0);
    const made = JSON.parse(out) as {
      address: string;
      passphrase_file: string;
      passphrase_made: boolean;
    };
    t.match(made, { file, passphrase_file: join(dir, "key.passphrase"), passphrase_made: true });
    const passphrase = readFileSync(made.passphrase_file, "utf8").trim();
    t.equal((await openKey(file, passphrase)).address, made.address);
    const wallet = await Wallet.fromEncryptedJson(readFileSync(file, "utf8"), passphrase);
    t.equal(wallet.address.toLowerCase(), made.address);
    t.strictSame(readdirSync(dir).sort(), ["key.json", "key.passphrase"], "no draft is left");
    for (const name of ["key.json", "key.passphrase"]) {
      t.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
    }
  },
);

t.test("neither the key nor the passphrase is printed", async (t) => {
  const dir = t.testdir({});
  const { out, err } = await runCommandLine("key", "new", "--file", join(dir, "key.json"));
  const passphrase = readFileSync(join(dir, "key.passphrase"), "utf8").trim();
  const { privateKey } = await Wallet.fromEncryptedJson(
    readFileSync(join(dir, "key.json"), "utf8"),
    passphrase,
  );
  for (const secret of [passphrase, privateKey.slice(2)]) t.notMatch(out + err, secret);
});

t.test("a key that is there is left as it is", async (t) => {
  const dir = t.testdir({ "key.json": "mine" });
  const { code, out } = await runCommandLine(
    "key",
    "new",
    "--file",
    join(dir, "key.json"),
    "--json",
  );
  t.equal(code, 1);
  t.match(JSON.parse(out), { error: { code: "key-exists" } });
  t.strictSame(readdirSync(dir), ["key.json"]);
  t.equal(readFileSync(join(dir, "key.json"), "utf8"), "mine");
});

t.test("two that make the same key at once leave one", async (t) => {
  const dir = t.testdir({ passphrase: "a phrase of my own\n" });
  chmodSync(join(dir, "passphrase"), 0o600);
  const words = [
    "key",
    "new",
    "--file",
    join(dir, "key.json"),
    "--passphrase-file",
    join(dir, "passphrase"),
  ];
  const runs = await Promise.all([runCommandLine(...words), runCommandLine(...words)]);
  t.strictSame(runs.map(({ code }) => code).sort(), [0, 1]);
  await openKey(join(dir, "key.json"), "a phrase of my own");
  t.strictSame(readdirSync(dir).sort(), ["key.json", "passphrase"]);
});

t.test("a passphrase that others may read makes no key", async (t) => {
  const dir = t.testdir({ passphrase: "x" });
  chmodSync(join(dir, "passphrase"), 0o644);
  const words = [
    "key",
    "new",
    "--file",
    join(dir, "key.json"),
    "--passphrase-file",
    join(dir, "passphrase"),
  ];
  const { code, err } = await runCommandLine(...words);
  t.equal(code, 1);
  t.match(err, "key-exposed");
  t.strictSame(readdirSync(dir), ["passphrase"]);
});

t.test(
  "the address of a key is printed alone, and proven where a passphrase is given",
  async (t) => {
    const dir = t.testdir({});
    const file = join(dir, "key.json");
    const { address } = JSON.parse(
      (await runCommandLine("key", "new", "--file", file, "--json")).out,
    );
    t.equal((await runCommandLine("key", "address", "--file", file)).out, address);
    const proven = await runCommandLine(
      ...[
        "key",
        "address",
        "--file",
        file,
        "--json",
        "--passphrase-file",
        join(dir, "key.passphrase"),
      ],
    );
    t.strictSame(JSON.parse(proven.out), { address, file, opened: true });
  },
);

t.test("without a key the fault names the command that makes one", async (t) => {
  const { code, err } = await runCommandLine(
    "key",
    "address",
    "--file",
    join(t.testdir(), "none.json"),
  );
  t.equal(code, 1);
  t.match(err, "`rig-agent key new` makes one");
});

t.test("a folder that is not there is a fault and no trace", async (t) => {
  const { code, err } = await runCommandLine(
    "key",
    "new",
    "--file",
    join(t.testdir(), "none", "key.json"),
  );
  t.equal(code, 1);
  t.match(err, /cannot be written: ENOENT \(key-unwritable\)/);
  t.notMatch(err, "    at ");
});
