import { records } from "./ccminer.ts";
import { answers, counters, reply, rounded } from "./protocol.ts";
import { CPU, type Speaker } from "./speaker.ts";

/** cpuminer-opt 3: one word over TCP, text back. */
export const cpuminer: Speaker = {
  name: "cpuminer",
  doors: [{ link: "line", port: 4048 }],
  models: [{ model: "AMD Ryzen 7 5800X", hashrate: 3100, watts: 98 }],
  nature: { ...CPU, algorithm: "ghostrider", difficulty: 0.01, hashesPerDifficulty: 2 ** 22 },
  protocol: answers({
    summary: (question) => {
      const [part] = question.parts;
      const { now } = part;
      const fields = {
        NAME: "cpuminer-opt",
        VER: "3.24.5",
        API: "1.0",
        ALGO: part.algorithm,
        CPUS: 16,
        URL: "stratum+tcp://pool.example:3333",
        HS: now.mean(60).toFixed(2),
        KHS: (now.mean(60) / 1000).toFixed(2),
        ACC: now.accepted,
        REJ: now.rejected,
        SOL: 0,
        ACCMN: ((now.accepted * 60) / Math.max(1, now.uptimeSeconds)).toFixed(3),
        DIFF: now.difficulty,
        TEMP: now.chipCelsius.toFixed(1),
        FAN: 0,
        FREQ: 3_800_000,
        UPTIME: now.uptimeSeconds,
        TS: Math.floor(question.atMs / 1000),
      };
      return reply(question, records([fields]), () => ({
        hashrate: rounded(now.mean(60), 2),
        ...counters(part),
        chipCelsius: rounded(now.chipCelsius, 1),
      }));
    },
  }),
};
