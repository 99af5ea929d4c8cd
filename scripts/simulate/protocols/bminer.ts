import { CARDS, each, rigOf } from "./cards.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { answers, reply, rounded, shares } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

/** One card's rate, so that their sum is what all of them do. */
const one = (rate: number): number => Math.round(each(rate));
const byCard = <T>(of: T): Record<string, T> =>
  Object.fromEntries(CARDS.map((card) => [String(card), of]));

/** Bminer 15: GET /api/status, and what is counted by algorithm in replies of its own. */
export const bminer: Speaker = {
  name: "bminer",
  doors: [{ link: "http", port: 1880 }],
  models: rigOf("GTX 1080 Ti", 46.2e6, 171),
  nature: { ...GPU, algorithm: "ethash", difficulty: 1e9 },
  protocol: answers({
    "/api/status": (question) => {
      const [part] = question.parts;
      const { now, algorithm } = part;
      const miner = {
        solver: { solution_rate: one(now.mean(30)) },
        device: {
          temperature: celsius(part),
          power: rounded(each(now.watts), 0),
          fan_speed: fanPercent(part),
          utilization: { gpu: Math.round(now.busy * 100), memory: 88 },
          clocks: { core: 1632, memory: 5508 },
        },
      };
      const stratum = { accepted_shares: now.accepted, rejected_shares: now.rejected };
      const document = { algorithm, version: "v15.8.7", stratum, miners: byCard(miner) };
      return reply(question, document, (of) => ({
        hashrate: one(of.now.mean(30)) * CARDS.length,
        ...shares(of),
      }));
    },
    "/api/v1/status/solver": (question) => {
      const [{ now, algorithm }] = question.parts;
      const solver = { algorithm, speed_info: { hash_rate: one(now.mean(30)) } };
      return reply(question, { devices: byCard({ solvers: [solver] }) });
    },
    "/api/v1/status/stratum": (question) => {
      const [{ now, algorithm }] = question.parts;
      const pool = { name: `${algorithm}://pool.example:4444`, active: true };
      const counted = { accepted_shares: now.accepted, rejected_shares: now.rejected };
      return reply(question, { stratums: { [algorithm]: { failover_uris: [pool], ...counted } } });
    },
  }),
};
