import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { lineOf, readPrivateFile } from "../../../../agent/core/private-file.ts";

t.test("a file of its owner alone is read", async (t) => {
  const dir = t.testdir({ secret: "text\n" });
  chmodSync(join(dir, "secret"), 0o600);
  const read = readPrivateFile(join(dir, "secret"), 100);
  t.ok("bytes" in read && lineOf(read.bytes) === "text");
});

t.test("each bit that lets others in is refused, also behind a link", async (t) => {
  const dir = t.testdir({ secret: "text" });
  symlinkSync(join(dir, "secret"), join(dir, "link"));
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666]) {
    chmodSync(join(dir, "secret"), mode);
    t.match(readPrivateFile(join(dir, "link"), 100), {
      why: "exposed",
      detail: `its mode is 0${mode.toString(8)}`,
    });
  }
});

t.test("what is no small file is refused without waiting for it", async (t) => {
  const dir = t.testdir({ large: "x".repeat(101), exact: "x".repeat(100) });
  chmodSync(join(dir, "large"), 0o600);
  chmodSync(join(dir, "exact"), 0o600);
  execFileSync("mkfifo", ["-m", "600", join(dir, "pipe")]);
  t.match(readPrivateFile(join(dir, "large"), 100), { why: "too-large" });
  t.ok("bytes" in readPrivateFile(join(dir, "exact"), 100));
  t.match(readPrivateFile(join(dir, "pipe"), 100), { why: "not-a-file" });
  t.match(readPrivateFile(dir, 100), { why: "not-a-file" });
  t.match(readPrivateFile(join(dir, "none"), 100), { why: "missing" });
  t.match(readPrivateFile(join(dir, "exact", "below"), 100), { why: "missing" });
});

t.test("only the line break at the end is no part of a secret", async (t) => {
  const line = (text: string): string => lineOf(Buffer.from(text));
  t.strictSame([line("a\n"), line("a\r\n"), line(" a \n\n"), line("")], ["a", "a", " a \n", ""]);
});
