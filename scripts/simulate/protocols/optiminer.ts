import { CARDS, each, rigOf } from "./cards.ts";
import { answers, counters, reply, rounded } from "./protocol.ts";
import { EQUIHASH, type Speaker } from "./speaker.ts";

/** Optiminer 1.7: GET /. */
export const optiminer: Speaker = {
  name: "optiminer",
  doors: [{ link: "http", port: 8080 }],
  models: rigOf("GTX 1070", 418, 133),
  nature: EQUIHASH,
  protocol: answers({
    "/": (question) => {
      const [{ now }] = question.parts;
      const rates = (times: number, of: (rate: number) => number = (rate) => rate) => ({
        "5s": rounded(of(now.mean(5)) * times, 3),
        "60s": rounded(of(now.mean(60)) * times, 3),
      });
      const all = (times: number) => ({
        ...Object.fromEntries(CARDS.map((card) => [`GPU${card}`, rates(times, each)])),
        Total: rates(times),
      });
      const document = {
        version: "1.7.0",
        os: "linux",
        uptime: now.uptimeSeconds,
        // Each try finds nearly two solutions.
        iteration_rate: all(1 / 1.88),
        solution_rate: all(1),
        share: { accepted: now.accepted, rejected: now.rejected },
        stratum: { connected: true, host: "pool.example", port: 3443 },
      };
      return reply(question, document, (part) => ({
        hashrate: rounded(part.now.mean(5), 3),
        ...counters(part),
      }));
    },
  }),
};
