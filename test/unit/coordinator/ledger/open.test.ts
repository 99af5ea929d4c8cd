import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { lockState } from "../../../../coordinator/ledger/lock.ts";
import { openLedger } from "../../../../coordinator/ledger/open.ts";

t.test("a ledger is made, and opened again as it is", async (t) => {
  const file = join(t.testdir(), "ledger.db");
  const first = openLedger(file);
  const version = first.pragma("user_version", { simple: true }) as number;
  t.ok(version >= 1);
  t.equal(first.pragma("journal_mode", { simple: true }), "wal");
  t.equal(first.pragma("synchronous", { simple: true }), 2);
  t.equal(first.pragma("foreign_keys", { simple: true }), 1);
  first.prepare("INSERT INTO meta VALUES ('a', 'b')").run();
  first.close();
  const second = openLedger(file);
  t.after(() => second.close());
  t.equal(second.pragma("user_version", { simple: true }), version);
  t.same(second.prepare("SELECT * FROM meta").all(), [{ key: "a", value: "b" }]);
});

t.test("a ledger of a newer program is left alone", async (t) => {
  const file = join(t.testdir(), "ledger.db");
  const db = openLedger(file);
  db.pragma("user_version = 999");
  db.close();
  t.throws(() => openLedger(file), { code: "ledger-newer", message: /version 999/ });
});

t.test("a file that is no database, and a folder that is not there, are named", async (t) => {
  const folder = t.testdir({
    "ledger.db": "this is not a database, but long enough to be looked at",
  });
  t.throws(() => openLedger(join(folder, "ledger.db")), { code: "ledger-failed" });
  t.throws(() => openLedger(join(folder, "no", "ledger.db")), { code: "ledger-failed" });
});

t.test("two that open a ledger can both write", async (t) => {
  const file = join(t.testdir(), "ledger.db");
  const [one, two] = [openLedger(file), openLedger(file)];
  t.after(() => {
    one.close();
    two.close();
  });
  one.prepare("INSERT INTO meta VALUES ('one', '')").run();
  two.prepare("INSERT INTO meta VALUES ('two', '')").run();
  t.equal(one.prepare("SELECT COUNT(*) FROM meta").pluck().get(), 2);
});

t.test("a state directory has one coordinator at a time", async (t) => {
  const folder = t.testdir();
  const release = lockState(folder);
  t.throws(() => lockState(folder), { code: "state-locked" });
  release();
  lockState(folder)();
  t.throws(() => lockState(join(folder, "no")), { code: "ledger-failed" });
});

t.test("a lock dies with its process", async (t) => {
  const folder = t.testdir();
  const module = join(import.meta.dirname, "../../../../coordinator/ledger/lock.ts");
  const script = join(folder, "holder.mjs");
  writeFileSync(
    script,
    `import { lockState } from ${JSON.stringify(module)};
     const release = lockState(process.argv[2]);
     process.send("held");
     setInterval(() => release.toString(), 1000);`,
  );
  const child = fork(script, [folder], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  await new Promise((resolve) => child.once("message", resolve));
  t.throws(() => lockState(folder), { code: "state-locked" });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  lockState(folder)();
});
