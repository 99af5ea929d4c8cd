import { CARDS, each, rigOf } from "./cards.ts";
import { celsius } from "./gpu.ts";
import { answers, reply, shares } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

const milli = (rate: number): number => Math.round(rate * 1000);

/** Cast XMR: GET /, rates in thousandths of a hash. */
export const castxmr: Speaker = {
  name: "castxmr",
  doors: [{ link: "http", port: 7777 }],
  models: rigOf("Radeon RX Vega 64", 1990, 178),
  nature: {
    ...GPU,
    algorithm: "cryptonight",
    difficulty: 25_000,
    hashesPerDifficulty: 1,
    warmUp: "ramp",
  },
  protocol: answers({
    "/": (question) => {
      const [part] = question.parts;
      const { now } = part;
      const document = {
        total_hash_rate: milli(now.mean(10)),
        total_hash_rate_avg: milli(now.meanSinceStart),
        pool: { server: "pool.example:7777", status: "connected", online: now.uptimeSeconds },
        job: { job_number: 3, difficulty: now.difficulty },
        shares: { num_accepted: now.accepted, num_rejected: now.rejected, num_outdated: 0 },
        devices: CARDS.map((card) => ({
          device: `GPU${card}`,
          device_id: card,
          hash_rate: milli(each(now.mean(10))),
          hash_rate_avg: milli(each(now.meanSinceStart)),
          gpu_temperature: celsius(part),
          gpu_fan_rpm: Math.round(now.fanDuty * 4900),
        })),
      };
      return reply(question, document, (of) => ({
        hashrate: milli(of.now.mean(10)) / 1000,
        ...shares(of),
      }));
    },
  }),
};
