import { cgminer, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { behindToken, showsBearer } from "./logins.ts";
import { answers, macOf, type Question, reply } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const CHAINS = [0, 1, 2];
const LOGIN = { username: "admin", password: "admin" };

const api = cgminer("cgminer 4.11", {
  summary: summaryOf("MHS", [5]),
  stats: ({ parts: [part] }) => ({
    code: 70,
    title: "CGMiner stats",
    content: CHAINS.map((chain) => ({
      STATS: chain,
      "Chain ID": chain,
      "Num chips": 117,
      "Num active chips": 117,
      "Fan duty": fanPercent(part),
      "MHS av": megahashes(part.now.meanSinceStart / CHAINS.length),
      Temp: celsius(part) - 10,
    })),
  }),
  pools: poolsOf,
});

const pages = answers({
  "POST /api/overview": (question) => {
    const [part] = question.parts;
    const version = { hwver: "g19", ethaddr: macOf(part), platform_v: "t3_20210118_093012" };
    return reply(question, { success: true, type: part.model, version });
  },
});
const kept = answers({
  "POST /api/getAll": (question) =>
    reply(question, { success: true, all: everything(question) }, (part) => ({
      powerWatts: watts(part),
      chipCelsius: celsius(part),
    })),
});

/** Innosilicon T3: the cgminer API, and pages of which one tells everything behind a token. */
export const innosilicon: Speaker = {
  name: "innosilicon",
  doors: [
    { link: "http", port: 80 },
    { link: "tcp", port: 4028 },
  ],
  models: [{ model: "T3", hashrate: 43e12, watts: 2100 }],
  nature: { ...ASIC, difficulty: 32_768 },
  login: LOGIN,
  protocol: behindToken(
    {
      ask: "POST /api/auth",
      lets: ({ body }) => body === `username=${LOGIN.username}&password=${LOGIN.password}`,
      gives: (jwt) => ({ document: { success: true, jwt } }),
      shows: showsBearer,
    },
    kept,
    (question) => pages(question) ?? api(question),
  ),
};

function everything({ parts: [part] }: Question) {
  const { now } = part;
  return {
    mac: macOf(part).toLowerCase(),
    power: watts(part),
    fansSpeed: fanPercent(part),
    total_hash: { "Hash Rate H": Math.round(now.mean(60)) },
    chain: CHAINS.map((ASC) => ({
      ASC,
      "Temp min": celsius(part) - 9,
      "Temp max": celsius(part),
      "Hash Rate H": Math.round(now.mean(60) / CHAINS.length),
    })),
  };
}
