import { celsius } from "./gpu.ts";
import { answers, type PartNow, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1];
const giga = (rate: number): number => rounded(rate / 1e9, 2);

/** MultMiner's M1: one page, most of it lists without names. What its coin is hashed with, it does not say. */
export const multminer: Speaker = {
  name: "multminer",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "M1", hashrate: 85e9, watts: 566 }],
  nature: { ...ASIC, algorithm: "argon", difficulty: 100, hashesPerDifficulty: 2 ** 32 },
  protocol: answers({
    "/gst.csp?a=a": (question) =>
      reply(question, status(question), (part) => ({
        hashrate: giga(part.now.mean(60)) * 1e9,
        ...shares(part),
        powerWatts: rounded(part.now.watts, 1),
      })),
  }),
};

function status({ parts: [part], worker, atMs }: Question) {
  const { now } = part;
  const day = new Date(atMs).toISOString().replaceAll("-", "/").replace("T", " ").slice(0, 19);
  const counted = [String(now.accepted), String(now.rejected), "0"];
  return {
    err: 0,
    bd: [...BOARDS.map(() => board(part)), 0],
    mt: `trb ${day} Hr:${giga(now.mean(60))} Pw:${rounded(now.watts, 1)}`,
    ms: [["working", "00:29:35", worker, ...counted, "-o pool.example:8208"]],
    isalarm: 0,
  };
}

function board({ now, ...part }: PartNow) {
  const rate = giga(now.mean(60) / BOARDS.length);
  const chip = [1, celsius({ now, ...part }), 0, 0, "1316/1365", "3/0", "740/780", "21GH/s | 740"];
  return {
    ol: 1,
    cn: 2,
    tphr: [rounded(now.watts / BOARDS.length, 1), 54, 56, rate],
    cs: [chip, chip],
  };
}
