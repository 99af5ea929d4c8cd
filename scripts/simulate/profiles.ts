import { hashesPerDifficulty } from "../../proto/algorithms.ts";
import type { DeviceEvent } from "./model/events.ts";
import type { MachineTraits } from "./model/machine.ts";
import type { Nature, Speaker } from "./protocols/speaker.ts";
import type { CheckedDevice, CheckedGpu } from "./specs.ts";

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
  device: CheckedDevice,
  { models, nature: kind }: Speaker,
  nth: number,
  startMs: number,
  gpu: CheckedGpu = {},
): Profiled {
  const model = gpu.model ?? device.model;
  const usual =
    models.find((one) => one.model === model) ?? models[nth % models.length] ?? models[0];
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
  kind: Nature,
  algorithm: string,
): { difficulty: number; hashesPerDifficulty: number } {
  const own = algorithm === kind.algorithm;
  const each = (own ? kind.hashesPerDifficulty : undefined) ?? hashesPerDifficulty(algorithm);
  if (each === undefined) {
    throw new Error(
      `${device.driver}: how many hashes a share of ${algorithm} stands for is not known`,
    );
  }
  if (!own && device.difficulty === undefined) {
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
