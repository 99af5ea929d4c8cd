import { ROOT } from "./antminer.ts";
import { megahashes } from "./cgminer.ts";
import { celsius, watts } from "./gpu.ts";
import { behindDigest } from "./logins.ts";
import { answers, macOf, type Question, reply, seconds, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const CHAINS = [0, 1, 2, 3];

/** ElphaPex DG1+: pages behind a login, temperatures in thousandths of a degree. */
export const elphapex: Speaker = {
  name: "elphapex",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "DG1+", hashrate: 14.2e9, watts: 3920 }],
  nature: { ...ASIC, algorithm: "scrypt", difficulty: 524_288 },
  login: ROOT,
  protocol: behindDigest(
    "ElphaPex Miner",
    ROOT,
    answers({
      "/cgi-bin/stats.cgi": (question) =>
        page(question, { STATS: [stats(question)] }, ({ now }) => ({
          hashrate: megahashes(now.mean(5)) * 1e6,
          uptimeSeconds: now.uptimeSeconds,
        })),
      "/cgi-bin/pools.cgi": (question) => {
        const { accepted, rejected, difficulty } = question.parts[0].now;
        const url = "stratum+tcp://pool.example:3333";
        const pool = { index: 0, url, user: question.worker, status: "Alive", priority: 0 };
        const counted = { accepted, rejected, stale: 0, diffa: accepted * difficulty };
        return page(question, { POOLS: [{ ...pool, ...counted }] }, shares);
      },
      "/cgi-bin/summary.cgi": (question) => {
        const status = ["rate", "network", "fans", "temp"].map((type) => ({
          type,
          status: "s",
          code: 0,
          msg: "",
        }));
        return page(question, { SUMMARY: [{ rate_unit: "MH/s", status }] });
      },
      "/cgi-bin/get_power.cgi": (question) =>
        reply(question, { power_output: String(watts(question.parts[0])) }, (part) => ({
          powerWatts: watts(part),
        })),
      "/cgi-bin/get_system_info.cgi": (question) => {
        const [part] = question.parts;
        const identity = { minertype: part.model, macaddr: macOf(part), hostname: "simulated" };
        return reply(question, { ...identity, Algorithm: "Scrypt" });
      },
    }),
  ),
};

function page(question: Question, content: object, says?: Parameters<typeof reply>[2]) {
  const [part] = question.parts;
  const STATUS = { STATUS: "S", timestamp: seconds(question.atMs), api_version: "1.0.0" };
  const INFO = {
    miner_version: "DG1+_SW_V1.0.2",
    dev_sn: part.id.slice(0, 16).toUpperCase(),
    type: part.model,
  };
  return reply(question, { STATUS, INFO, ...content }, says);
}

function stats({ parts: [part] }: Question) {
  const { now } = part;
  const { hashrate } = part.machine.traits;
  return {
    elapsed: now.uptimeSeconds,
    rate_unit: "MH/s",
    rate_5s: megahashes(now.mean(5)),
    rate_30m: megahashes(now.mean(1800)),
    rate_avg: megahashes(now.meanSinceStart),
    rate_ideal: megahashes(hashrate),
    chain_num: CHAINS.length,
    fan_num: 4,
    fan: CHAINS.map(() => Math.round(now.fanDuty * 6000)),
    chain: CHAINS.map((index) => ({
      index,
      freq_avg: 62_000,
      hashrate: megahashes(now.mean(5) / CHAINS.length),
      rate_real: megahashes(now.meanSinceStart / CHAINS.length),
      rate_ideal: megahashes(hashrate / CHAINS.length),
      asic_num: 204,
      temp_chip: [celsius(part) * 1000, celsius(part) * 1000 - 2500].map(String),
      hw: 12,
      eeprom_loaded: true,
      sn: `${part.id.slice(0, 12)}${index}`,
    })),
  };
}
