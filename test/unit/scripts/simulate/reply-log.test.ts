import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ReplyLog } from "../../../../scripts/simulate/reply-log.ts";

const entry = (atMs: number) => ({ atMs, device: "a", key: "", ask: "stats" });

t.test("memory holds the newest entries only", async (t) => {
  const log = new ReplyLog();
  await log.open();
  for (let at = 0; at < 250_000; at++) log.add(entry(at));
  t.ok(log.entries.length >= 50_000 && log.entries.length <= 100_000, `${log.entries.length}`);
  t.equal(log.entries.at(-1)?.atMs, 249_999);
  await log.close();
});

t.test("a file that is full is put aside, and nothing is lost", async (t) => {
  const file = join(t.testdir(), "log");
  writeFileSync(file, "");
  truncateSync(file, 64 * 1024 ** 2 - 60);
  const log = new ReplyLog(file);
  await log.open();
  log.add(entry(1));
  log.add(entry(2));
  await log.close();
  t.match(readFileSync(`${file}.1`, "latin1").slice(-70), /"atMs":1,.*\n$/);
  t.strictSame(JSON.parse(readFileSync(file, "utf8")), entry(2));
  t.ok(statSync(file).size < 100, "the new one is small");
});

t.test("a log that cannot be written is told at once", async (t) => {
  const log = new ReplyLog(join(t.testdir(), "no", "such", "folder"));
  await t.rejects(log.open(), { code: "ENOENT" });
  await log.close();
  t.notOk(existsSync(join(t.testdirName, "no")));
});
