import { join } from "node:path";
import { hostsAfter } from "./hosts.ts";
import { Machine } from "./model/machine.ts";
import { createRandom } from "./model/random.ts";
import { profile } from "./profiles.ts";
import type { Part } from "./protocols/protocol.ts";
import type { Speaker } from "./protocols/speaker.ts";
import type { ReplyLog } from "./reply-log.ts";
import { SensorDevice } from "./sensor-device.ts";
import type { RunningDevice } from "./site-device.ts";
import { SocketDevice } from "./socket-device.ts";
import { speakerOf } from "./speakers.ts";
import { type CheckedDevice, type Sensor, sensorOf } from "./specs.ts";

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

/** The devices of a site, not yet started. Throws when two of them cannot live side by side. */
export function buildDevices(checked: readonly CheckedDevice[], ground: Ground): RunningDevice[] {
  const named = withNames(checked);
  const buses = freeBuses(checked);
  const hosts = hostsAfter(ground.baseAddress, new Set(checked.map(({ address }) => address)));
  const seen = new Map<string, number>();
  const sockets = new Map<string, SocketDevice>();
  for (const [name, device] of named) {
    const speaker = speakerOf(device.driver);
    if (speaker === undefined) continue;
    const nth = seen.get(device.driver) ?? 0;
    seen.set(device.driver, nth + 1);
    sockets.set(
      name,
      new SocketDevice({
        name,
        speaker,
        parts: machines({ name, device, speaker, nth, buses, ground }),
        brokenJson: device.brokenJson ?? false,
        host: device.address ?? hosts(),
        ports: portsOf(device, speaker, ground.ports),
        clock: ground.clock,
        log: ground.log,
      }),
    );
  }
  return named.map(([name, { driver }]) => {
    const sensor = sensorOf(driver);
    return sensor ? sensors(name, sensor, sockets, ground) : (sockets.get(name) as SocketDevice);
  });
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

interface Making {
  readonly name: string;
  readonly device: CheckedDevice;
  readonly speaker: Speaker;
  /** Of its kind on the site. */
  readonly nth: number;
  /** A bus that is free: the one that is wished for, if it is. */
  readonly buses: (wished?: number) => number;
  readonly ground: Ground;
}

function machines({ name, device, speaker, nth, buses, ground }: Making): [Part, ...Part[]] {
  const nowMs = ground.clock();
  const bornMs = nowMs - (device.age ?? 0);
  const fate = `${ground.seed}/${name}`;
  const part = (at: number, gpu: { pciBus?: number | undefined } | undefined): Part => {
    const { traits, model, algorithm } = profile(device, speaker, gpu ? at : nth, nowMs, gpu);
    const seed = `${fate}/${at}`;
    const pciBus = gpu ? (gpu.pciBus ?? buses(speaker.gpus?.buses?.[at])) : 0;
    const machine = new Machine(traits, bornMs, seed, fate);
    machine.advance(nowMs);
    const id = createRandom(`${seed}/id`).hex(32);
    return { key: gpu ? pciKey(pciBus) : "", model, algorithm, id, pciBus, machine };
  };
  const gpus = gpusOf(device, speaker);
  if (!gpus) return [part(0, undefined)];
  return gpus.map((gpu, at) => part(at, gpu)) as [Part, ...Part[]];
}

/** The GPUs of a GPU miner; undefined for what is one machine by itself. */
function gpusOf(
  device: CheckedDevice,
  speaker: Speaker | undefined,
): Exclude<CheckedDevice["gpus"], number> {
  if (speaker?.gpus === undefined) {
    if (device.gpus === undefined) return undefined;
    throw new Error(`${device.driver} has no GPUs to list`);
  }
  const gpus = device.gpus ?? speaker.gpus.count;
  return typeof gpus === "number" ? Array.from({ length: gpus }, () => ({})) : gpus;
}

/** As the agent writes the bus address of a GPU. */
const pciKey = (bus: number): string => `pci:0000:${bus.toString(16).padStart(2, "0")}:00.0`;

function freeBuses(checked: readonly CheckedDevice[]): Making["buses"] {
  const asked = checked.flatMap((device) =>
    (gpusOf(device, speakerOf(device.driver)) ?? []).flatMap((gpu) =>
      gpu.pciBus === undefined ? [] : [gpu.pciBus],
    ),
  );
  const taken = new Set(asked);
  if (taken.size < asked.length) throw new Error("two GPUs of the site are on the same PCI bus");
  const all = [...BUSES, ...Array.from({ length: 254 }, (_, at) => at + 1)];
  return (wished) => {
    const wishes = wished === undefined ? all : [wished, ...all];
    const bus = wishes.find((each) => !taken.has(each));
    if (bus === undefined) throw new Error("a site has room for 254 GPUs");
    taken.add(bus);
    return bus;
  };
}

/** For each door of a device the ports to try, in order. */
function portsOf(device: CheckedDevice, { doors }: Speaker, ports: Ground["ports"]): number[][] {
  return doors.map(({ port: standard }, door) => {
    if (door === 0 && device.port !== undefined) return [device.port];
    // An agent looks for the further doors at their own ports only.
    if (door === 0 && ports === "any") return [0];
    return [standard, WITHOUT_ROOT[standard] ?? standard, 0];
  });
}

/** Sensors show the GPUs of every miner that drives their make. */
function sensors(
  name: string,
  driver: Sensor,
  sockets: ReadonlyMap<string, SocketDevice>,
  ground: Ground,
): SensorDevice {
  const parts = [...sockets.values()]
    .filter(({ speaker }) => speaker.gpus?.make === driver)
    .flatMap((socket) => socket.parts)
    .sort((a, b) => a.pciBus - b.pciBus);
  if (parts.length === 0) throw new Error(`${name} needs a miner of ${driver} GPUs to show`);
  const { clock, log } = ground;
  return new SensorDevice({ name, driver, parts, folder: join(ground.folder, name), clock, log });
}
