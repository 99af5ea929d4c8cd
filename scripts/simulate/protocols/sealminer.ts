import { cgminer, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, watts } from "./gpu.ts";
import { macOf, type PartNow } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];

/** SealMiner A2: the cgminer API with one flat record of figures. */
export const sealminer: Speaker = {
  name: "sealminer",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "SealMiner A2", hashrate: 226e12, watts: 3730 }],
  nature: ASIC,
  protocol: cgminer("bdminer 4.11.1", {
    version: () => ({
      code: 22,
      title: "BDMiner versions",
      content: [{ BDMiner: "4.11.1", API: "3.7" }],
    }),
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "BDMiner stats",
      content: [stats(part)],
      says: (of) => ({
        hashrate: megahashes(of.now.mean(30)) * 1e6,
        uptimeSeconds: of.now.uptimeSeconds,
        powerWatts: watts(of),
        chipCelsius: celsius(of),
      }),
    }),
    summary: summaryOf("MHS", [60]),
    pools: poolsOf,
  }),
};

function stats(part: PartNow): Record<string, unknown> {
  const { now } = part;
  const { hashrate, watts: rated } = part.machine.traits;
  const numbered = (at: number, fields: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${at} ${name}`, value]));
  const boards = BOARDS.map((at) =>
    numbered(at, {
      Online: true,
      SN: `${part.id.slice(0, 12)}${at}`,
      "Chip Count": 153,
      "Bad Chip Count": 0,
      Freq: 349,
      "MHS(Ideal)": megahashes(hashrate / BOARDS.length),
      "MHS(Sample)": megahashes(now.rate / BOARDS.length),
      "Temp 0": celsius(part) - 14,
      "Temp 1": celsius(part) - 16,
      "Temp 2": celsius(part),
      "Temp 3": celsius(part) - 1,
      "Tune Status": "Fine Tuning Done",
    }),
  );
  const fans = [0, 1, 2, 3].map((at) =>
    numbered(at, { Speed: Math.round(now.fanDuty * 6000), PWM: 112 }),
  );
  return Object.assign(
    {
      STATS: 0,
      ID: "SEAL0",
      Elapsed: now.uptimeSeconds,
      Model: part.model,
      Firmware: "2025091001",
      "Ctrl Board SN": part.id.slice(0, 16).toUpperCase(),
      MAC: macOf(part).toLowerCase(),
      "Board Count": BOARDS.length,
      "Fan Count": fans.length,
      "Error Code": 0,
      Freq: 347,
      "MHS(30s)": megahashes(now.mean(30)),
      "MHS(Ideal)": megahashes(hashrate),
      "PM State": "Running",
      "Power Limit": Math.round(rated * 1.05),
      "PSU Error": 0,
      "PSU Fan Speed": 7200,
      "PSU Input Power": watts(part),
      "PSU Output Power": Math.round(now.watts * 0.95),
      "PSU Output Voltage": 15.67,
      "PSU Temp AMB": 31,
      Temp: celsius(part),
      "Tune Status": "Fine Tuning Done",
    },
    ...boards,
    ...fans,
  );
}
