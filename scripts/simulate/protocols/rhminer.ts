import { CARDS, each, rigOf } from "./cards.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { answers, counters, reply } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

/** rhminer: answers whatever is written to it, a blank is enough. */
export const rhminer: Speaker = {
  name: "rhminer",
  doors: [{ link: "line", port: 7111 }],
  models: rigOf("GTX 1080 Ti", 1150, 160),
  nature: {
    ...GPU,
    algorithm: "randomhash",
    difficulty: 5e-6,
    hashesPerDifficulty: 2 ** 32,
    warmUp: "ramp",
  },
  protocol: answers({
    " ": (question) => {
      const [part] = question.parts;
      const { now } = part;
      const document = {
        infos: CARDS.map((card) => ({
          name: `GPU${card}`,
          threads: 262,
          speed: Math.round(each(now.mean(30))),
          accepted: Math.floor(each(now.accepted)),
          rejected: Math.floor(each(now.rejected)),
          temp: celsius(part),
          fan: fanPercent(part),
        })),
        speed: Math.round(now.mean(30)),
        accepted: now.accepted,
        rejected: now.rejected,
        failed: 0,
        uptime: now.uptimeSeconds,
        extrapayload: "",
        "stratum.server": "pool.example:15555",
        "stratum.user": question.worker,
        diff: now.difficulty,
      };
      return reply(question, document, (of) => ({
        hashrate: Math.round(of.now.mean(30)),
        ...counters(of),
      }));
    },
  }),
};
