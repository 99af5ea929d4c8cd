import { celsius } from "./gpu.ts";
import { behindToken, holds, showsCookie } from "./logins.ts";
import { answers, macOf, type PartNow, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];
const LOGIN = { username: "admin", password: "admin" };
/** GH/s, which its page does not say. */
const boardRate = ({ now }: PartNow): number => rounded(now.mean(300) / BOARDS.length / 1e9, 3);

/** Obelisk's SC1 of the second generation: a page that says who it is, and one behind a login. */
export const obelisk: Speaker = {
  name: "obelisk",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "SC1", hashrate: 550e9, watts: 500 }],
  nature: { ...ASIC, algorithm: "blake2b-sia", difficulty: 1024, hashesPerDifficulty: 2 ** 32 },
  login: LOGIN,
  protocol: behindToken(
    {
      ask: "POST /api/login",
      lets: holds(LOGIN),
      gives: (token) => ({
        document: {},
        headers: { "set-cookie": `sessionid=${token}; Path=/` },
      }),
      shows: showsCookie("sessionid"),
    },
    answers({
      "/api/status/dashboard": (question) =>
        reply(question, dashboard(question), (part) => ({
          hashrate: boardRate(part) * BOARDS.length * 1e9,
          ...shares(part),
        })),
    }),
    answers({
      "/api/info": (question) => {
        const [part] = question.parts;
        return reply(question, {
          vendor: "Obelisk",
          model: part.model,
          macAddress: macOf(part),
          firmwareVersion: "SC1 v1.2.0",
        });
      },
    }),
  ),
};

function dashboard({ parts: [part], worker }: Question) {
  const { accepted, rejected, fanDuty } = part.now;
  const pool = { url: "pool.example:3333", worker, status: "Alive", accepted, rejected };
  return {
    hashboardStatus: BOARDS.map(() => ({
      hashrate5min: boardRate(part),
      boardTemp: celsius(part) - 20,
      chipTemp: celsius(part),
    })),
    poolStatus: [pool],
    systemInfo: [
      { name: "Free Memory", value: "300 MB" },
      { name: "Fan 1 Speed", value: Math.round(fanDuty * 6000) },
      { name: "Fan 2 Speed", value: Math.round(fanDuty * 6100) },
    ],
  };
}
