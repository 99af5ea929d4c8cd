import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Running, until } from "../demonstration/processes.ts";
import { type Pace, type Places, placesIn, prepareState } from "../demonstration/state.ts";

/** What a process took of the machine while it was looked at. */
export interface Taken {
  /** Resident and anonymous memory at the end, and the most that was resident, in MiB. */
  readonly rssMiB: number;
  readonly anonymousMiB: number;
  readonly peakMiB: number;
  /** Of one core, in percent, start-up left out. */
  readonly cpuPercent: number;
}

/** A simulated site, a coordinator and an agent, each a process of its own. */
export interface Rig {
  readonly agent: number;
  readonly status: string;
  readonly places: Places;
}

/** How it is set up: devices as `simulate --devices` takes them, and where the site's addresses begin. */
export interface RigOptions {
  readonly devices: string;
  readonly baseAddress: string;
  readonly ports: "any" | "standard";
  readonly pace: Pace;
}

export const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

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

const TICKS_A_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Looks at a process from outside for so many seconds. */
export async function watch(pid: number, seconds: number): Promise<Taken> {
  const before = { ticks: ticks(pid), at: performance.now() };
  await sleep(seconds);
  const used = (ticks(pid) - before.ticks) / TICKS_A_SECOND;
  return {
    rssMiB: memory(pid, "VmRSS"),
    anonymousMiB: memory(pid, "RssAnon"),
    peakMiB: memory(pid, "VmHWM"),
    cpuPercent: (used / ((performance.now() - before.at) / 1000)) * 100,
  };
}

/** Runs a rig for as long as the work takes, and takes everything away again. */
export async function withRig<T>(options: RigOptions, work: (rig: Rig) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "rig-bench-"));
  const running: Running[] = [];
  try {
    return await work(await startAll(placesIn(directory), options, running));
  } finally {
    for (const part of running.toReversed()) await part.stop(5000);
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startAll(places: Places, options: RigOptions, running: Running[]): Promise<Rig> {
  const { signal } = new AbortController();
  const ports = { broker: await freePort(0), http: await freePort(0), status: await freePort(0) };
  const begin = (name: string, file: string, words: readonly string[]): Running => {
    const part = new Running(name, file, words, join(places.directory, `${name}.log`));
    running.push(part);
    return part;
  };
  begin("simulator", "scripts/simulate/main.ts", [
    ...["--devices", options.devices, "--ports", options.ports],
    ...["--base-address", options.baseAddress, "--settings-out", places.devices],
    ...["--folder", join(places.directory, "site")],
  ]);
  await until(async () => readFileSync(places.devices, "utf8").length > 0, 30_000, signal);
  prepareState(places, ports, options.pace);
  begin("coordinator", "coordinator/main.ts", ["run", "--settings", places.coordinatorSettings]);
  await until(
    async () => (await fetch(`http://127.0.0.1:${ports.http}/healthz`)).ok,
    20_000,
    signal,
  );
  const agent = begin("agent", "agent/main.ts", ["run", "--settings", places.agentSettings]);
  const status = `http://127.0.0.1:${ports.status}`;
  const up = await until(async () => (await fetch(`${status}/healthz`)).ok, 20_000, signal);
  if (!up || agent.pid === undefined)
    throw new Error(
      `the agent did not start: ${readFileSync(join(places.directory, "agent.log"), "utf8")}`,
    );
  return { agent: agent.pid, status, places };
}

/** How many windows an agent has attested, by its own status. */
export async function attestedBy({ status }: Rig): Promise<number> {
  const shown = (await (await fetch(`${status}/api/status`)).json()) as {
    delivery: { sequence?: string };
  };
  return Number(shown.delivery.sequence ?? -1) + 1;
}
