import { answers, counters, macOf, type Question, reply, rounded } from "./protocol.ts";
import { BOARD, type Speaker } from "./speaker.ts";

/** NerdQAxe boards with the fork of AxeOS that they run. */
export const nerdaxe: Speaker = {
  name: "nerdaxe",
  doors: [{ link: "http", port: 80 }],
  models: [
    { model: "NerdQAxe++", hashrate: 4.8e12, watts: 76 },
    { model: "NerdAxe", hashrate: 0.6e12, watts: 15 },
  ],
  nature: BOARD,
  protocol: answers({
    "/api/system/info": (question) =>
      reply(question, documentOf(question), (part) => ({
        hashrate: rounded(part.now.mean(60) / 1e9, 4) * 1e9,
        ...counters(part),
        powerWatts: rounded(part.now.watts, 2),
        chipCelsius: rounded(part.now.chipCelsius, 2),
      })),
  }),
};

function documentOf({ parts: [part], worker }: Question) {
  const { now } = part;
  const mean = (overSeconds: number): number => rounded(now.mean(overSeconds) / 1e9, 4);
  const chip = rounded(now.chipCelsius, 2);
  return {
    deviceModel: part.model,
    ASICModel: "BM1370",
    asicCount: 4,
    smallCoreCount: 2040,
    power: rounded(now.watts, 2),
    voltage: 12_040,
    current: rounded((now.watts / 12.04) * 1000, 1),
    temp: chip,
    vrTemp: rounded(now.chipCelsius + 5, 2),
    asicTemps: [chip, chip],
    hashRate: mean(60),
    hashRate_1m: mean(60),
    hashRate_10m: mean(600),
    hashRate_1h: mean(3600),
    hashRate_1d: mean(3600),
    frequency: 600,
    coreVoltage: 1150,
    coreVoltageActual: 1147,
    fanspeed: Math.round(now.fanDuty * 100),
    fanrpm: Math.round(now.fanDuty * 5200),
    macAddr: macOf(part),
    hostname: "simulated-nerd",
    wifiStatus: "Connected!",
    sharesAccepted: now.accepted,
    sharesRejected: now.rejected,
    uptimeSeconds: now.uptimeSeconds,
    bestDiff: Math.floor(now.bestDifficulty),
    poolDifficulty: now.difficulty,
    stratumURL: "pool.example",
    stratumPort: 3333,
    stratumUser: worker,
    shutdown: false,
    version: "v1.0.35",
  };
}
