import { celsius, fanPercent, gpuSays, memoryCelsius, rate, watts } from "./gpu.ts";
import { answers, type PartNow, reply, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

const minutes = ({ now }: PartNow): number => Math.floor(now.uptimeSeconds / 60);

/** Team Black Miner 1.9: GET /summary. Bus numbers are decimal, uptime is in minutes. */
export const teamblackminer: Speaker = {
  name: "teamblackminer",
  doors: [{ link: "http", port: 4001 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: { ...GPU, algorithm: "ethash" },
  protocol: answers({
    "/summary": (question) => {
      const { parts, worker } = question;
      const document = {
        miner: {
          name: "TBMiner",
          version: "1.94",
          uptime_minutes: minutes(parts[0]),
          total_hashrate: total(parts, (_, part) => rate(part)),
          total_accepted: total(parts, (now) => now.accepted),
          total_rejected: total(parts, (now) => now.rejected),
        },
        pool: { url: "pool.example:4444", worker, algo: parts[0].algorithm, active: true },
        devices: Object.fromEntries(parts.map((part, at) => [String(at), gpu(part)])),
      };
      return reply(question, document, (part) => ({
        ...gpuSays()(part),
        uptimeSeconds: minutes(part) * 60,
      }));
    },
  }),
};

const gpu = (part: PartNow) => ({
  board_name: part.model,
  pcie_id: part.pciBus,
  hashrate: rate(part),
  accepted: part.now.accepted,
  rejected: part.now.rejected,
  stale: 0,
  gpu_temp: celsius(part),
  mem_temp: memoryCelsius(part),
  watt: watts(part),
  fan: fanPercent(part),
  core_clock: 1410,
  mem_clock: 7500,
});
