import { ROOT } from "./antminer.ts";
import { antminerApi, STOCK } from "./antminer-api.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { behindDigest } from "./logins.ts";
import { answers, macOf, type Question, reply, rounded } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const FIRMWARE = "MaraFW 3.14.1";
const BOARDS = [0, 1, 2];
const tera = (rate: number): number => rounded(rate / 1e12, 3);
const giga = (rate: number): number => rounded(rate / 1e9, 2);

const classic = antminerApi({ head: (part) => ({ ...STOCK.head(part), Miner: FIRMWARE }) });
const pages = behindDigest(
  "MaraFW",
  ROOT,
  answers({
    "/kaonsu/v1/overview": (question) => {
      const [part] = question.parts;
      return reply(question, {
        hostname: "simulated",
        mac: macOf(part),
        model: part.model,
        version_firmware: FIRMWARE,
        control_board: "aml",
      });
    },
    "/kaonsu/v1/brief": (question) =>
      reply(question, brief(question), (part) => ({
        hashrate: tera(part.now.mean(5)) * 1e12,
        uptimeSeconds: part.now.uptimeSeconds,
        powerWatts: watts(part),
      })),
    "/kaonsu/v1/hashboards": (question) => reply(question, { hashboards: boards(question) }),
    "/kaonsu/v1/fans": (question) => {
      const [part] = question.parts;
      const current_speed = Math.round(part.now.fanDuty * 6000);
      return reply(question, {
        percent: fanPercent(part),
        fans: [0, 1, 2, 3].map((index) => ({ index, current_speed, max_speed: 6000 })),
      });
    },
  }),
);

/** MaraFW 3.14 on an Antminer: the cgminer API's names, and the figures on pages behind a login. */
export const marathon: Speaker = {
  name: "marathon",
  doors: [
    { link: "tcp", port: 4028 },
    { link: "http", port: 80 },
  ],
  models: [{ model: "Antminer S19j Pro", hashrate: 102e12, watts: 3010 }],
  nature: ASIC,
  login: ROOT,
  protocol: (question) => classic(question) ?? pages(question),
};

function brief({ parts: [part] }: Question) {
  const { now } = part;
  return {
    status: now.rate > 0 ? "Mining" : "Starting",
    elapsed: now.uptimeSeconds,
    hashrate_realtime: tera(now.mean(5)),
    hashrate_average: tera(now.meanSinceStart),
    hashrate_ideal: giga(part.machine.traits.hashrate),
    hashrate_unit: "TH/s",
    power_consumption_estimated: watts(part),
    power_efficiency_estimated: rounded(now.watts / Math.max(1, now.mean(60) / 1e12), 2),
    power_source: "EST",
  };
}

function boards({ parts: [part] }: Question) {
  const { now } = part;
  const share = 1 / BOARDS.length;
  return BOARDS.map((index) => ({
    index,
    hashrate_average: giga(now.meanSinceStart * share),
    hashrate_realtime_10m: tera(now.mean(600) * share),
    hashrate_ideal: giga(part.machine.traits.hashrate * share),
    asic_num: 126,
    asic_num_ideal: 126,
    frequency_average: 525,
    voltage: 13.7,
    power_consumption_estimated: Math.round(now.watts * share),
    temperature_raw: [celsius(part) - 18, celsius(part) - 15],
    temperature_pcb: [celsius(part) - 8, celsius(part) - 5],
    temperature_chip: [celsius(part) - 3, celsius(part)],
  }));
}
