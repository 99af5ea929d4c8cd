import { hashesPerDifficulty } from "../../proto/algorithms.ts";
import type { DeviceEvent } from "./model/events.ts";
import type { MachineTraits } from "./model/machine.ts";
import type { CheckedDevice, CheckedGpu, Driver } from "./specs.ts";

interface Profile {
  readonly model: string;
  readonly hashrate: number;
  readonly watts: number;
}

type Hashing = Exclude<Driver, "nvidia" | "amdgpu">;

/** Machines of each kind as they are sold: later ones of a site take the next entry. */
const PROFILES: Record<Hashing, readonly Profile[]> = {
  antminer: [
    { model: "Antminer S19 Pro", hashrate: 110e12, watts: 3250 },
    { model: "Antminer S19", hashrate: 95e12, watts: 3250 },
  ],
  axeos: [{ model: "BM1370", hashrate: 1.2e12, watts: 17 }],
  trex: [
    { model: "RTX 3070", hashrate: 61.4e6, watts: 122 },
    { model: "RTX 3080", hashrate: 98.2e6, watts: 232 },
    { model: "RTX 3060 Ti", hashrate: 60.1e6, watts: 119 },
    { model: "RTX 3090", hashrate: 120.7e6, watts: 288 },
  ],
  lolminer: [
    { model: "Radeon RX 6800 XT", hashrate: 64.2e6, watts: 131 },
    { model: "Radeon RX 6700 XT", hashrate: 47.3e6, watts: 104 },
  ],
  xmrig: [{ model: "AMD Ryzen 9 5950X 16-Core Processor", hashrate: 15_400, watts: 142 }],
};

interface Kind {
  readonly algorithm: NonNullable<CheckedDevice["algorithm"]>;
  readonly difficulty: number;
  readonly noise: number;
  readonly warmUpMs: number;
  readonly warmUp: "ramp" | "wait";
  readonly idleWatts: number;
  readonly riseCelsius: number;
}

const GPU: Kind = {
  algorithm: "etchash",
  difficulty: 5e8,
  noise: 0.005,
  warmUpMs: 15_000,
  warmUp: "wait",
  idleWatts: 18,
  riseCelsius: 38,
};
const KINDS: Record<Hashing, Kind> = {
  antminer: {
    algorithm: "sha256d",
    difficulty: 65_536,
    noise: 0.01,
    warmUpMs: 30_000,
    warmUp: "ramp",
    idleWatts: 25,
    riseCelsius: 52,
  },
  axeos: {
    algorithm: "sha256d",
    difficulty: 1000,
    noise: 0.015,
    warmUpMs: 10_000,
    warmUp: "ramp",
    idleWatts: 2,
    riseCelsius: 36,
  },
  trex: GPU,
  lolminer: GPU,
  xmrig: {
    algorithm: "randomx",
    difficulty: 100_000,
    noise: 0.01,
    warmUpMs: 5000,
    warmUp: "wait",
    idleWatts: 40,
    riseCelsius: 45,
  },
};

const RESTART_MS = 2000;
const MOST_SHARES_PER_SECOND = 1000;

/** A machine with its name and what it mines. */
export interface Profiled {
  readonly model: string;
  readonly algorithm: string;
  readonly traits: MachineTraits;
}

/** One hashing machine of a device: its own wishes, else those of its kind. `nth` chooses among the models. */
export function profile(
  device: CheckedDevice & { readonly driver: Hashing },
  nth: number,
  startMs: number,
  gpu: CheckedGpu = {},
): Profiled {
  const models = PROFILES[device.driver];
  const kind = KINDS[device.driver];
  const model = gpu.model ?? device.model;
  const usual =
    models.find((one) => one.model === model) ?? (models[nth % models.length] as Profile);
  const algorithm = device.algorithm ?? kind.algorithm;
  const traits = {
    hashrate: gpu.hashrate ?? device.hashrate ?? usual.hashrate,
    noise: device.noise ?? kind.noise,
    warmUpMs: device.warmUp ?? kind.warmUpMs,
    warmUp: kind.warmUp,
    watts: gpu.power ?? device.power ?? usual.watts,
    idleWatts: Math.min(kind.idleWatts, gpu.power ?? device.power ?? usual.watts),
    ambientCelsius: 24,
    riseCelsius: kind.riseCelsius,
    ...work(device, kind, algorithm),
    rejectedRatio: device.rejected ?? 0.004,
    misfortune: {
      restartsPerDay: device.restartsPerDay ?? 0,
      outagesPerDay: device.outagesPerDay ?? 0,
      outageMs: device.outage ?? 60_000,
    },
    schedule: (device.events ?? []).map((event) => scheduled(event, startMs)),
  };
  const rate = traits.hashrate / (traits.difficulty * traits.hashesPerDifficulty);
  if (rate > MOST_SHARES_PER_SECOND) {
    throw new Error(
      `${device.driver}: difficulty ${traits.difficulty} means ${rate} shares a second`,
    );
  }
  return { model: model ?? usual.model, algorithm, traits };
}

function work(
  device: CheckedDevice,
  kind: Kind,
  algorithm: string,
): { difficulty: number; hashesPerDifficulty: number } {
  const each = hashesPerDifficulty(algorithm);
  if (each === undefined) {
    throw new Error(
      `${device.driver}: how many hashes a share of ${algorithm} stands for is not known`,
    );
  }
  if (algorithm !== kind.algorithm && device.difficulty === undefined) {
    throw new Error(`${device.driver}: ${algorithm} needs a difficulty`);
  }
  return { difficulty: device.difficulty ?? kind.difficulty, hashesPerDifficulty: Number(each) };
}

function scheduled(
  event: NonNullable<CheckedDevice["events"]>[number],
  startMs: number,
): DeviceEvent {
  const restart = event.kind === "restart";
  return {
    atMs: startMs + event.at,
    kind: event.kind === "silent" ? "silent" : "off",
    forMs: event.for ?? (restart ? RESTART_MS : 60_000),
  };
}
