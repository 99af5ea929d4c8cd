import { spawn } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { runCommandLine } from "../../support/command-io.ts";

const MAIN = join(import.meta.dirname, "../../../agent/main.ts");

/** Runs the program as a process of its own; `read` says how much of its output is taken before the pipe is closed. */
async function run(
  words: string[],
  read = Number.POSITIVE_INFINITY,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    if (out.length >= read) child.stdout.destroy();
  });
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

t.test("the version is the package's", async (t) => {
  t.strictSame(await run(["--version"]), { code: 0, out: "0.1.0\n", err: "" });
});

t.test("settings with faults end the process with 78 and faults on standard error", async (t) => {
  const file = join(t.testdir({ "agent.yaml": "simulatd: true\n" }), "agent.yaml");
  const { code, out, err } = await run(["run", "--settings", file]);
  t.strictSame([code, out], [78, ""]);
  t.match(err, "did you mean simulated?");
  t.match(err, "coordinator: is missing");
});

t.test(
  "other faults end it with 1, as JSON on standard output where that was asked for",
  async (t) => {
    const file = join(t.testdir({}), "none.json");
    const { code, out, err } = await run(["key", "address", "--file", file, "--json"]);
    t.strictSame([code, err], [1, ""]);
    t.match(JSON.parse(out), { error: { code: "key-missing" } });
  },
);

t.test("a reader that goes away is no fault", async (t) => {
  const { code, err } = await run(["settings", "schema"], 1);
  t.strictSame([code, err], [0, ""]);
});

t.test("the help names every command, and each has a help of its own", async (t) => {
  const { code, out } = await runCommandLine("--help");
  t.equal(code, 0);
  for (const name of ["init", "run", "read", "status", "key", "settings", "verify", "resume"]) {
    t.match(out, new RegExp(`^ {2}${name} `, "m"));
    const help = await runCommandLine(name, "--help");
    t.equal(help.code, 0, name);
    t.match(help.out, `Usage: rig-agent ${name} `);
  }
});

t.test("words that are no command are exit 1 and nothing on standard output", async (t) => {
  for (const words of [["bogus"], ["key", "bogus"], ["read"], ["status", "--bogus"], ["init"]]) {
    const { code, out, err } = await runCommandLine(...words);
    t.strictSame([code, out], [1, ""], words.join(" "));
    t.not(err, "", words.join(" "));
  }
});
