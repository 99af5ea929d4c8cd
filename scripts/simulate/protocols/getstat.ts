import { celsius, fanPercent, watts } from "./gpu.ts";
import { answers, hexBus, type Question, reply, rounded, seconds, shares } from "./protocol.ts";
import { EQUIHASH, type Model, type Speaker } from "./speaker.ts";

const CARDS: readonly [Model, ...Model[]] = [
  { model: "GTX 1080 Ti", hashrate: 71, watts: 208 },
  { model: "GTX 1070", hashrate: 47, watts: 131 },
];
const solutions = (rate: number): number => rounded(rate, 2);

/** EWBF: GET /getstat. Bus numbers are hex; it says since when it runs, and has no clock of its own. */
export const ewbf: Speaker = {
  name: "ewbf",
  doors: [{ link: "http", port: 42_000 }],
  gpus: { make: "nvidia", count: 2 },
  models: CARDS,
  nature: { ...EQUIHASH, hashesPerDifficulty: 1024 },
  protocol: answers({ "/getstat": (question) => getstat(question) }),
};

/** miniZ: the same over TCP, and what it mines. */
export const miniz: Speaker = {
  ...ewbf,
  name: "miniz",
  doors: [{ link: "line", port: 20_000 }],
  protocol: answers({ getstat: (question) => getstat(question, { algorithm: "equihash144_5" }) }),
  nature: { ...ewbf.nature, algorithm: "equihash144_5" },
};

function getstat(question: Question, more: object = {}) {
  const { parts, worker, atMs } = question;
  const since = seconds(atMs) - parts[0].now.uptimeSeconds;
  const document = {
    id: 0,
    method: "getstat",
    ...more,
    error: null,
    start_time: since,
    current_server: "pool.example:3333",
    available_servers: 1,
    server_status: 2,
    user: worker,
    result: parts.map((part, at) => ({
      gpuid: at,
      cudaid: at,
      busid: `0000:${hexBus(part)}:00.0`,
      name: part.model,
      gpu_status: 2,
      solver: 0,
      temperature: celsius(part),
      gpu_power_usage: watts(part),
      gpu_fan_speed: fanPercent(part),
      gpu_clock_core_max: 1746,
      gpu_clock_memory: 5005,
      speed_sps: solutions(part.now.mean(10)),
      accepted_shares: part.now.accepted,
      rejected_shares: part.now.rejected,
      start_time: since,
    })),
  };
  return reply(question, document, (part) => ({
    hashrate: solutions(part.now.mean(10)),
    ...shares(part),
    powerWatts: watts(part),
    chipCelsius: celsius(part),
  }));
}
