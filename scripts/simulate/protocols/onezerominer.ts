import { celsius, fanPercent, gpuSays, rate } from "./gpu.ts";
import { answers, reply, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

/** OneZeroMiner 1: GET /. Bus numbers are decimal; rates and shares are lists beside the devices. */
export const onezerominer: Speaker = {
  name: "onezerominer",
  doors: [{ link: "http", port: 3001 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: GPU,
  protocol: answers({
    "/": (question) => {
      const { parts } = question;
      const [{ now, algorithm }] = parts;
      const document = {
        version: "1.4.2",
        uptime_seconds: now.uptimeSeconds,
        devices: parts.map((part) => ({
          bus_id: part.pciBus,
          name: part.model,
          temp: celsius(part),
          fan: fanPercent(part),
        })),
        algos: [
          {
            name: algorithm,
            pool: "pool.example:4444",
            total_hashrate: total(parts, (_, part) => rate(part)),
            hashrates: parts.map(rate),
            total_accepted_shares: total(parts, (each) => each.accepted),
            total_rejected_shares: total(parts, (each) => each.rejected),
            devices_accepted_shares: parts.map((part) => part.now.accepted),
            devices_rejected_shares: parts.map((part) => part.now.rejected),
          },
        ],
      };
      return reply(question, document, (part) => {
        const { powerWatts: _, ...says } = gpuSays()(part);
        return says;
      });
    },
  }),
};
