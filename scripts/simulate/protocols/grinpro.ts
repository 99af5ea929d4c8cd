import { CARDS, each, rigOf } from "./cards.ts";
import { answers, type PartNow, reply, rounded, shares } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

const graphs = ({ now }: PartNow): number => rounded(each(now.mean(30)), 6);

/** GrinPro: GET /api/status, graphs a second. */
export const grinpro: Speaker = {
  name: "grinpro",
  doors: [{ link: "http", port: 5777 }],
  models: rigOf("GTX 1070 Ti", 420, 141),
  nature: {
    ...GPU,
    algorithm: "cuckaroo29",
    difficulty: 1,
    hashesPerDifficulty: 20_000,
    warmUp: "ramp",
  },
  protocol: answers({
    "/api/status": (question) => {
      const [part] = question.parts;
      const { accepted, rejected } = part.now;
      const document = {
        connectionAddress: "pool.example:4416",
        connectionStatus: "Connected",
        shares: {
          found: accepted + rejected,
          submitted: accepted + rejected,
          accepted,
          tooLate: 0,
          failedToValidate: rejected,
        },
        workers: CARDS.map((id) => ({
          id,
          platform: "0",
          gpuName: "GeForce GTX 1070 Ti",
          status: "ONLINE",
          graphsPerSecond: graphs(part),
          totalSols: 3,
        })),
      };
      return reply(question, document, (of) => ({
        hashrate: graphs(of) * CARDS.length,
        ...shares(of),
      }));
    },
  }),
};
