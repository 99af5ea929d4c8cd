import { ROOT } from "./antminer.ts";
import { BRAIINS_MODELS } from "./braiins.ts";
import { celsius, watts } from "./gpu.ts";
import { behindToken, holds } from "./logins.ts";
import { answers, macOf, type Question, reply, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = ["1", "2", "3"];
const giga = (rate: number) => ({ gigahash_per_second: rounded(rate / 1e9, 2) });
const degrees = (degree_c: number) => ({ degree_c });

/** Braiins OS from 25.07 on: the public API as REST, behind a token. */
export const braiinsRest: Speaker = {
  name: "braiins-rest",
  doors: [{ link: "http", port: 80 }],
  models: BRAIINS_MODELS,
  nature: ASIC,
  login: ROOT,
  protocol: behindToken(
    {
      ask: "POST /api/v1/auth/login",
      lets: holds(ROOT),
      gives: (token) => ({ document: { token, timeout_s: 3600 } }),
      shows: ({ headers }, token) => headers["authorization"] === token,
    },
    answers({
      "/api/v1/miner/details": (question) =>
        reply(question, details(question), ({ now }) => ({ uptimeSeconds: now.uptimeSeconds })),
      "/api/v1/miner/stats": (question) =>
        reply(question, stats(question), (part) => ({
          hashrate: giga(part.now.mean(5)).gigahash_per_second * 1e9,
          ...shares(part),
          powerWatts: watts(part),
        })),
      "/api/v1/miner/hw/hashboards": (question) =>
        reply(question, { hashboards: BOARDS.map(board(question)) }),
      "/api/v1/cooling/state": (question) => reply(question, { fans: fans(question) }),
      "/api/v1/performance/tuner-state": (question) =>
        reply(question, { overall_tuner_state: 2, mode_state: limit(question) }),
      "/api/v1/pools": (question) =>
        reply(question, [
          {
            uid: "group-1",
            pools: [
              {
                url: "stratum+tcp://pool.example:3333",
                user: question.worker,
                alive: true,
                active: true,
              },
            ],
          },
        ]),
    }),
  ),
};

function details({ parts: [part] }: Question) {
  return {
    uid: part.id.slice(0, 16),
    miner_identity: { brand: 1, model: 60, name: part.model, miner_model: part.model },
    platform: 3,
    bos_mode: 2,
    bos_version: { current: "25.07", major: "2025-07-01-0-simulated-25.07-plus", bos_plus: true },
    hostname: "simulated",
    mac_address: macOf(part).toLowerCase(),
    system_uptime_s: part.now.uptimeSeconds + 40,
    bosminer_uptime_s: part.now.uptimeSeconds,
    status: part.now.rate > 0 ? 2 : 1,
    serial_number: part.id.slice(0, 17).toUpperCase(),
  };
}

function stats({ parts: [part] }: Question) {
  const { now } = part;
  return {
    pool_stats: { accepted_shares: now.accepted, rejected_shares: now.rejected, stale_shares: 0 },
    miner_stats: {
      nominal_hashrate: giga(part.machine.traits.hashrate),
      real_hashrate: {
        last_5s: giga(now.mean(5)),
        last_1m: giga(now.mean(60)),
        since_restart: giga(now.meanSinceStart),
      },
    },
    power_stats: {
      approximated_consumption: { watt: watts(part) },
      efficiency: { joule_per_terahash: rounded(now.watts / Math.max(1, now.mean(60) / 1e12), 2) },
    },
  };
}

const board =
  ({ parts: [part] }: Question) =>
  (id: string) => ({
    id,
    enabled: true,
    board_name: "BHB56801",
    chips_count: 110,
    current_frequency: { hertz: 525_000_000 },
    current_voltage: { volt: 13.7 },
    board_temp: degrees(celsius(part) - 12),
    lowest_inlet_temp: degrees(celsius(part) - 20),
    highest_outlet_temp: degrees(celsius(part) - 10),
    highest_chip_temp: { id: 1, temperature: degrees(celsius(part)) },
    stats: {
      nominal_hashrate: giga(part.machine.traits.hashrate / BOARDS.length),
      real_hashrate: { last_5s: giga(part.now.mean(5) / BOARDS.length) },
    },
  });

function fans({ parts: [part] }: Question) {
  return [0, 1, 2, 3].map((position) => ({
    position,
    rpm: Math.round(part.now.fanDuty * 6000),
    target_speed_ratio: rounded(part.now.fanDuty, 2),
  }));
}

function limit({ parts: [part] }: Question) {
  const current_target = { watt: Math.round(part.machine.traits.watts * 1.05) };
  return { powertargetmodestate: { current_target } };
}
