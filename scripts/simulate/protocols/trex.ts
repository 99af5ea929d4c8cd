import type { Reported } from "../reply-log.ts";
import {
  answers,
  counters,
  type PartNow,
  type Question,
  type Reply,
  reply,
  seconds,
  total,
} from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

/** T-Rex, a miner for NVIDIA GPUs: GET /summary. Bus numbers are decimal. */
export const trex: Speaker = {
  name: "trex",
  doors: [{ link: "http", port: 4067 }],
  gpus: { make: "nvidia", count: 4 },
  models: NVIDIA_CARDS,
  nature: GPU,
  protocol: answers({ "/summary": summaryOf }),
};

function summaryOf(question: Question): Reply {
  const { parts, worker, atMs } = question;
  const [{ now, algorithm }] = parts;
  const sum = (overSeconds: number): number =>
    total(parts, (each) => Math.round(each.mean(overSeconds)));
  const body = {
    accepted_count: total(parts, (each) => each.accepted),
    active_pool: {
      difficulty: difficulty(now.difficulty),
      last_submit_ts: seconds(Math.max(0, ...parts.map((part) => part.now.newestShareAtMs ?? 0))),
      ping: 21,
      proxy: "",
      retries: 0,
      url: "stratum+tcp://pool.example:4444",
      user: worker.split(".")[0],
      worker: worker.split(".")[1] ?? "",
    },
    algorithm,
    api: "4.5",
    build_date: "Mar 14 2022 10:22:07",
    coin: "",
    description: "T-Rex NVIDIA GPU miner",
    driver: "550.90.07",
    gpu_total: parts.length,
    gpus: parts.map((part, at) => gpu(part, at)),
    hashrate: sum(10),
    hashrate_day: 0,
    hashrate_hour: now.uptimeSeconds >= 3600 ? sum(3600) : 0,
    hashrate_minute: sum(60),
    invalid_count: 0,
    name: "t-rex",
    os: "linux",
    paused: false,
    rejected_count: total(parts, (each) => each.rejected),
    revision: "b6a1c4d2e0f3",
    sharerate: 0,
    sharerate_average: 0,
    solved_count: 0,
    success: 1,
    time: seconds(atMs),
    uptime: now.uptimeSeconds,
    validate_shares: false,
    version: "0.26.8",
  };
  return reply(question, body, reported);
}

function reported(part: PartNow): Reported {
  return {
    hashrate: Math.round(part.now.mean(10)),
    ...counters(part),
    powerWatts: Math.round(part.now.watts),
    chipCelsius: Math.round(part.now.chipCelsius),
  };
}

function gpu(part: PartNow, at: number): Record<string, unknown> {
  const { now } = part;
  const perWatt = now.watts > 0 ? now.mean(60) / now.watts / 1000 : 0;
  const newest = seconds(now.newestShareAtMs ?? 0);
  return {
    cclock: 1410,
    dag_build_mode: 0,
    device_id: at,
    efficiency: `${Math.round(perWatt)}kH/W`,
    fan_speed: Math.round(now.fanDuty * 100),
    gpu_id: at,
    gpu_user_id: at,
    hashrate: Math.round(now.mean(10)),
    hashrate_day: 0,
    hashrate_hour: now.uptimeSeconds >= 3600 ? Math.round(now.mean(3600)) : 0,
    hashrate_instant: Math.round(now.rate),
    hashrate_minute: Math.round(now.mean(60)),
    intensity: 22,
    lhr_tune: 0,
    low_load: false,
    mclock: 7500,
    memory_temperature: Math.round(now.chipCelsius + 18),
    mtweak: 0,
    name: part.model,
    paused: false,
    pci_bus: part.pciBus,
    pci_domain: 0,
    pci_id: 0,
    potentially_unstable: false,
    power: Math.round(now.watts),
    power_avr: Math.round(now.watts),
    shares: {
      accepted_count: now.accepted,
      invalid_count: 0,
      last_share_diff: now.newestShareAtMs === undefined ? 0 : now.difficulty,
      last_share_submit_ts: newest,
      max_share_diff: Math.floor(now.bestDifficulty),
      max_share_submit_ts: newest,
      rejected_count: now.rejected,
      solved_count: 0,
    },
    temperature: Math.round(now.chipCelsius),
    uuid: part.id,
    vendor: "Simulated",
  };
}

/** As T-Rex writes it since its API 4: two decimals and a letter. */
function difficulty(value: number): string {
  for (const [size, letter] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "K"],
  ] as const) {
    if (value >= size) return `${(value / size).toFixed(2)} ${letter}`;
  }
  return value.toFixed(2);
}
