import { CARDS, each, rigOf } from "./cards.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { answers, reply, rounded, workDone } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
const whole = (rate: number): number => rounded(rate, 2);

/** JCE: GET /. */
export const jceminer: Speaker = {
  name: "jceminer",
  doors: [{ link: "http", port: 3434 }],
  models: rigOf("Ellesmere", 801, 94),
  nature: {
    ...GPU,
    algorithm: "cryptonight",
    difficulty: 20_000,
    hashesPerDifficulty: 1,
    warmUp: "ramp",
  },
  protocol: answers({
    "/": (question) => {
      const [part] = question.parts;
      const { now } = part;
      const { uptimeSeconds: up } = now;
      const rates = CARDS.map(() => whole(each(now.mean(10))));
      const document = {
        hashrate: {
          thread_all: rates,
          thread_gpu: rates,
          total: whole(now.mean(10)),
          max: whole(now.mean(10) * 1.01),
        },
        result: {
          wallet: question.worker,
          pool: "pool.example:5555",
          ssl: false,
          currency: "BitTube (TUBE)",
          difficulty: now.difficulty,
          shares: now.accepted,
          hashes: workDone(part),
          uptime: [up / 3600, (up / 60) % 60, up % 60].map(two).join(":"),
        },
        gpu_status: CARDS.map((index) => ({
          index,
          temperature: celsius(part),
          fan: fanPercent(part),
          processor: "Ellesmere",
          memory: 8192,
        })),
        miner: { version: "jce/0.33b18/gpu", platform: "Linux" },
      };
      return reply(question, document, (of) => ({
        hashrate: whole(of.now.mean(10)),
        sharesAccepted: of.now.accepted,
        difficultyAccepted: workDone(of),
        uptimeSeconds: of.now.uptimeSeconds,
      }));
    },
  }),
};
