import { CARDS, each, rigOf } from "./cards.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { answers, counters, reply, rounded, seconds } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

const kilo = (rate: number): number => rounded(rate / 1000, 4);

/** SWARM: one word over TCP, lists by GPU. */
export const swarm: Speaker = {
  name: "swarm",
  doors: [{ link: "line", port: 6099 }],
  models: rigOf("GTX 1070 Ti", 14.2e6, 170),
  nature: { ...GPU, algorithm: "kawpow", difficulty: 0.05, warmUp: "ramp" },
  protocol: answers({
    stats: (question) => {
      const [part] = question.parts;
      const { now, algorithm } = part;
      const byCard = (figure: number | string): string[] => CARDS.map(() => String(figure));
      const document = {
        hsu: "khs",
        fans: byCard(fanPercent(part)),
        gpus: byCard(kilo(each(now.mean(30))).toFixed(4)),
        power: byCard(Math.round(each(now.watts))),
        temps: byCard(celsius(part)),
        uptime: now.uptimeSeconds,
        accepted: now.accepted,
        rejected: now.rejected,
        gpu_total: kilo(now.mean(30)),
        algo: algorithm,
        stratum: "stratum+tcp://pool.example:3353",
        start_time: String(seconds(question.atMs) - now.uptimeSeconds),
        workername: question.worker,
      };
      return reply(question, document, (of) => ({
        hashrate: kilo(of.now.mean(30)) * 1000,
        ...counters(of),
      }));
    },
  }),
};
