import { celsius, fanPercent, gpuSays, memoryCelsius, rate, watts } from "./gpu.ts";
import { answers, hexBus, type PartNow, reply, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

/** GMiner 3: GET /stat. Bus numbers are hex. */
export const gminer: Speaker = {
  name: "gminer",
  doors: [{ link: "http", port: 42_010 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: GPU,
  protocol: answers({
    "/stat": (question) => {
      const { parts, worker } = question;
      const [{ now, algorithm }] = parts;
      const document = {
        miner: "GMiner 3.44",
        uptime: now.uptimeSeconds,
        server: "pool.example:4444",
        user: worker,
        extended_share_info: true,
        algorithm,
        electricity: 0,
        total_accepted_shares: total(parts, (each) => each.accepted),
        total_rejected_shares: total(parts, (each) => each.rejected),
        total_stale_shares: 0,
        total_invalid_shares: 0,
        devices: parts.map(gpu),
        speed_rate_precision: 0,
        speed_unit: "H/s",
        power_unit: "H/W",
      };
      return reply(question, document, gpuSays());
    },
  }),
};

function gpu(part: PartNow, at: number) {
  return {
    gpu_id: at,
    bus_id: `0000:${hexBus(part)}:00.0`,
    name: part.model,
    speed: rate(part),
    accepted_shares: part.now.accepted,
    rejected_shares: part.now.rejected,
    stale_shares: 0,
    invalid_shares: 0,
    fan: fanPercent(part),
    temperature: celsius(part),
    temperature_limit: 90,
    memory_temperature: memoryCelsius(part),
    memory_temperature_limit: 110,
    core_clock: 1410,
    memory_clock: 7500,
    power_usage: watts(part),
  };
}
