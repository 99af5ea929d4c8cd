import { celsius, watts } from "./gpu.ts";
import { answers, macOf, type PartNow, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];
const mega = (rate: number): number => rounded(rate / 1e6, 0);

/** ePIC PowerPlay on an Antminer: HTTP on the port of the cgminer API. */
export const epic: Speaker = {
  name: "epic",
  doors: [{ link: "http", port: 4028 }],
  models: [{ model: "Antminer S19 XP", hashrate: 141e12, watts: 3010 }],
  nature: ASIC,
  protocol: answers({
    "/summary": (question) =>
      reply(question, summary(question), (part) => ({
        hashrate: mega(part.now.rate / BOARDS.length) * BOARDS.length * 1e6,
        ...shares(part),
        uptimeSeconds: part.now.uptimeSeconds,
        powerWatts: watts(part),
        chipCelsius: celsius(part),
      })),
    "/network": (question) =>
      reply(question, {
        dhcp: { address: "127.0.0.1", mac_address: macOf(question.parts[0]) },
      }),
    "/capabilities": (question) => {
      const [part] = question.parts;
      const board = { cpuHardware: "AMLogic", cpuSerial: part.id.slice(0, 16) };
      return reply(question, { Model: part.model, "Control Board Version": board });
    },
  }),
};

function summary({ parts: [part], worker }: Question) {
  const { now } = part;
  const rpm = Math.round(now.fanDuty * 6000);
  return {
    Software: "PowerPlay-BMS v1.15.0",
    Hostname: "simulated",
    Mining: { Algorithm: "SHA-256", Coin: "BTC" },
    Status: { "Operating State": now.rate > 0 ? "Mining" : "Initializing", "Last Error": null },
    Session: {
      Accepted: now.accepted,
      Rejected: now.rejected,
      Submitted: now.accepted + now.rejected,
      "Active HBs": BOARDS.length,
      "Average MHs": mega(now.mean(300)),
      Difficulty: now.difficulty,
      Uptime: now.uptimeSeconds,
    },
    Stratum: { "Current Pool": "pool.example:3333", "Current User": worker, IsPoolConnected: true },
    Fans: { "Fans Speed": Math.round(now.fanDuty * 100) },
    "Fans Rpm": Object.fromEntries([1, 2, 3, 4].map((fan) => [`Fans Speed ${fan}`, rpm])),
    HBStatus: BOARDS.map((Index) => ({ Index, Detected: true, Enabled: true })),
    HBs: BOARDS.map((at) => board(part, at)),
    "Power Supply Stats": {
      "Input Power": watts(part),
      "Output Voltage": 13.1,
      "Target Voltage": 13_100,
    },
    PresetInfo: { "Target Power": Math.round(part.machine.traits.watts * 1.05) },
  };
}

const board = (part: PartNow, Index: number) => ({
  Index,
  "Core Clock Avg": 485,
  Hashrate: [mega(part.now.rate / BOARDS.length), 100.2, 0.6],
  "Input Voltage": 13.1,
  Temperature: celsius(part),
});
