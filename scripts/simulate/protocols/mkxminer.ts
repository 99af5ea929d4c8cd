import { CARDS, each, rigOf } from "./cards.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { answers, reply, rounded } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

const mega = (rate: number): number => rounded(rate / 1e6, 2);

/** mkxminer 4: GET /stats. It counts no shares. */
export const mkxminer: Speaker = {
  name: "mkxminer",
  doors: [{ link: "http", port: 5008 }],
  models: rigOf("Radeon RX 580", 62e6, 121),
  nature: {
    ...GPU,
    algorithm: "lyra2rev2",
    difficulty: 1,
    hashesPerDifficulty: 2 ** 32,
    warmUp: "ramp",
  },
  protocol: answers({
    "/stats": (question) => {
      const [part] = question.parts;
      const { now, algorithm } = part;
      const document = {
        main: { minerVersion: "4.2.0", apiVersion: 1, uptime: now.uptimeSeconds },
        pool: {
          address: "stratum+tcp://pool.example:3365",
          username: question.worker,
          algorithm,
        },
        gpus: { quantity: CARDS.length, hashrate: mega(now.mean(30)), alive: 3, sick: 0, dead: 0 },
        gpu: CARDS.map(() => ({
          name: "Radeon RX 580 Series",
          status: 0,
          hashrate: mega(each(now.mean(30))),
          hwErrors: 0,
          temperature: celsius(part),
          fan: fanPercent(part),
          gpuClock: 1360,
          memClock: 2000,
          activity: Math.round(now.busy * 100),
        })),
      };
      return reply(question, document, (of) => ({
        hashrate: mega(of.now.mean(30)) * 1e6,
        uptimeSeconds: of.now.uptimeSeconds,
      }));
    },
  }),
};
