import { celsius } from "./gpu.ts";
import { behindToken, showsCookie, type TokenDesk } from "./logins.ts";
import {
  answers,
  counters,
  macOf,
  type PartNow,
  type Question,
  reply,
  rounded,
} from "./protocol.ts";
import { ASIC, type Nature, type Speaker } from "./speaker.ts";

const BOARDS = [1, 2, 3];
const giga = (rate: number): string => `${rounded(rate / 1e9, 2)}G`;
const says = (part: PartNow) => ({
  hashrate: rounded(part.now.mean(60) / 1e9, 2) * 1e9,
  ...counters(part),
});
const KASPA: Nature = { ...ASIC, algorithm: "kheavyhash", difficulty: 5000 };

const LOGIN: TokenDesk = {
  ask: "POST /user/loginpost",
  lets: ({ body }) => body === "post=6&user=admin&pwd=12345678",
  gives: (token) => ({
    document: { error: 0, message: "" },
    headers: { "set-cookie": `session=${token}; Path=/` },
  }),
  shows: showsCookie("session"),
};

/** IceRiver's web page: everything in one reply, which needs no login though there is one. */
export const iceriver: Speaker = {
  name: "iceriver",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "KS3M", hashrate: 6e12, watts: 3400 }],
  nature: KASPA,
  protocol: behindToken(LOGIN, () => undefined, answers({ "POST /user/userpanel": panel })),
};

function panel(question: Question) {
  const whole = { ...power(question), ...boards(question), ...fans(question) };
  const data = { ...whole, ...pools(question), ...software(question), ...network(question) };
  return reply(question, { error: 0, data, message: "" }, says);
}

/** The same by its line API, in parts. */
export const iceriverLine: Speaker = {
  name: "iceriver-line",
  doors: [{ link: "line", port: 4111 }],
  models: [{ model: "KS0", hashrate: 100e9, watts: 65 }],
  nature: { ...KASPA, difficulty: 100, idleWatts: 5 },
  protocol: answers({
    boardpow: (question) => line(question, "boardpow", power(question), true),
    board: (question) => line(question, "board", boards(question)),
    fan: (question) => line(question, "fan", fans(question)),
    getpool: (question) => line(question, "getpool", pools(question)),
    info: (question) => line(question, "info", software(question)),
    getnet: (question) => line(question, "getnet", network(question)),
  }),
};

function line(question: Question, id: string, ret: object, tells = false) {
  const text = `${JSON.stringify({ id, ret: { code: 0, ...ret } })}\n`;
  return tells ? reply(question, text, says) : reply(question, text);
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");

function power({ parts: [{ now }] }: Question) {
  const { uptimeSeconds: up } = now;
  return {
    reject: 0,
    rtpow: giga(now.mean(60)),
    avgpow: giga(now.meanSinceStart),
    runtime: [up / 86_400, (up / 3600) % 24, (up / 60) % 60, up % 60].map(two).join(":"),
    unit: "G",
  };
}

function boards({ parts: [part] }: Question) {
  return {
    boards: BOARDS.map((no) => ({
      no,
      chipnum: 18,
      chipsuc: 0,
      error: 0,
      freq: 875,
      rtpow: giga(part.now.mean(60) / BOARDS.length),
      avgpow: giga(part.now.meanSinceStart / BOARDS.length),
      intmp: celsius(part) - 20,
      outtmp: celsius(part) - 8,
      pcbtemp: [12, 9, 8, 10].map((below) => (celsius(part) - below).toFixed(2)).join("-"),
      state: true,
    })),
  };
}

function fans({ parts: [{ now }] }: Question) {
  const rpm = Math.round(now.fanDuty * 5400);
  return { fancount: "4", fans: [rpm, rpm, rpm, rpm] };
}

function pools({ parts: [{ now }], worker }: Question) {
  const counted = { accepted: now.accepted, rejected: now.rejected };
  const pool = { no: 1, connect: true, diff: String(now.difficulty), priority: 1, state: 1 };
  return { pools: [{ ...pool, ...counted, addr: "pool.example:3333", user: worker, pass: "x" }] };
}

function software({ parts: [{ model }] }: Question) {
  const program = `ICM168_03_05_${model.toLowerCase()}_miner`;
  return { model: "none", softver1: program, softver2: `${program.replace("miner", "bg")}` };
}

const network = ({ parts: [part] }: Question) => ({
  mac: macOf(part),
  host: "simulated",
  dhcp: true,
  ip: "127.0.0.1",
});
