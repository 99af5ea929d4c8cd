import { celsius, fanPercent, gpuSays, memoryCelsius, rate, watts } from "./gpu.ts";
import { answers, type PartNow, reply, seconds, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

/** NBMiner 42: GET /api/v1/status. Bus numbers are decimal; it says since when it runs, and has no clock of its own. */
export const nbminer: Speaker = {
  name: "nbminer",
  doors: [{ link: "http", port: 22_333 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: GPU,
  protocol: answers({
    "/api/v1/status": (question) => {
      const { parts, atMs } = question;
      const [{ now }] = parts;
      const document = {
        miner: {
          devices: parts.map(gpu),
          total_hashrate: spelled(total(parts, (_, part) => rate(part))),
          total_hashrate_raw: total(parts, (_, part) => rate(part)),
          total_power_consume: total(parts, (_, part) => watts(part)),
        },
        reboot_times: 0,
        start_time: seconds(atMs) - now.uptimeSeconds,
        stratum: {
          accepted_shares: total(parts, (each) => each.accepted),
          algorithm: parts[0].algorithm,
          difficulty: "0.500G",
          dual_mine: false,
          invalid_shares: 0,
          latency: 24,
          rejected_shares: total(parts, (each) => each.rejected),
          url: "pool.example:4444",
          use_ssl: false,
          user: question.worker,
        },
        version: "42.3",
      };
      return reply(question, document, (part) => {
        const { uptimeSeconds: _, ...says } = gpuSays()(part);
        return says;
      });
    },
  }),
};

const spelled = (hashrate: number): string => `${(hashrate / 1e6).toFixed(2)} M`;

function gpu(part: PartNow, at: number) {
  return {
    accepted_shares: part.now.accepted,
    core_clock: 1410,
    core_utilization: 100,
    fan: fanPercent(part),
    hashrate: spelled(rate(part)),
    hashrate_raw: rate(part),
    id: at,
    info: part.model,
    invalid_shares: 0,
    lhr: 0,
    memTemperature: memoryCelsius(part),
    mem_clock: 7500,
    mem_utilization: 100,
    pci_bus_id: part.pciBus,
    power: watts(part),
    rejected_shares: part.now.rejected,
    temperature: celsius(part),
  };
}
