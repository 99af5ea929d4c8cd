import { celsius } from "./gpu.ts";
import { behindToken, showsCookie } from "./logins.ts";
import { answers, counters, macOf, type Question, reply } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const LOGIN = { username: "admin", password: "simulated" };
const tera = (rate: number): string => (rate / 1e12).toFixed(3);

/** Ebang's Ebit E9i: pages that are read by POST, behind a login that sets a cookie. */
export const ebang: Speaker = {
  name: "ebang",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "E9I", hashrate: 13.5e12, watts: 1380 }],
  nature: { ...ASIC, difficulty: 16_384 },
  login: LOGIN,
  protocol: behindToken(
    {
      ask: "POST /user/login",
      lets: ({ body }) =>
        body.startsWith(`username=${LOGIN.username}&word=${LOGIN.password}&yuyan=1`),
      gives: (token) => ({
        document: { status: 1 },
        headers: { "set-cookie": `JSESSIONID=${token}; Path=/` },
      }),
      shows: showsCookie("JSESSIONID"),
    },
    answers({
      "POST /Status/getsystemstatus": (question) =>
        reply(question, { status: 1, feedback: system(question) }),
      "POST /Cgminer/CgminerStatus": (question) =>
        reply(question, { status: 1, feedback: miner(question) }, (part) => ({
          hashrate: Number(tera(part.now.mean(5))) * 1e12,
          ...counters(part),
        })),
      "POST /admininfo/Getadmininfo": (question) =>
        reply(question, { status: 1, feedback: { macaddr: macOf(question.parts[0]) } }),
    }),
  ),
};

function system({ parts: [part] }: Question) {
  const rpm = Math.round(part.now.fanDuty * 6000);
  const board = [10, 15, 12, 16].map((below) => celsius(part) - below);
  const sensors = `${board.slice(0, 2).join(",")}|${board.slice(2).join(",")}`;
  return {
    productname: part.model,
    systemsoftwareversion: "ebang_soft_v9.1.0.34",
    bank1snmpversion: "ebang_soft_v9.1.0.34",
    devicefan: rpm,
    devicefan2: rpm,
    device1temp: sensors,
    device2temp: sensors,
    device3temp: sensors,
  };
}

function miner({ parts: [{ now }] }: Question) {
  const { uptimeSeconds: up } = now;
  return {
    cgminerstatus: "stratum+tcp://pool.example:3001",
    fivesecfigure: `${tera(now.mean(5))}T`,
    averfigure: `${tera(now.meanSinceStart)}T`,
    worktime: [up / 3600, (up / 60) % 60, up % 60].map(Math.floor).join(":"),
    accepted: now.accepted,
    rejected: now.rejected,
  };
}
