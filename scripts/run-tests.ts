import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const BIN = join(ROOT, "node_modules/.bin");
const CI = process.env["CI"] === "true";

/** Programs that some tests need, and the Debian package that brings each. */
const NEEDED: readonly {
  readonly program: string;
  readonly at: readonly string[];
  readonly debian: string;
}[] = [
  { program: "mosquitto", at: ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"], debian: "mosquitto" },
  { program: "openssl", at: ["/usr/bin/openssl"], debian: "openssl" },
  { program: "ip", at: ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"], debian: "iproute2" },
];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
// The Node.js of the project comes first: npm scripts, tap and its workers all find that one.
const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env["PATH"] ?? ""}` };

function run(command: string, words: readonly string[], quiet = false): boolean {
  return (
    spawnSync(command, words, { cwd: ROOT, env, stdio: quiet ? "ignore" : "inherit" }).status === 0
  );
}

/** Installs the missing programs as root; says what is missing otherwise. Answers what is still not there. */
function installPrograms(): string[] {
  const missing = (): typeof NEEDED =>
    NEEDED.filter(({ at }) => !at.some((path) => existsSync(path)));
  if (missing().length === 0) return [];
  const packages = missing().map(({ debian }) => debian);
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say(`Installing ${packages.join(", ")} with apt-get …`);
    // Their services stay off: the tests start their own, on free ports.
    const quietly = [
      "-o",
      "Dpkg::Use-Pty=0",
      "-qq",
      "-y",
      "install",
      "--no-install-recommends",
      ...packages,
    ];
    const apt = (words: readonly string[]): boolean =>
      spawnSync("apt-get", words, {
        env: { ...env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
        stdio: "ignore",
      }).status === 0;
    if (!apt(quietly)) {
      apt(["-qq", "update"]);
      apt(quietly);
    }
  }
  return missing().map(({ program, debian }) => {
    say(
      `${program} is not here and could not be installed (package ${debian}): tests that need it are skipped.`,
    );
    return program;
  });
}

/** Adds up what tap says at the end of its own report: `# { total: 9, pass: 8, fail: 1 }`. */
function countsIn(report: string): { pass: number; fail: number; skip: number } {
  const line =
    readFileSync(report, "utf8")
      .match(/^# \{.*\}$/gm)
      ?.at(-1) ?? "";
  const of = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(line)?.[1] ?? 0);
  return { pass: of("pass"), fail: of("fail"), skip: of("skip") + of("todo") };
}

/** The names of the tests that failed, deepest last: the end of a long output is what is read. */
function failuresIn(report: string): string[] {
  return readFileSync(report, "utf8").match(/^ *not ok .*$/gm) ?? [];
}

function suite(
  name: string,
  words: readonly string[],
): { pass: number; fail: number; skip: number } {
  say(`\n== tests: ${name}`);
  const report = join(ROOT, ".tap", `${name}.tap`);
  mkdirSync(join(ROOT, ".tap"), { recursive: true });
  const ok = run("tap", ["--reporter=terse", `--output-file=${report}`, ...words]);
  const counts = existsSync(report) ? countsIn(report) : { pass: 0, fail: 0, skip: 0 };
  if (existsSync(report)) failures.push(...failuresIn(report).map((line) => `${name}: ${line}`));
  // A runner that ended badly without a failed test, or ran none at all, has failed.
  const broken = (!ok && counts.fail === 0) || counts.pass + counts.skip + counts.fail === 0;
  return broken ? { ...counts, fail: counts.fail + 1 } : counts;
}

// Coverage is what the unit and promise tests are held to; of these, most runs in processes of its own anyway.
const UNCOVERED = ["--disable-coverage", "--allow-empty-coverage"];

const failures: string[] = [];
const missing = installPrograms();
const gates = ["lint", "types", "types:lint", "layers", "dead-code", "fresh"].map((gate) => {
  say(`\n== ${gate}`);
  return run("npm", ["run", "--silent", gate]) ? 0 : 1;
});
const suites = [
  suite("unit", []),
  suite("flow", [...UNCOVERED, "--jobs=1", "--timeout=300", "test/flow/*.test.ts"]),
  suite("system", [...UNCOVERED, "--jobs=1", "--timeout=900", "test/system/*.test.ts"]),
];
const sum = (of: "pass" | "fail" | "skip"): number =>
  suites.reduce((total, counts) => total + counts[of], 0);
const failedGates = gates.reduce<number>((total, failed) => total + failed, 0);
// In CI a missing part is a failure: a test that did not run has shown nothing.
const failed = sum("fail") + failedGates + (CI ? missing.length : 0);
if (failedGates > 0) say(`\n${failedGates} of ${gates.length} checks failed`);
for (const failure of failures.slice(0, 50)) say(failure);
say(`\n${sum("pass")} passed, ${failed} failed, ${sum("skip")} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
