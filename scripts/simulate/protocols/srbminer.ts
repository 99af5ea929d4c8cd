import { celsius, gpuSays, rate, watts } from "./gpu.ts";
import { answers, hexBus, type PartNow, type Question, reply, total } from "./protocol.ts";
import { AMD_CARDS, GPU, type Speaker } from "./speaker.ts";

/** SRBMiner-MULTI 2: GET /. Rates and shares are listed by algorithm, under `gpu` and the number of the GPU. */
export const srbminer: Speaker = {
  name: "srbminer",
  doors: [{ link: "http", port: 21_550 }],
  gpus: { make: "amdgpu", count: 2 },
  models: AMD_CARDS,
  nature: GPU,
  protocol: answers({
    "/": (question) => {
      const { parts } = question;
      // It counts shares for the program only.
      const whole = {
        sharesAccepted: total(parts, (now) => now.accepted),
        sharesRejected: total(parts, (now) => now.rejected),
        uptimeSeconds: parts[0].now.uptimeSeconds,
      };
      const says = (part: PartNow) => {
        const { sharesAccepted: _, sharesRejected: __, ...rest } = gpuSays()(part);
        return rest;
      };
      return reply(question, documentOf(question), says, whole);
    },
  }),
};

function documentOf({ parts, worker }: Question) {
  const [{ now, algorithm }] = parts;
  const accepted = total(parts, (each) => each.accepted);
  const rejected = total(parts, (each) => each.rejected);
  const sum = total(parts, (_, part) => rate(part));
  const numbered = (of: (part: PartNow) => number): Record<string, number> =>
    Object.fromEntries(parts.map((part, at) => [`gpu${at}`, of(part)]));
  return {
    rig_name: worker,
    miner_version: "2.4.7",
    mining_time: now.uptimeSeconds,
    total_cpu_workers: 0,
    total_gpu_workers: parts.length,
    total_workers: parts.length,
    cpu_devices: [],
    gpu_devices: parts.map(gpu),
    algorithms: [
      {
        id: 0,
        name: algorithm,
        pool: { pool: "pool.example:4444", uptime: now.uptimeSeconds, difficulty: now.difficulty },
        shares: { total: accepted + rejected, accepted, rejected, avg_find_time: 20 },
        hashrate: {
          "1min": Math.round(total(parts, (each) => each.mean(60))),
          cpu: { total: 0 },
          gpu: { ...numbered(rate), total: sum },
        },
      },
    ],
  };
}

function gpu(part: PartNow, at: number) {
  return {
    id: at,
    device: `gpu${at}`,
    bus_id: part.pciBus,
    topology_id: `${hexBus(part)}:00.0`,
    model: part.model,
    core_clock: 1300,
    memory_clock: 1075,
    temperature: celsius(part),
    asic_power: watts(part),
    fan_speed_rpm: Math.round(part.now.fanDuty * 3300),
    kernel_id: 1,
  };
}
