import { cgminer, megahashes, poolsOf, tally } from "./cgminer.ts";
import { celsius } from "./gpu.ts";
import { behindDigest } from "./logins.ts";
import {
  answers,
  macOf,
  type PartNow,
  type Question,
  reply,
  rounded,
  shares,
  workDone,
} from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [1, 2, 3];
const mega = (rate: number): string => (rate / 1e6).toFixed(4);
const head = ({ model }: PartNow) => ({
  CGMiner: "2.3.3",
  Miner: "1.3.0.8",
  CompileTime: "2023-05-28 17-20-35 CST",
  Type: model,
});
const numbered = <T>(name: string, of: (board: number) => T): Record<string, T> =>
  Object.fromEntries(BOARDS.map((board) => [`${name}${board}`, of(board)]));

/** A Hammer with the firmware of Blackminer: the cgminer API, rates as text. */
export const blackminer: Speaker = {
  name: "blackminer",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "Hammer D10", hashrate: 5e9, watts: 3400 }],
  nature: { ...ASIC, algorithm: "scrypt", difficulty: 200_000 },
  protocol: cgminer("ccminer 2.3.3", {
    version: ({ parts: [part] }) => ({
      code: 22,
      title: "CGMiner versions",
      content: [{ ...head(part), API: "3.1" }],
    }),
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "CGMiner stats",
      content: [head(part), stats(part)],
      says: ({ now }) => ({
        hashrate: Number(mega(now.mean(5))) * 1e6,
        uptimeSeconds: now.uptimeSeconds,
      }),
    }),
    summary: ({ parts: [part] }) => ({
      code: 11,
      title: "Summary",
      content: [
        {
          Elapsed: part.now.uptimeSeconds,
          "MHS 5s": mega(part.now.mean(5)),
          "MHS av": mega(part.now.meanSinceStart),
          ...tally(part),
        },
      ],
      says: (of) => ({ difficultyAccepted: workDone(of) }),
    }),
    pools: (question) => ({ ...poolsOf(question), says: shares }),
  }),
};

function stats(part: PartNow) {
  const { now } = part;
  return {
    STATS: 0,
    ID: "A30",
    Elapsed: now.uptimeSeconds,
    "MHS 5s": mega(now.mean(5)),
    "MHS av": mega(now.meanSinceStart),
    miner_count: BOARDS.length,
    frequency: "810",
    fan_num: 4,
    ...Object.fromEntries([1, 2, 3, 4].map((fan) => [`fan${fan}`, Math.round(now.fanDuty * 6000)])),
    temp_num: BOARDS.length,
    ...numbered("temp", (board) => celsius(part) - 10 - board),
    ...numbered("chain_acn", () => 108),
    ...numbered("chain_acs", () => " oooooooo".repeat(12).concat(" oooooooooooo")),
    ...numbered("chain_rate", () => mega(now.mean(5) / BOARDS.length)),
  };
}

const LOGIN = { username: "root", password: "ltc@dog" };
/** Three digits and a comma, as its page writes numbers. */
const grouped = (value: number): string => value.toLocaleString("en-US");
const page = (rate: number): number => rounded(megahashes(rate), 1);

/** A VolcMiner with newer firmware: its web page only, behind a login. */
export const blackminerWeb: Speaker = {
  name: "blackminer-web",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "VolcMiner D1", hashrate: 18.5e9, watts: 3900 }],
  nature: { ...ASIC, algorithm: "scrypt", difficulty: 524_288 },
  login: LOGIN,
  protocol: behindDigest(
    "VolcMiner",
    LOGIN,
    answers({
      "/cgi-bin/get_system_info.cgi": (question) => {
        const [part] = question.parts;
        return reply(question, {
          minertype: part.model,
          macaddr: macOf(part),
          hostname: "simulated",
          system_filesystem_version: "2025-10-08 04-26-50 CST",
          cgminer_version: "4.12.0",
        });
      },
      "/cgi-bin/get_miner_status.cgi": (question) =>
        reply(question, status(question), (part) => ({
          hashrate: page(part.now.mean(5)) * 1e6,
          uptimeSeconds: part.now.uptimeSeconds,
          ...shares(part),
        })),
    }),
  ),
};

function status({ parts: [part], worker }: Question) {
  const { now } = part;
  const rpm = grouped(Math.round(now.fanDuty * 6000));
  return {
    summary: {
      elapsed: grouped(now.uptimeSeconds),
      ghs5s: grouped(page(now.mean(5))),
      ghsav: grouped(page(now.meanSinceStart)),
    },
    pools: [
      {
        index: "0",
        url: "stratum+tcp://pool.example:3333",
        user: worker,
        status: "Alive",
        accepted: grouped(now.accepted),
        rejected: grouped(now.rejected),
      },
    ],
    fan1: rpm,
    fan2: rpm,
    fan3: rpm,
    fan4: rpm,
    devs: BOARDS.map((board) => ({
      index: String(board),
      chain_acn: "120",
      freq: "2000",
      temp: [celsius(part) - 12, celsius(part) - 10],
      chain_acs: "oooooooo",
    })),
  };
}
