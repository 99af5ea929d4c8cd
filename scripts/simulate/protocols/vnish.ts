import { antminerApi, STOCK } from "./antminer-api.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { answers, macOf, type PartNow, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const RELEASE = "1.2.6";
const BOARDS = [1, 2, 3];
/** With as many digits as the other API has. */
const tera = (rate: number): number => rounded(rate / 1e12, 5);
const giga = (rate: number): number => rounded(rate / 1e9, 2);
const typeOf = ({ model }: PartNow): string => `${model} (Vnish ${RELEASE})`;

const classic = antminerApi({ head: (part) => ({ ...STOCK.head(part), Type: typeOf(part) }) });
const web = answers({
  "/api/v1/info": (question) => {
    const [part] = question.parts;
    return reply(question, {
      miner: part.model,
      model: "s19jpro",
      fw_name: "Vnish",
      fw_version: RELEASE,
      platform: "xil",
      install_type: "nand",
      algorithm: "sha256d",
      hr_measure: "GH/s",
      serial: part.id.slice(0, 17).toUpperCase(),
      system: {
        os: "GNU/Linux",
        network_status: { mac: macOf(part), dhcp: true, hostname: "simulated" },
      },
    });
  },
  "/api/v1/summary": (question) =>
    reply(question, { miner: miner(question) }, (part) => ({
      hashrate: tera(part.now.mean(5)) * 1e12,
      ...shares(part),
      powerWatts: watts(part),
      chipCelsius: celsius(part),
    })),
});

/** VNish 1.2: the cgminer API, and a web API that says more. */
export const vnish: Speaker = {
  name: "vnish",
  doors: [
    { link: "tcp", port: 4028 },
    { link: "http", port: 80 },
  ],
  models: [{ model: "Antminer S19j Pro", hashrate: 104e12, watts: 3068 }],
  nature: ASIC,
  protocol: (question) => classic(question) ?? web(question),
};

function miner({ parts: [part], worker }: Question) {
  const { now } = part;
  const { hashrate } = part.machine.traits;
  return {
    miner_status: { miner_state: now.rate > 0 ? "mining" : "starting", miner_state_time: 60 },
    miner_type: typeOf(part),
    instant_hashrate: tera(now.mean(5)),
    average_hashrate: tera(now.meanSinceStart),
    hr_nominal: giga(hashrate),
    hr_stock: giga(hashrate),
    power_usage: watts(part),
    power_efficiency: rounded(now.watts / Math.max(1, now.mean(60) / 1e12), 1),
    chip_temp: { min: celsius(part) - 9, max: celsius(part) },
    pcb_temp: { min: celsius(part) - 20, max: celsius(part) - 12 },
    hw_errors: 0,
    devfee_percent: 2.8,
    pools: [
      {
        id: 0,
        url: "pool.example:3333",
        pool_type: "UserPool",
        user: worker,
        status: "active",
        diff: String(now.difficulty),
        accepted: now.accepted,
        rejected: now.rejected,
        stale: 0,
      },
    ],
    psu: { psu_power_metering: false },
    cooling: {
      fan_num: 2,
      fan_duty: fanPercent(part),
      fans: [0, 1].map((id) => ({
        id,
        rpm: Math.round(now.fanDuty * 6200),
        status: "ok",
        max_rpm: 6200,
      })),
      settings: { mode: { name: "auto", target_temp: 62 } },
    },
    chains: BOARDS.map((id) => chain(part, id)),
  };
}

function chain(part: PartNow, id: number) {
  const share = 1 / BOARDS.length;
  return {
    id,
    frequency: 525,
    voltage: 13_700,
    power_consumption: Math.round(part.now.watts * share),
    hashrate_ideal: giga(part.machine.traits.hashrate * share),
    hashrate_rt: giga(part.now.mean(5) * share),
    hw_errors: 0,
    chip_temp: { min: celsius(part) - 9, max: celsius(part) },
    pcb_temp: { min: celsius(part) - 20, max: celsius(part) - 12 },
    chip_statuses: { red: 0, orange: 1, grey: 125 },
    status: { state: "mining" },
  };
}
