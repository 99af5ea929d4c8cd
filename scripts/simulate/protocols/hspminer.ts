import { celsius, fanPercent, watts } from "./gpu.ts";
import { answers, reply, seconds } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

/** HSPMiner on Aeternity: GET /api/v1. Its number of hashes is no rate in a known unit. */
export const hspminer: Speaker = {
  name: "hspminer",
  doors: [{ link: "http", port: 16_666 }],
  // Below 10 a bus reads the same in decimal and in hex.
  gpus: { make: "nvidia", count: 2, buses: [4, 5] },
  models: [{ model: "GTX 1080 Ti", hashrate: 600, watts: 168 }],
  nature: {
    ...GPU,
    algorithm: "cuckoo29",
    difficulty: 1,
    hashesPerDifficulty: 40_000,
    warmUp: "ramp",
  },
  protocol: answers({
    "/api/v1": (question) => {
      const { parts, atMs, worker } = question;
      const now = seconds(atMs);
      const miner = {
        coin: "ae",
        cur_time: now,
        start_time: now - parts[0].now.uptimeSeconds,
        ae_worker: worker,
        ae_pool: "pool.example:7898",
        devices: parts.map((part, at) => ({
          id: at,
          name: part.model,
          pci: `${part.pciBus}:0:0`,
          ae_hash: Math.round(part.now.mean(30) / 2.4),
          fan: fanPercent(part),
          core: 1695,
          mem: 5508,
          power: watts(part),
          temp: celsius(part),
          submit: part.now.accepted,
        })),
      };
      return reply(question, { report_time: now, miner: [miner] }, (part) => ({
        sharesAccepted: part.now.accepted,
        powerWatts: watts(part),
        chipCelsius: celsius(part),
      }));
    },
  }),
};
