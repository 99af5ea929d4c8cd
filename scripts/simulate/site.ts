import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { buildDevices } from "./build-devices.ts";
import type { Fault } from "./faults.ts";
import type { Truth } from "./model/history.ts";
import { type LogEntry, ReplyLog } from "./reply-log.ts";
import type { AgentDevice, RunningDevice } from "./site-device.ts";
import { type SiteSpec, siteSpec } from "./specs.ts";
import { steadyClock } from "./steady-clock.ts";
import { keepTicking } from "./ticking.ts";

const REFRESH_MS = 1000;

/** How a site is set up. */
export interface SiteOptions {
  readonly site: SiteSpec;
  /** Wins over the seed of the site. */
  readonly seed?: string;
  /** Devices take the loopback addresses after it: default 127.0.10.0. */
  readonly baseAddress?: string;
  /** standard: each protocol's own port where it can be had, else another. any: ports that are free. */
  readonly ports?: "standard" | "any";
  /** Where the files of sensors go; a temporary folder when absent. */
  readonly folder?: string;
  /** Every reply that is served, as JSON lines. */
  readonly logFile?: string;
  /** Unix ms, never running backwards; the default follows the wall clock of the start and never steps. */
  readonly clock?: () => number;
  /** How often files are rewritten and outages begin and end by themselves; 0: only by `tick()`. */
  readonly refreshMs?: number;
  /** Told of what goes wrong between questions; without it `stop()` throws the first of it. */
  readonly onTrouble?: (error: Error) => void;
}

/** A hashing machine of a device: what is needed to recompute its shares and hashes. */
interface SiteMachine {
  /** Empty for the device itself, else `pci:0000:0a:00.0`. */
  readonly key: string;
  readonly model: string;
  readonly algorithm: string;
  /** H/s when warm. */
  readonly hashrate: number;
  /** Of a share. */
  readonly difficulty: number;
  readonly hashesPerDifficulty: number;
}

/** A device of a site that runs. */
interface SiteDevice {
  readonly name: string;
  readonly driver: string;
  /** host:port; absent for sensors. */
  readonly address?: string;
  /** Where it says nothing without them. */
  readonly username?: string;
  readonly password?: string;
  readonly program?: string;
  readonly root?: string;
  readonly machines: readonly SiteMachine[];
  /** The replies that it served, oldest first. */
  readonly log: readonly LogEntry[];
  /** What it, or one machine of it, had truly done by then; undefined where that is not known. */
  truth(atMs: number, key?: string): Truth | undefined;
}

/** A simulated mining site that runs. */
export interface Site {
  readonly devices: readonly SiteDevice[];
  readonly log: ReplyLog;
  /** The device of that name. Throws when there is none. */
  device(name: string): SiteDevice;
  /** Makes a device misbehave; undefined makes it well again. Throws when it cannot act that out. */
  setFault(name: string, fault: Fault | undefined): Promise<void>;
  /** Starts a device anew, with uptime and counters from 0, after being off for a while. */
  restart(name: string, offMs?: number): Promise<void>;
  /** Brings all devices up to now at once. */
  tick(): Promise<void>;
  /** Frees every port and file. Safe twice. */
  stop(): Promise<void>;
}

/** Starts a site; everything listens and stands when it returns. Throws with what is wrong with the site. */
export async function startSite(options: SiteOptions): Promise<Site> {
  const checked = siteSpec.safeParse(options.site);
  if (!checked.success) throw new Error(`the site is not valid\n${z.prettifyError(checked.error)}`);
  const clock = options.clock ?? steadyClock();
  const log = new ReplyLog(options.logFile);
  const folder = await folderFor(options.folder);
  const release = async (): Promise<void> => {
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  const running: RunningDevice[] = [];
  try {
    const ground = {
      seed: options.seed ?? String(checked.data.seed ?? 1),
      baseAddress: options.baseAddress ?? "127.0.10.0",
      ports: options.ports ?? "standard",
      folder,
      clock: () => Math.floor(clock()),
      log,
    };
    const devices = buildDevices(checked.data.devices, ground);
    await log.open();
    for (const device of devices) {
      running.push(device);
      await device.start();
    }
  } catch (error) {
    await stopAll(running, log, release);
    throw error;
  }
  return site(running, log, release, options);
}

async function folderFor(asked: string | undefined): Promise<string> {
  if (asked === undefined) return mkdtemp(join(tmpdir(), "simulated-site-"));
  await mkdir(asked, { recursive: true });
  return resolve(asked);
}

async function stopAll(
  running: readonly RunningDevice[],
  log: ReplyLog,
  release: () => Promise<void>,
): Promise<void> {
  await Promise.all(running.map((device) => device.stop()));
  await release();
  await log.close();
}

function site(
  running: readonly RunningDevice[],
  log: ReplyLog,
  release: () => Promise<void>,
  options: SiteOptions,
): Site {
  const find = (name: string): RunningDevice => {
    const device = running.find((each) => each.name === name);
    if (device) return device;
    throw new Error(
      `there is no ${name}; there are ${running.map((each) => each.name).join(", ")}`,
    );
  };
  const devices = running.map((device) => describe(device, log));
  const tick = async (): Promise<void> => {
    await Promise.all(running.map((device) => device.tick()));
  };
  const stopTicking = keepTicking(tick, options.refreshMs ?? REFRESH_MS, options.onTrouble);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const trouble = await stopTicking();
    await stopAll(running, log, release);
    if (trouble) throw trouble;
  };
  return {
    devices,
    log,
    tick,
    device: (name) => devices[running.indexOf(find(name))] as SiteDevice,
    setFault: async (name, fault) => find(name).setFault(fault),
    restart: async (name, offMs = 0) => find(name).restart(offMs),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function describe(device: RunningDevice, log: ReplyLog): SiteDevice {
  return {
    ...device.source(),
    machines: device.parts.map(({ key, model, algorithm, machine }) => {
      const { hashrate, difficulty, hashesPerDifficulty } = machine.traits;
      return { key, model, algorithm, hashrate, difficulty, hashesPerDifficulty };
    }),
    get log() {
      return log.entries.filter((entry) => entry.device === device.name);
    },
    truth: (atMs, key) =>
      device.truth(
        atMs,
        device.parts.filter((part) => key === undefined || part.key === key),
      ),
  };
}

/** The site's devices as the agent's settings name them. */
export function agentDevices(from: Pick<Site, "devices">): AgentDevice[] {
  return from.devices.map(({ name, driver, address, username, password, program, root }) => ({
    name,
    driver,
    ...(address === undefined ? {} : { address }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(program === undefined ? {} : { program }),
    ...(root === undefined ? {} : { root }),
  }));
}
