import { type Protocol, rounded } from "./protocol.ts";

const ASK = "/api/system/info";

/** AxeOS, the firmware of the Bitaxe boards: one HTTP reply with everything. */
export const axeos: Protocol = ({ ask, parts, worker }) => {
  if (ask !== ASK) return undefined;
  const [part] = parts;
  const { now } = part;
  const said = {
    hashrate: rounded(now.mean(1) / 1e9, 4),
    powerWatts: rounded(now.watts, 2),
    chipCelsius: rounded(now.chipCelsius, 3),
  };
  const pairs = part.id.slice(0, 6).match(/../g) ?? [];
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
    // Locally administered, so that it is nobody's.
    macAddr: ["02", "51", "4D", ...pairs].join(":").toUpperCase(),
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
    stratumUser: worker,
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
  const reported = {
    ...said,
    hashrate: said.hashrate * 1e9,
    sharesAccepted: now.accepted,
    sharesRejected: now.rejected,
    uptimeSeconds: now.uptimeSeconds,
  };
  return { body: JSON.stringify(body), reported: new Map([[part.key, reported]]) };
};
