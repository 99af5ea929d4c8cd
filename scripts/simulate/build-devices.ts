import { join } from "node:path";
import { hostsAfter } from "./hosts.ts";
import { Machine } from "./model/machine.ts";
import { createRandom } from "./model/random.ts";
import { profile } from "./profiles.ts";
import type { Part } from "./protocols/protocol.ts";
import type { ReplyLog } from "./reply-log.ts";
import { SensorDevice } from "./sensor-device.ts";
import type { RunningDevice } from "./site-device.ts";
import { SocketDevice, type SocketDriver, SPEAKERS } from "./socket-device.ts";
import type { CheckedDevice } from "./specs.ts";

/** What all devices of a site share. */
export interface Ground {
  readonly seed: string;
  readonly baseAddress: string;
  readonly ports: "standard" | "any";
  readonly folder: string;
  readonly clock: () => number;
  readonly log: ReplyLog;
}

/** Buses that GPUs take in turn: of many, only those below 0x0a read the same in decimal and in hex. */
const BUSES = [0x01, 0x0a, 0x0b, 0x10, 0x21, 0x2e, 0x41, 0x4c, 0x61, 0x6d, 0x81, 0xa1, 0x0c, 0x23];
const WITHOUT_ROOT: Readonly<Record<number, number>> = { 80: 8080 };

type Miner = CheckedDevice & { readonly driver: SocketDriver };
const isMiner = (device: CheckedDevice): device is Miner => device.driver in SPEAKERS;

/** The devices of a site, not yet started. Throws when two of them cannot live side by side. */
export function buildDevices(checked: readonly CheckedDevice[], ground: Ground): RunningDevice[] {
  const named = withNames(checked);
  const buses = freeBuses(checked);
  const hosts = hostsAfter(ground.baseAddress, new Set(checked.map(({ address }) => address)));
  const seen = new Map<string, number>();
  const sockets = new Map<string, SocketDevice>();
  for (const [name, device] of named) {
    if (!isMiner(device)) continue;
    const nth = seen.get(device.driver) ?? 0;
    seen.set(device.driver, nth + 1);
    sockets.set(
      name,
      new SocketDevice({
        name,
        driver: device.driver,
        parts: machines(name, device, nth, buses, ground),
        brokenJson: device.brokenJson ?? false,
        host: device.address ?? hosts(),
        ports: portsOf(device, ground.ports),
        clock: ground.clock,
        log: ground.log,
      }),
    );
  }
  return named.map(([name, device]) => sockets.get(name) ?? sensors(name, device, sockets, ground));
}

function withNames(checked: readonly CheckedDevice[]): (readonly [string, CheckedDevice])[] {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  return checked.map((device) => {
    const nth = (counts.get(device.driver) ?? 0) + 1;
    counts.set(device.driver, nth);
    const name = device.name ?? `${device.driver}-${nth}`;
    if (taken.has(name)) throw new Error(`two devices are called ${name}`);
    taken.add(name);
    return [name, device] as const;
  });
}

function machines(
  name: string,
  device: Miner,
  nth: number,
  buses: () => number,
  ground: Ground,
): [Part, ...Part[]] {
  const nowMs = ground.clock();
  const bornMs = nowMs - (device.age ?? 0);
  const fate = `${ground.seed}/${name}`;
  const part = (at: number, gpu: { pciBus?: number | undefined } | undefined): Part => {
    const { traits, model, algorithm } = profile(device, gpu ? at : nth, nowMs, gpu);
    const seed = `${fate}/${at}`;
    const pciBus = gpu ? (gpu.pciBus ?? buses()) : 0;
    const machine = new Machine(traits, bornMs, seed, fate);
    machine.advance(nowMs);
    const id = createRandom(`${seed}/id`).hex(32);
    return { key: gpu ? pciKey(pciBus) : "", model, algorithm, id, pciBus, machine };
  };
  const gpus = gpusOf(device);
  if (!gpus) return [part(0, undefined)];
  return gpus.map((gpu, at) => part(at, gpu)) as [Part, ...Part[]];
}

/** The GPUs of a GPU miner; undefined for what is one machine by itself. */
function gpusOf(device: CheckedDevice): Exclude<CheckedDevice["gpus"], number> {
  const miner = device.driver === "trex" || device.driver === "lolminer";
  if (!miner && device.gpus !== undefined) throw new Error(`${device.driver} has no GPUs to list`);
  if (!miner) return undefined;
  const gpus = device.gpus ?? (device.driver === "trex" ? 4 : 2);
  return typeof gpus === "number" ? Array.from({ length: gpus }, () => ({})) : gpus;
}

/** As the agent writes the bus address of a GPU. */
const pciKey = (bus: number): string => `pci:0000:${bus.toString(16).padStart(2, "0")}:00.0`;

function freeBuses(checked: readonly CheckedDevice[]): () => number {
  const asked = checked.flatMap((device) =>
    (gpusOf(device) ?? []).flatMap((gpu) => (gpu.pciBus === undefined ? [] : [gpu.pciBus])),
  );
  const taken = new Set(asked);
  if (taken.size < asked.length) throw new Error("two GPUs of the site are on the same PCI bus");
  const all = [...BUSES, ...Array.from({ length: 254 }, (_, at) => at + 1)];
  return () => {
    const bus = all.find((each) => !taken.has(each));
    if (bus === undefined) throw new Error("a site has room for 254 GPUs");
    taken.add(bus);
    return bus;
  };
}

function portsOf(device: Miner, ports: Ground["ports"]): number[] {
  if (device.port !== undefined) return [device.port];
  if (ports === "any") return [0];
  const standard = SPEAKERS[device.driver].port;
  return [standard, WITHOUT_ROOT[standard] ?? standard, 0];
}

/** Sensors show the GPUs of every miner that drives their make. */
function sensors(
  name: string,
  device: CheckedDevice,
  sockets: ReadonlyMap<string, SocketDevice>,
  ground: Ground,
): SensorDevice {
  const driver = device.driver === "nvidia" ? "nvidia" : "amdgpu";
  const miner = driver === "nvidia" ? "trex" : "lolminer";
  const parts = [...sockets.values()]
    .filter((socket) => socket.driver === miner)
    .flatMap((socket) => socket.parts)
    .sort((a, b) => a.pciBus - b.pciBus);
  if (parts.length === 0) throw new Error(`${name} needs a ${miner} whose GPUs it can show`);
  const { clock, log } = ground;
  return new SensorDevice({ name, driver, parts, folder: join(ground.folder, name), clock, log });
}
