import { celsius, fanPercent } from "./gpu.ts";
import { behindToken, holds, showsBearer } from "./logins.ts";
import {
  answers,
  counters,
  macOf,
  type PartNow,
  type Question,
  reply,
  workDone,
} from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const SLOTS = ["0", "1"];
const LOGIN = { username: "operator@site.example", password: "simulated" };
const giga = (rate: number): string => (rate / 1e9).toFixed(1);

/** Bitfury's B8 under OpenMiner: one page behind a login by mail address. */
export const bitfuryB8: Speaker = {
  name: "bitfury-b8",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "B8", hashrate: 47e12, watts: 6400 }],
  nature: { ...ASIC, difficulty: 32_768 },
  login: LOGIN,
  protocol: behindToken(
    {
      ask: "POST /api/login",
      lets: holds({ email: LOGIN.username, password: LOGIN.password }),
      gives: (token) => ({ document: { token } }),
      shows: showsBearer,
    },
    answers({
      "/api/om/miner/stat/agg": (question) =>
        reply(question, miner(question), (part) => ({
          hashrate: Number(giga(part.now.mean(30))) * 1e9,
          ...counters(part),
          difficultyAccepted: workDone(part),
          powerWatts: Number(part.now.watts.toFixed(1)),
        })),
    }),
  ),
};

function miner({ parts: [part], worker }: Question) {
  const { now } = part;
  const rpm = Math.round(now.fanDuty * 6000);
  return {
    statVersion: "1.2",
    hostname: "simulated",
    mac: macOf(part).toLowerCase(),
    versions: { softwareVersion: "1.3.7", miner: "v8.16.66", mspVer: "0x8167" },
    pwr: { state: now.rate > 0 ? "FULL_PWER" : "INITIAL_POWER", powerOn: 1 },
    fansRpm: [rpm, rpm],
    fans: { "0": { power: fanPercent(part) }, "1": { power: fanPercent(part) } },
    pool: {
      host: "pool.example",
      port: "3333",
      userName: worker,
      diff: now.difficulty,
      intervals: {
        "0": {
          sharesAccepted: now.accepted,
          sharesRejected: now.rejected,
          staleJobShares: 0,
          solutionsAccepted: String(workDone(part)),
        },
      },
    },
    master: {
      upTime: now.uptimeSeconds,
      boards: SLOTS.length,
      psuW: now.watts.toFixed(1),
      hwAddr: macOf(part).toLowerCase(),
      intervals: {
        "0": { bySol: giga(now.meanSinceStart), name: "total" },
        "30": { bySol: giga(now.mean(30)), name: "30sec" },
      },
    },
    slots: Object.fromEntries(SLOTS.map((slot) => [slot, board(part)])),
  };
}

const board = (part: PartNow) => ({
  chips: 96,
  voltage: 49_300,
  ghs: giga(part.now.mean(30) / SLOTS.length),
  thermometers: [
    { temp: celsius(part) - 6, isValid: 1, location: "hs_hot" },
    { temp: celsius(part) - 16, isValid: 1, location: "hs_cold" },
  ],
});
