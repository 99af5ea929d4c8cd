import { z } from "zod";
import { ALGORITHMS } from "../../proto/algorithms.ts";
import { duration, hashrate, power } from "./quantities.ts";
import { SPEAKERS } from "./speakers.ts";

/** Sensors of the site's own GPUs; all else speaks on a socket. */
const SENSORS = ["nvidia", "amdgpu"] as const;
const DRIVERS = [...SPEAKERS.map(({ name }) => name), ...SENSORS];

const event = z.strictObject({
  /** After the start of the simulation. */
  at: duration,
  kind: z.enum(["restart", "off", "silent"]),
  for: duration.optional(),
});

const gpu = z.strictObject({
  pciBus: z.number().int().min(0).max(255).optional(),
  model: z.string().optional(),
  hashrate: hashrate.optional(),
  power: power.optional(),
});

const device = z.strictObject({
  driver: z.enum(DRIVERS),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "use lower case letters, digits and dashes")
    .optional(),
  /** A loopback address; chosen from the base address when absent. */
  address: z
    .string()
    .regex(/^127(\.\d{1,3}){3}$/, "must be a loopback address, 127.x.y.z")
    .optional(),
  /** The protocol's own port when absent; 0 takes any that is free. */
  port: z.number().int().min(0).max(65_535).optional(),
  model: z.string().optional(),
  hashrate: hashrate.optional(),
  power: power.optional(),
  algorithm: z.enum(Object.keys(ALGORITHMS) as [keyof typeof ALGORITHMS]).optional(),
  /** Of a share. */
  difficulty: z.number().positive().optional(),
  /** Standard deviation of the hashrate, of 1. */
  noise: z.number().min(0).max(0.2).optional(),
  /** Shares that the pool refuses, of 1. */
  rejected: z.number().min(0).max(1).optional(),
  warmUp: duration.optional(),
  /** How long it had been running when the simulation begins. */
  age: duration.optional(),
  /** GPUs of a miner: how many, or each of them. */
  gpus: z.union([z.number().int().min(1).max(64), z.array(gpu).min(1).max(64)]).optional(),
  /** Old firmware writes stats without a comma between its objects, and rates as text. */
  brokenJson: z.boolean().optional(),
  restartsPerDay: z.number().min(0).max(1e5).optional(),
  outagesPerDay: z.number().min(0).max(1e5).optional(),
  outage: duration.optional(),
  events: z.array(event).max(1000).optional(),
});

/** A simulated mining site, as a settings file or a caller writes it: durations, rates and powers carry their units. */
export const siteSpec = z.strictObject({
  seed: z.union([z.string(), z.number()]).optional(),
  devices: z.array(device).min(1).max(2000),
});

export type Sensor = (typeof SENSORS)[number];

/** The sensor of that name; undefined for what speaks on a socket. */
export function sensorOf(driver: string): Sensor | undefined {
  return SENSORS.find((sensor) => sensor === driver);
}

/** A site with units in texts, before it is checked. */
export type SiteSpec = z.input<typeof siteSpec>;
/** A device with units in texts, before it is checked. */
export type DeviceSpec = SiteSpec["devices"][number];
/** A device with its numbers in ms, H/s and W. */
export type CheckedDevice = z.output<typeof device>;
export type CheckedGpu = z.output<typeof gpu>;

/** The site that is meant when nobody says which. */
export const TYPICAL = "antminer:2,axeos:1,trex:1x4,nvidia,lolminer:1x2,amdgpu,xmrig:1";

/**
 * Devices from a short list such as `antminer:2,trex:1x4,nvidia`: driver, how many, and for GPU miners how many GPUs each.
 * Throws with what is wrong with it.
 */
export function devicesFrom(list: string = TYPICAL): DeviceSpec[] {
  return list.split(",").flatMap((entry) => {
    const found = /^([a-z][a-z0-9-]*)(?::(\d{1,4})(?:x(\d{1,2}))?)?$/.exec(entry.trim());
    const driver = DRIVERS.find((name) => name === found?.[1]);
    if (!found || !driver) {
      throw new Error(`"${entry}" is not a device such as antminer:2 or trex:1x4`);
    }
    const one: DeviceSpec = found[3] ? { driver, gpus: Number(found[3]) } : { driver };
    return Array.from({ length: Number(found[2] ?? 1) }, () => ({ ...one }));
  });
}
