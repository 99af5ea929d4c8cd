import type { Reported } from "../reply-log.ts";
import { rigOf } from "./cards.ts";
import { answers, type PartNow, reply, rounded, shares, workDone } from "./protocol.ts";
import { CPU, GPU, type Speaker } from "./speaker.ts";

const THREADS = 3;

/** The summary that came from xmr-stak to XMRig and from there to others. */
function summary(part: PartNow, ua: string, kind: string) {
  const { now } = part;
  const means = (share = 1) => [10, 60, 900].map((over) => rounded(now.mean(over) * share, 2));
  const found = now.accepted + now.rejected;
  return {
    id: part.id.slice(0, 16),
    worker_id: "simulated",
    uptime: now.uptimeSeconds,
    version: ua.split("/")[1]?.split(" ")[0],
    kind,
    ua,
    cpu: { brand: part.model },
    algo: part.algorithm,
    donate_level: 1,
    hashrate: {
      total: means(),
      highest: rounded(now.rate * 1.01, 2),
      threads: Array.from({ length: THREADS }, () => means(1 / THREADS)),
    },
    results: {
      diff_current: now.difficulty,
      shares_good: now.accepted,
      shares_total: found,
      avg_time: found > 0 ? Math.round(now.uptimeSeconds / found) : 0,
      hashes_total: workDone(part),
      error_log: [],
    },
    connection: {
      pool: "pool.example:3333",
      uptime: now.uptimeSeconds,
      ping: 40,
      rejected: now.rejected,
      error_log: [],
    },
  };
}

const says = (part: PartNow): Reported => ({
  hashrate: rounded(part.now.mean(10), 2),
  ...shares(part),
});
const CRYPTONIGHT = {
  algorithm: "cryptonight",
  difficulty: 20_000,
  hashesPerDifficulty: 1,
} as const;

/** WildRig: GET /. */
export const wildrig: Speaker = {
  name: "wildrig",
  doors: [{ link: "http", port: 60_060 }],
  models: rigOf("Radeon RX 6700 XT", 26.1e6, 118),
  nature: { ...GPU, algorithm: "kawpow", difficulty: 0.05, warmUp: "ramp" },
  protocol: answers({
    "/": (question) => {
      const ua = "WildRig Multi/0.40.5 (Linux x86_64) libuv/1.44.2 gcc/9.4.0";
      return reply(question, summary(question.parts[0], ua, "gpu"), (part) => ({
        ...says(part),
        uptimeSeconds: part.now.uptimeSeconds,
      }));
    },
  }),
};

/** XMRig 2 for AMD GPUs: GET /api.json. */
export const xmrig2: Speaker = {
  name: "xmrig-2",
  doors: [{ link: "http", port: 60_050 }],
  models: [{ model: "Intel(R) Celeron(R) G3930", hashrate: 3600, watts: 460 }],
  nature: { ...GPU, ...CRYPTONIGHT, warmUp: "ramp" },
  protocol: answers({
    "/api.json": (question) => {
      const ua = "xmrig-amd/2.14.6 (Linux x86_64) libuv/1.22.0 gcc/7.3.0";
      return reply(question, summary(question.parts[0], ua, "amd"), (part) => {
        // Its time is the connection's, and it prints no rejected shares.
        const { sharesRejected: _, ...said } = says(part);
        return { ...said, difficultyAccepted: workDone(part) };
      });
    },
  }),
};

/** xmr-stak: GET /api.json. It does not say for how long it runs, but for how long it is connected. */
export const xmrStak: Speaker = {
  name: "xmr-stak",
  doors: [{ link: "http", port: 60_045 }],
  models: [{ model: "Intel(R) Core(TM) i7-7700", hashrate: 290, watts: 71 }],
  nature: { ...CPU, ...CRYPTONIGHT, algorithm: "cryptonight_v8", difficulty: 5000 },
  protocol: answers({
    "/api.json": (question) => {
      const { hashrate, results, connection } = summary(question.parts[0], "xmr-stak/2", "cpu");
      const version = "xmr-stak/2.10.8/4ae7e6b/master/lin/cpu/0";
      return reply(question, { version, hashrate, results, connection }, (part) => ({
        ...says(part),
        difficultyAccepted: workDone(part),
      }));
    },
  }),
};

/** xmrig-proxy: GET /1/summary. It mines nothing: the machine behind it stands for those whose work it passes on. */
export const xmrigProxy: Speaker = {
  name: "xmrig-proxy",
  doors: [{ link: "http", port: 3380 }],
  models: [{ model: "four miners", hashrate: 60_000, watts: 560 }],
  nature: CPU,
  protocol: answers({
    "/1/summary": (question) => {
      const [part] = question.parts;
      const { now } = part;
      const document = {
        id: part.id.slice(0, 16),
        worker_id: "simulated",
        uptime: now.uptimeSeconds,
        version: "6.22.0",
        kind: "proxy",
        mode: "nicehash",
        ua: "xmrig-proxy/6.22.0 (Linux x86_64) libuv/1.48.0 gcc/13.2.1",
        hashrate: { total: [rounded(now.mean(60) / 1000, 2)] },
        miners: { now: 4, max: 4 },
        upstreams: { active: 1, sleep: 0, error: 0, total: 1, ratio: 4 },
        results: { accepted: now.accepted, rejected: now.rejected, hashes_total: workDone(part) },
      };
      return reply(question, document, () => ({ uptimeSeconds: now.uptimeSeconds }));
    },
  }),
};
