import { cgminer, megahashes } from "./cgminer.ts";
import { celsius } from "./gpu.ts";
import { behindToken, showsBearer } from "./logins.ts";
import { answers, counters, macOf, type Question, reply } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];

const pages = answers({
  "/mcb/status": (question) =>
    reply(question, {
      model: `Goldshell-${question.parts[0].model}`,
      firmware: "2.2.6",
      hardware: "30.60.SA",
      mcbversion: "MCB_V4_3",
    }),
  "/mcb/setting": (question) =>
    reply(question, { name: macOf(question.parts[0]), language: "en", ledcontrol: false }),
  "/mcb/pools": (question) =>
    reply(question, [
      {
        url: "stratum+tcp://pool.example:3333",
        user: question.worker,
        active: true,
        dragid: 0,
        "pool-priority": 0,
      },
    ]),
});

const api = cgminer("bfgminer 5.5.0", {
  devs: (question) => ({ code: 9, title: "3 PGA(s)", content: devs(question) }),
  devdetails: () => ({
    code: 69,
    title: "Device Details",
    content: BOARDS.map((ID) => ({ DEVDETAILS: ID, ID, "chips-nr": 80 })),
  }),
  summary: ({ parts: [{ now }] }) => ({
    code: 11,
    title: "Summary",
    content: [
      {
        Elapsed: now.uptimeSeconds,
        "MHS 20s": megahashes(now.mean(20)),
        "MHS av": megahashes(now.meanSinceStart),
        Accepted: now.accepted,
        Rejected: now.rejected,
      },
    ],
    says: (part) => ({ hashrate: megahashes(part.now.mean(20)) * 1e6, ...counters(part) }),
  }),
});

/** Goldshell's miners for Litecoin: a web page, and the API of BFGMiner on the usual port. */
export const goldshell: Speaker = {
  name: "goldshell",
  doors: [
    { link: "http", port: 80 },
    { link: "tcp", port: 4028 },
  ],
  models: [{ model: "LT6", hashrate: 3.35e9, watts: 3200 }],
  nature: { ...ASIC, algorithm: "scrypt", difficulty: 200_000 },
  protocol: behindToken(
    {
      ask: "/user/login",
      lets: ({ ask }) => ask.includes("username=admin&password=123456789"),
      gives: (token) => ({ document: { "JWT Token": token } }),
      shows: showsBearer,
    },
    () => undefined,
    (question) => pages(question) ?? api(question),
  ),
};

function devs({ parts: [part] }: Question) {
  const { now } = part;
  const rpm = Math.round(now.fanDuty * 5000);
  return BOARDS.map((ID) => ({
    PGA: ID,
    ID,
    Name: "ltc",
    Enabled: "Y",
    Status: "Alive",
    "MHS 20s": megahashes(now.mean(20) / BOARDS.length),
    "MHS av": megahashes(now.meanSinceStart / BOARDS.length),
    "tstemp-0": celsius(part),
    "tstemp-1": celsius(part) - 1,
    "tstemp-2": celsius(part) - 10,
    clock: 840,
    voltage: 12_090,
    fan0: rpm,
    fan1: rpm,
    fan2: rpm,
    fan3: rpm,
  }));
}
