import {
  answers,
  type PartNow,
  type Question,
  type Reply,
  reply,
  rounded,
  work,
  workDone,
} from "./protocol.ts";
import { CPU, type Speaker } from "./speaker.ts";

const THREADS = 16;

/** A mean over so many seconds; null until the miner has run for as long, as XMRig has it. */
function mean({ now }: PartNow, overSeconds: number, share = 1): number | null {
  return now.uptimeSeconds < overSeconds ? null : rounded(now.mean(overSeconds) * share, 2);
}
const means = (part: PartNow, share = 1): (number | null)[] =>
  [10, 60, 900].map((over) => mean(part, over, share));

/** XMRig 6 on a CPU: GET /2/summary, and /1/summary for older readers. */
export const xmrig: Speaker = {
  name: "xmrig",
  doors: [{ link: "http", port: 60_070 }],
  models: [{ model: "AMD Ryzen 9 5950X 16-Core Processor", hashrate: 15_400, watts: 142 }],
  nature: CPU,
  protocol: answers({
    "/2/summary": summaryOf,
    "/1/summary": summaryOf,
    "/2/backends": (question) => reply(question, backends(question.parts[0])),
  }),
};

function backends(part: PartNow) {
  const algo = spelled(part.algorithm);
  const threads = Array.from({ length: THREADS }, (_, affinity) => ({
    intensity: 1,
    affinity,
    av: 1,
    hashrate: means(part, 1 / THREADS),
  }));
  const cpu = { type: "cpu", enabled: true, algo, profile: "rx", hashrate: means(part), threads };
  return [cpu, ...["opencl", "cuda"].map((type) => ({ type, enabled: false, algo: null }))];
}

const spelled = (algorithm: string): string => (algorithm === "randomx" ? "rx/0" : algorithm);

function summaryOf(question: Question): Reply {
  const { worker } = question;
  const [part] = question.parts;
  const { now } = part;
  const found = now.accepted + now.rejected;
  const hashrate = mean(part, 10);
  const body = {
    id: part.id.slice(0, 16),
    worker_id: worker.split(".")[1] ?? worker,
    uptime: now.uptimeSeconds,
    restricted: true,
    resources: {
      memory: { free: 21_474_836_480, total: 34_359_738_368, resident_set_memory: 2_516_582_400 },
      load_average: [15.9, 15.7, 15.2],
      hardware_concurrency: 32,
    },
    features: ["api", "asm", "http", "hwloc", "tls"],
    results: {
      diff_current: now.difficulty,
      shares_good: now.accepted,
      shares_total: found,
      avg_time: found > 0 ? Math.round(now.uptimeSeconds / found) : 0,
      avg_time_ms: found > 0 ? Math.round((now.uptimeSeconds * 1000) / found) : 0,
      // XMRig's hashes_total is what the pool credited: the sum of accepted difficulties.
      hashes_total: workDone(part),
      best: [Math.floor(now.bestDifficulty), 0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
    algo: spelled(part.algorithm),
    connection: {
      pool: "pool.example:3333",
      ip: "203.0.113.7",
      uptime: now.uptimeSeconds,
      uptime_ms: now.uptimeSeconds * 1000,
      ping: 34,
      failures: 0,
      tls: null,
      "tls-fingerprint": null,
      algo: spelled(part.algorithm),
      diff: now.difficulty,
      accepted: now.accepted,
      rejected: now.rejected,
      hashes_total: workDone(part),
    },
    version: "6.22.2",
    kind: "miner",
    ua: "XMRig/6.22.2 (Linux x86_64) libuv/1.49.2 gcc/13.2.1",
    cpu: { brand: part.model, aes: true, avx2: true, x64: true, cores: 16, threads: 32 },
    donate_level: 1,
    paused: false,
    algorithms: ["rx/0", "rx/wow", "rx/arq"],
    hashrate: {
      total: means(part),
      highest: rounded(now.rate * 1.01, 2),
      threads: Array.from({ length: THREADS }, () => means(part, 1 / THREADS)),
    },
    hugepages: [1168, 1168],
  };
  return reply(question, JSON.stringify(body, null, 4), () => ({
    ...(hashrate === null ? {} : { hashrate }),
    ...work(part),
  }));
}
