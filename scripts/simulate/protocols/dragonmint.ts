import { megahashes, poolsOf } from "./cgminer.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { behindToken, showsBearer } from "./logins.ts";
import { answers, type PartNow, type Question, reply, shares, workDone } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];
const LOGIN = { username: "admin", password: "dragonadmin" };
const boardRate = ({ now }: PartNow): number => megahashes(now.mean(5) / BOARDS.length);

/** DragonMint T1: one reply of its web page, behind a token. */
export const dragonmint: Speaker = {
  name: "dragonmint",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "T1", hashrate: 16e12, watts: 1480 }],
  nature: { ...ASIC, difficulty: 16_384 },
  login: LOGIN,
  protocol: behindToken(
    {
      ask: "POST /api/auth",
      lets: ({ body }) => body === `username=${LOGIN.username}&password=${LOGIN.password}`,
      gives: (jwt) => ({ document: { success: true, jwt } }),
      shows: showsBearer,
    },
    answers({
      "POST /api/summary": (question) =>
        reply(question, summary(question), (part) => ({
          hashrate: boardRate(part) * BOARDS.length * 1e6,
          ...shares(part),
          difficultyAccepted: workDone(part),
        })),
    }),
  ),
};

function summary(question: Question) {
  const [part] = question.parts;
  return {
    success: true,
    DEVS: BOARDS.map((ASC) => ({
      ASC,
      Name: "DT1",
      ID: ASC,
      Enabled: "Y",
      Status: "Alive",
      Temperature: celsius(part) - 5,
      "MHS av": megahashes(part.now.meanSinceStart / BOARDS.length),
      "MHS 5s": boardRate(part),
      "Device Elapsed": part.now.uptimeSeconds,
    })),
    POOLS: poolsOf(question).content,
    HARDWARE: { "Fan duty": fanPercent(part) },
    tuning: false,
  };
}
