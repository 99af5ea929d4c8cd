import { cgminer, summaryOf } from "./cgminer.ts";
import { celsius, watts } from "./gpu.ts";
import {
  answers,
  macOf,
  type PartNow,
  type Question,
  reply,
  rounded,
  seconds,
} from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];
const tera = (rate: number): number => rounded(rate / 1e12, 4);

const framed = answers({
  "get.device.info": (question) => said(question, "get.device.info", device(question.parts[0])),
  "get.miner.status summary": (question) => {
    const whole = said(question, "get.miner.status", { summary: summary(question.parts[0]) });
    return reply(question, whole.body, (part) => ({
      hashrate: tera(part.now.rate) * 1e12,
      uptimeSeconds: part.now.uptimeSeconds,
      powerWatts: watts(part),
      chipCelsius: celsius(part),
    }));
  },
  "get.miner.status edevs": (question) =>
    said(question, "get.miner.status", { edevs: BOARDS.map(board(question.parts[0])) }),
  "get.miner.status pools": (question) =>
    said(question, "get.miner.status", {
      pools: [
        {
          id: 1,
          url: "stratum+tcp://pool.example:3333",
          status: "alive",
          account: question.worker,
          "stratum-active": true,
        },
      ],
    }),
});

/** Version 2 stays where it was, and is the only one that counts shares. */
const counting = cgminer("whatsminer v1.4", {
  summary: summaryOf("MHS", []),
});

/** Whatsminer with API 3: frames on a port of their own, rates in TH/s. */
export const whatsminerV3: Speaker = {
  name: "whatsminer-v3",
  doors: [
    { link: "framed", port: 4433 },
    { link: "tcp", port: 4028 },
  ],
  models: [{ model: "M60S_VK30", hashrate: 186e12, watts: 3441 }],
  nature: ASIC,
  protocol: (question) => framed(question) ?? counting(question),
};

const said = (question: Question, desc: string, msg: unknown) =>
  reply(question, { code: 0, when: seconds(question.atMs), msg, desc });

function device(part: PartNow) {
  return {
    network: { ip: "127.0.0.1", proto: "dhcp", mac: macOf(part), hostname: "simulated" },
    miner: {
      working: "true",
      type: part.model,
      "hash-board": "K30",
      "fast-boot": "disable",
      "board-num": String(BOARDS.length),
      "miner-sn": part.id.slice(0, 18).toUpperCase(),
    },
    system: {
      api: "3.0.1",
      platform: "H616",
      fwversion: "20250214.16.Rel2",
      "control-board-version": "CB6V10",
      ledstatus: "auto",
    },
    power: { type: "P564B", mode: "normal", fanspeed: 7120 },
    salt: part.id.slice(0, 8),
    "error-code": [],
  };
}

function summary(part: PartNow) {
  const { now } = part;
  const rpm = Math.round(now.fanDuty * 7200);
  return {
    elapsed: now.uptimeSeconds,
    "bootup-time": now.uptimeSeconds + 90,
    "freq-avg": 640,
    "target-freq": 650,
    "factory-hash": tera(part.machine.traits.hashrate),
    "hash-average": tera(now.meanSinceStart),
    "hash-1min": tera(now.mean(60)),
    "hash-15min": tera(now.mean(900)),
    "hash-realtime": tera(now.rate),
    "power-rate": rounded(now.watts / Math.max(1, now.mean(60) / 1e12), 2),
    "power-5min": watts(part),
    "power-realtime": watts(part),
    "environment-temperature": 24,
    "power-limit": Math.round(part.machine.traits.watts * 1.1),
    "chip-temp-min": celsius(part) - 14,
    "chip-temp-avg": celsius(part) - 6,
    "chip-temp-max": celsius(part),
    "board-temperature": BOARDS.map((at) => celsius(part) - 12 - at),
    "fan-speed-in": rpm,
    "fan-speed-out": rpm + 30,
    "up-freq-finish": 1,
  };
}

const board = (part: PartNow) => (id: number) => ({
  id,
  slot: id,
  "hash-average": tera(part.now.meanSinceStart / BOARDS.length),
  "hash-realtime": tera(part.now.rate / BOARDS.length),
  "factory-hash": tera(part.machine.traits.hashrate / BOARDS.length),
  freq: 640,
  "effective-chips": 148,
  "chip-temp-min": celsius(part) - 14 - id,
  "chip-temp-avg": celsius(part) - 6 - id,
  "chip-temp-max": celsius(part) - id,
});
