import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeIdentity, openIdentity } from "../../../../coordinator/fleet/identity.ts";
import { isHex } from "../../../../proto/hex.ts";

t.test("an identity is made once, for its owner alone, and read again", async (t) => {
  const folder = join(t.testdir(), "state");
  const made = makeIdentity(folder);
  t.ok(isHex(made.signer.address, 20));
  t.equal(statSync(folder).mode & 0o777, 0o700);
  for (const file of readdirSync(folder)) {
    t.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  }
  t.same(readdirSync(folder).sort(), ["identity.json", "operator-token"]);
  const read = openIdentity(folder);
  t.equal(read.signer.address, made.signer.address);
  t.match(read, { salt: made.salt, beaconSecret: made.beaconSecret });
  t.equal(read.operatorToken, readFileSync(join(folder, "operator-token"), "utf8").trim());
  const before = readFileSync(join(folder, "identity.json"));
  t.throws(() => makeIdentity(folder), { code: "identity-exists" });
  t.same(readFileSync(join(folder, "identity.json")), before);
  t.equal(openIdentity(folder).operatorToken, read.operatorToken, "nor is the token replaced");
});

t.test("what ended before the identity was made is repeated, and keeps the token", async (t) => {
  const folder = t.testdir();
  const token = "a-token-that-somebody-may-have-read";
  writeFileSync(join(folder, "operator-token"), `${token}\n`, { mode: 0o600 });
  t.throws(() => openIdentity(folder), { code: "identity-missing" });
  t.equal(makeIdentity(folder).operatorToken, token);
  t.same(readdirSync(folder).sort(), ["identity.json", "operator-token"]);
});

t.test("no identity is made beside a token that cannot be used", async (t) => {
  const folder = t.testdir();
  const file = join(folder, "operator-token");
  writeFileSync(file, "short", { mode: 0o600 });
  t.throws(() => makeIdentity(folder), { code: "identity-invalid", message: /operator-token/ });
  t.same(readdirSync(folder), ["operator-token"]);
  chmodSync(file, 0o644);
  t.throws(() => makeIdentity(folder), { code: "identity-exposed" });
  rmSync(file);
  t.ok(makeIdentity(folder).operatorToken.length >= 16);
});

t.test("an absent identity is an error that names the command", async (t) => {
  t.throws(() => openIdentity(t.testdir()), {
    code: "identity-missing",
    message: /rig-coordinator init/,
    exit: 78,
  });
});

t.test("an identity that others may read is refused", async (t) => {
  const folder = t.testdir();
  makeIdentity(folder);
  for (const file of ["identity.json", "operator-token"]) {
    chmodSync(join(folder, file), 0o640);
    t.throws(() => openIdentity(folder), { code: "identity-exposed", message: /chmod 600/ }, file);
    chmodSync(join(folder, file), 0o600);
  }
});

t.test("a damaged identity is refused without showing what is in it", async (t) => {
  const folder = t.testdir();
  makeIdentity(folder);
  const file = join(folder, "identity.json");
  const { key } = JSON.parse(readFileSync(file, "utf8")) as { key: string };
  for (const text of [`{"version":1,"key":"${key}`, `{"version":2,"key":"${key}"}`, "null", "[]"]) {
    writeFileSync(file, text);
    const fault = t.throws(() => openIdentity(folder), { code: "identity-invalid" }) as Error;
    t.notMatch(String(fault.stack) + String(fault.cause), key.slice(2));
  }
  rmSync(file);
  makeIdentity(folder);
  writeFileSync(join(folder, "operator-token"), "short");
  t.throws(() => openIdentity(folder), { code: "identity-invalid" });
});
