import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { command, get, run } from "./asking.ts";

const MAIN = "scripts/simulate/main.ts";

/** Starts the command and waits for its first words. */
async function simulate(...args: string[]): Promise<{ child: ChildProcess; out: string }> {
  const child = spawn(process.execPath, [MAIN, "--ports", "any", ...args]);
  const [chunk] = await once(child.stdout, "data");
  return { child, out: String(chunk) };
}

t.test("it says what runs where, and ends in order on a signal", async (t) => {
  const folder = t.testdir();
  const settings = join(folder, "devices.yaml");
  const { child, out } = await simulate(
    ...["--devices", "antminer:1,trex:1x2,nvidia", "--base-address", "127.0.80.0", "--json"],
    ...[
      "--folder",
      join(folder, "files"),
      "--log",
      join(folder, "log"),
      "--settings-out",
      settings,
    ],
  );
  t.after(() => child.kill());
  const said = JSON.parse(out);
  t.equal(said.simulated, true);
  const [antminer, trex, nvidia] = said.devices;
  t.match(antminer.address, /^127\.0\.80\.1:\d+$/);
  t.equal((await get(trex.address, "/summary")).gpus.length, 2);
  t.strictSame(parse(readFileSync(settings, "utf8")), { devices: said.devices });
  t.match(readFileSync(settings, "utf8"), /^# SIMULATED/);
  const askedAt = performance.now();
  child.kill("SIGTERM");
  t.strictSame(await once(child, "exit"), [0, null]);
  t.ok(performance.now() - askedAt < 1000, "within a second");
  t.notOk(existsSync(nvidia.program));
  t.match(readFileSync(join(folder, "log"), "utf8"), /"ask":"\/summary"/);
});

t.test("it marks the site as simulated for people too, and shows faults", async (t) => {
  const { child, out } = await simulate(
    ...["--devices", "antminer", "--fault", "antminer-1=refuse", "--base-address", "127.0.81.0"],
  );
  t.after(() => child.kill());
  t.match(out, /^SIMULATED/);
  const address = /127\.0\.81\.1:\d+/.exec(out)?.[0] ?? "";
  t.match(out, /\[refuse\]/);
  t.equal((await command(address, "stats")).how, "refused");
  child.kill("SIGINT");
  t.strictSame(await once(child, "exit"), [0, null]);
});

t.test("it replays a folder", async (t) => {
  const folder = t.testdir({ gamma: { "info.reply": '{"ASICModel":"BM1366"}' } });
  const { child, out } = await simulate(
    ...["--replay", folder, "--base-address", "127.0.82.0", "--json"],
  );
  t.after(() => child.kill());
  const [device] = JSON.parse(out).devices;
  t.equal((await get(device.addresses[0], "/api/system/info")).ASICModel, "BM1366");
  child.kill("SIGTERM");
  t.strictSame(await once(child, "exit"), [0, null]);
});

t.test("wrong words are refused with what would be right", async (t) => {
  for (const [args, says] of [
    [["--devices", "toaster:1"], /"toaster:1" is not a device/],
    [["--fault", "antminer-1=tired"], /garbage, half, huge/],
    [["--fault", "nobody=half", "--devices", "axeos"], /there is no nobody/],
    [["--ports", "few"], /standard or any/],
    [["--replay", "/nowhere"], /ENOENT/],
    [["--replay", ".", "--seed", "1", "--devices", "axeos"], /--replay goes with/],
    [["--profile", "toaster"], /not one of typical, mixed/],
    [["--profile", "mixed", "--devices", "axeos"], /one of --site/],
    [["--base-address", "192.168.1.0"], /not a loopback address/],
  ] as const) {
    const child = spawn(process.execPath, [MAIN, ...args]);
    let words = "";
    child.stderr.on("data", (chunk: Buffer) => {
      words += chunk.toString();
    });
    t.strictSame(await once(child, "close"), [1, null], args.join(" "));
    t.match(words, says, args.join(" "));
    t.notMatch(words, /\n\s+at /, "no stack");
  }
});

t.test("its help shows how to use it and how recorded replies are named", async (t) => {
  const { code, out } = await run(process.execPath, [MAIN, "--help"]);
  t.equal(code, 0);
  for (const word of [
    "SIMULATED",
    "--devices trex:1x12,nvidia",
    "api_system_info.json",
    "redirect",
  ]) {
    t.ok(out.includes(word), word);
  }
});
