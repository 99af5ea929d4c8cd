import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Running, until } from "../demonstration/processes.ts";
import { type Places, placesIn, prepareState } from "../demonstration/state.ts";

/** What an agent takes of its host while it reads twelve GPUs every ten seconds. */
export interface Footprint {
  readonly seconds: number;
  /** Resident and anonymous memory at the end, and the most that was resident, in MiB. */
  readonly rssMiB: number;
  readonly anonymousMiB: number;
  readonly peakMiB: number;
  /** Of one core, in percent, start-up left out. */
  readonly cpuPercent: number;
  readonly attested: number;
}

const WARM_UP_S = 20;

function memory(pid: number, field: string): number {
  const kiB = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(
    readFileSync(`/proc/${pid}/status`, "utf8"),
  )?.[1];
  return Number(kiB) / 1024;
}

/** Processor time that a process has used, in clock ticks (proc(5), fields 14 and 15). */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Runs simulator, coordinator and agent as processes of their own and looks at the agent's from outside. */
export async function measureFootprint(seconds: number): Promise<Footprint> {
  const directory = mkdtempSync(join(tmpdir(), "rig-bench-"));
  const places = placesIn(directory);
  const running: Running[] = [];
  try {
    const { agent, status } = await startAll(places, running);
    await sleep(WARM_UP_S);
    const before = { ticks: ticks(agent), at: performance.now() };
    await sleep(seconds);
    const used =
      (ticks(agent) - before.ticks) /
      Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
    const shown = (await (await fetch(`http://127.0.0.1:${status}/api/status`)).json()) as {
      delivery: { sequence?: string };
    };
    return {
      seconds,
      rssMiB: memory(agent, "VmRSS"),
      anonymousMiB: memory(agent, "RssAnon"),
      peakMiB: memory(agent, "VmHWM"),
      cpuPercent: (used / ((performance.now() - before.at) / 1000)) * 100,
      attested: Number(shown.delivery.sequence ?? -1) + 1,
    };
  } finally {
    for (const part of running.toReversed()) await part.stop(3000);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startAll(
  places: Places,
  running: Running[],
): Promise<{ agent: number; status: number }> {
  const { signal } = new AbortController();
  const ports = { broker: await freePort(0), http: await freePort(0), status: await freePort(0) };
  const begin = (name: string, file: string, words: readonly string[]): Running => {
    const part = new Running(name, file, words, join(places.directory, `${name}.log`));
    running.push(part);
    return part;
  };
  begin("simulator", "scripts/simulate/main.ts", [
    ...["--devices", "trex:1x12,nvidia", "--ports", "any", "--base-address", "127.0.77.0"],
    ...["--settings-out", places.devices, "--folder", join(places.directory, "site")],
  ]);
  await until(async () => readFileSync(places.devices, "utf8").length > 0, 20_000, signal);
  prepareState(places, ports, { window: "1m", interval: "10s", timeout: "5s", batch: "5s" });
  begin("coordinator", "coordinator/main.ts", ["run", "--settings", places.coordinatorSettings]);
  await until(
    async () => (await fetch(`http://127.0.0.1:${ports.http}/healthz`)).ok,
    20_000,
    signal,
  );
  const agent = begin("agent", "agent/main.ts", ["run", "--settings", places.agentSettings]);
  const up = await until(
    async () => (await fetch(`http://127.0.0.1:${ports.status}/healthz`)).ok,
    20_000,
    signal,
  );
  if (!up || agent.pid === undefined)
    throw new Error(
      `the agent did not start: ${readFileSync(join(places.directory, "agent.log"), "utf8")}`,
    );
  return { agent: agent.pid, status: ports.status };
}
