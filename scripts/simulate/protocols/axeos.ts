import { answers, counters, macOf, type Question, type Reply, reply, rounded } from "./protocol.ts";
import { BOARD, type Speaker } from "./speaker.ts";

/** AxeOS, the firmware of the Bitaxe boards: one HTTP reply with everything. */
export const axeos: Speaker = {
  name: "axeos",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "BM1370", hashrate: 1.2e12, watts: 17 }],
  nature: BOARD,
  protocol: answers({ "/api/system/info": systemOf }),
};

function systemOf(question: Question): Reply {
  const [part] = question.parts;
  const { now } = part;
  const said = {
    hashrate: rounded(now.mean(1) / 1e9, 4),
    powerWatts: rounded(now.watts, 2),
    chipCelsius: rounded(now.chipCelsius, 3),
  };
  const body = {
    power: said.powerWatts,
    voltage: 5085,
    current: rounded((said.powerWatts / 5.085) * 1000, 1),
    temp: said.chipCelsius,
    temp2: -1,
    vrTemp: Math.round(now.chipCelsius + 6),
    maxPower: 40,
    nominalVoltage: 5,
    hashRate: said.hashrate,
    hashRate_1m: rounded(now.mean(60) / 1e9, 4),
    hashRate_10m: rounded(now.mean(600) / 1e9, 4),
    hashRate_1h: rounded(now.mean(3600) / 1e9, 4),
    expectedHashrate: rounded(part.machine.traits.hashrate / 1e9, 0),
    errorPercentage: 0.3,
    bestDiff: Math.floor(now.bestDifficulty),
    bestSessionDiff: Math.floor(now.bestDifficulty),
    freeHeap: 8_421_376,
    coreVoltage: 1150,
    coreVoltageActual: 1146,
    hostname: "simulated-bitaxe",
    macAddr: macOf(part),
    wifiStatus: "Connected!",
    wifiRSSI: -51,
    sharesAccepted: now.accepted,
    sharesRejected: now.rejected,
    sharesRejectedReasons:
      now.rejected > 0 ? [{ message: "Above target", count: now.rejected }] : [],
    uptimeSeconds: now.uptimeSeconds,
    smallCoreCount: 2040,
    ASICModel: part.model,
    stratumURL: "pool.example",
    stratumPort: 3333,
    stratumUser: question.worker,
    fallbackStratumURL: "",
    fallbackStratumPort: 3333,
    fallbackStratumUser: "",
    poolDifficulty: now.difficulty,
    isUsingFallbackStratum: 0,
    frequency: 525,
    actualFrequency: 525,
    version: "v2.12.0",
    axeOSVersion: "v2.12.0",
    boardVersion: "601",
    autofanspeed: 1,
    fanspeed: Math.round(now.fanDuty * 100),
    fanrpm: Math.round(now.fanDuty * 7200),
    overheat_mode: 0,
    overclockEnabled: 0,
  };
  return reply(question, body, () => ({
    ...said,
    hashrate: said.hashrate * 1e9,
    ...counters(part),
  }));
}
