import { celsius, fanPercent } from "./gpu.ts";
import { behindToken, showsBearer } from "./logins.ts";
import { answers, macOf, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];
const giga = (rate: number): number => rounded(rate / 1e9, 2);

/** Proto Rig: a REST API that reads without a login, though there is one. */
export const protoRig: Speaker = {
  name: "proto-rig",
  doors: [{ link: "http", port: 80 }],
  models: [{ model: "Rig", hashrate: 780e12, watts: 11_700 }],
  nature: { ...ASIC, difficulty: 262_144 },
  protocol: behindToken(
    {
      ask: "POST /api/v1/auth/login",
      lets: ({ body }) => body === '{"password":"simulated"}',
      gives: (access_token) => ({ document: { access_token } }),
      shows: showsBearer,
    },
    () => undefined,
    answers({
      "/api/v1/mining": (question) =>
        reply(question, { "mining-status": mining(question) }, ({ now }) => ({
          hashrate: giga(now.rate) * 1e9,
          uptimeSeconds: now.uptimeSeconds,
          powerWatts: rounded(now.watts, 1),
        })),
      "/api/v1/telemetry?level=miner,hashboard,psu": (question) =>
        reply(question, telemetry(question)),
      "/api/v1/cooling": (question) => {
        const [part] = question.parts;
        const rpm = Math.round(part.now.fanDuty * 7000);
        const fans = [1, 2, 3].map((slot) => ({ slot, rpm, speed_percentage: fanPercent(part) }));
        return reply(question, { "cooling-status": { fan_mode: "Auto", fans } });
      },
      "/api/v1/pools": (question) => {
        const { accepted, rejected } = question.parts[0].now;
        const pool = { id: 0, priority: 0, status: "Active", user: question.worker };
        const url = "stratum+tcp://pool.example:3333";
        return reply(question, { pools: [{ ...pool, url, accepted, rejected }] }, shares);
      },
      "/api/v1/errors": (question) => reply(question, []),
      "/api/v1/system": (question) => reply(question, { "system-info": system(question) }),
      "/api/v1/network": (question) => {
        const [part] = question.parts;
        return reply(question, {
          "network-info": { dhcp: true, hostname: "simulated", mac: macOf(part) },
        });
      },
      "/api/v1/hardware": (question) => {
        const [{ id }] = question.parts;
        const boards = BOARDS.map((slot) => ({
          hb_sn: `${id.slice(0, 8)}${slot}`,
          mining_asic_count: 100,
          slot,
        }));
        const board = { board_id: "CB", serial_number: id.slice(0, 12).toUpperCase() };
        return reply(question, {
          "hardware-info": { "cb-info": board, "hashboards-info": boards },
        });
      },
    }),
  ),
};

function mining({ parts: [part] }: Question) {
  const { now } = part;
  return {
    status: now.rate > 0 ? "Mining" : "PoweringOn",
    hashrate_ghs: giga(now.rate),
    average_hashrate_ghs: giga(now.meanSinceStart),
    ideal_hashrate_ghs: giga(part.machine.traits.hashrate),
    power_usage_watts: rounded(now.watts, 1),
    power_target_watts: Math.round(part.machine.traits.watts * 1.05),
    mining_uptime_s: now.uptimeSeconds,
    reboot_uptime_s: now.uptimeSeconds + 60,
    hashboards_installed: BOARDS.length,
    hashboards_mining: BOARDS.length,
    hw_errors: 0,
  };
}

function telemetry({ parts: [part] }: Question) {
  const { now } = part;
  const chip = celsius(part);
  return {
    hashboards: BOARDS.map((index) => ({
      index,
      serial_number: `${part.id.slice(0, 8)}${index}`,
      hashrate: { value: rounded(now.rate / 1e12 / BOARDS.length, 3), unit: "TH/s" },
      power: { value: rounded((now.watts * 0.94) / BOARDS.length, 1), unit: "W" },
      voltage: { value: 14.25, unit: "V" },
      temperature: { average: chip - 10, inlet: chip - 22, outlet: chip - 4, unit: "°C" },
    })),
    psus: [0, 1].map((index) => ({
      index,
      power: { input: rounded(now.watts / 2, 1), output: rounded(now.watts * 0.47, 1), unit: "W" },
      temperature: { ambient: 29, average: 37, hotspot: 44, unit: "°C" },
    })),
  };
}

function system({ parts: [part] }: Question) {
  return {
    manufacturer: "Proto",
    model: part.model,
    product_name: "Proto Rig",
    cb_sn: part.id.slice(0, 12).toUpperCase(),
    os: { name: "ProtoOS", version: "1.9.0", hostname: "simulated" },
  };
}
