import { type PartNow, type Protocol, rounded } from "./protocol.ts";

const THREADS = 16;

/** A mean over so many seconds; null until the miner has run for as long, as XMRig has it. */
function mean({ now }: PartNow, overSeconds: number, share = 1): number | null {
  return now.uptimeSeconds < overSeconds ? null : rounded(now.mean(overSeconds) * share, 2);
}
const means = (part: PartNow, share = 1): (number | null)[] =>
  [10, 60, 900].map((over) => mean(part, over, share));

/** XMRig 6 on a CPU: GET /2/summary, and /1/summary for older readers. */
export const xmrig: Protocol = ({ ask, parts, worker }) => {
  if (ask !== "/2/summary" && ask !== "/1/summary") return undefined;
  const [part] = parts;
  const { now } = part;
  const workDone = now.accepted * now.difficulty;
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
      hashes_total: workDone,
      best: [Math.floor(now.bestDifficulty), 0, 0, 0, 0, 0, 0, 0, 0, 0],
    },
    algo: part.algorithm === "randomx" ? "rx/0" : part.algorithm,
    connection: {
      pool: "pool.example:3333",
      ip: "203.0.113.7",
      uptime: now.uptimeSeconds,
      uptime_ms: now.uptimeSeconds * 1000,
      ping: 34,
      failures: 0,
      tls: null,
      "tls-fingerprint": null,
      algo: part.algorithm === "randomx" ? "rx/0" : part.algorithm,
      diff: now.difficulty,
      accepted: now.accepted,
      rejected: now.rejected,
      hashes_total: workDone,
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
  const reported = {
    ...(hashrate === null ? {} : { hashrate }),
    sharesAccepted: now.accepted,
    sharesRejected: now.rejected,
    difficultyAccepted: workDone,
    uptimeSeconds: now.uptimeSeconds,
  };
  return { body: JSON.stringify(body, null, 4), reported: new Map([[part.key, reported]]) };
};
