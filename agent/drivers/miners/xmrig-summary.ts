import type { MetricName } from "../../../proto/metrics.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Each, IdentityTable, Table } from "../table.ts";

type Doc = Readonly<Record<string, unknown>>;

/**
 * Who a program with XMRig's summary is. Its `id` tells no devices apart: it is made of the port and the first network
 * address, which is the same in every container, or is whatever the settings say.
 */
export const summaryIdentity: IdentityTable = {
  model: "/cpu/brand",
  firmware: ["/ua", "/version"],
  hostname: "/worker_id",
  pool: "/connection/pool",
  worker: "/worker_id",
};

/** What is mined, with its means over 10 s, 60 s and 15 min; each is null until that much time has passed. */
export const meanRows: Each = {
  each: "/mined",
  algorithm: "/algorithm",
  rows: [
    { metric: "hashrate", at: "/rate", unit: "H/s", averagedSeconds: 10 },
    {
      metric: "hashrate_average",
      at: "/mean/900",
      unit: "H/s",
      averagedSeconds: 900,
      optional: true,
    },
    {
      metric: "hashrate_average",
      at: "/mean/60",
      unit: "H/s",
      averagedSeconds: 60,
      optional: true,
    },
  ],
};

const ROWS: Table = [
  meanRows,
  { metric: "shares_accepted", at: "/results/shares_good", unit: "1" },
  { metric: "shares_rejected", at: "/connection/rejected", unit: "1", optional: true },
  { metric: "difficulty_accepted", at: "/results/hashes_total", unit: "1", optional: true },
  { metric: "developer_fee", at: ["/donate_level", "/donate"], unit: "%", optional: true },
  { metric: "uptime", at: "/uptime", unit: "s", optional: true },
  { state: "/halted", words: { paused: "sleeping" } },
];

/** What XMRig's summary, put in order by `wholeOf` or `cpuOf`, says of the program as a whole; relatives lack some of it. */
export function summaryTable(...lacking: readonly MetricName[]): Table {
  return ROWS.filter((entry) => !("metric" in entry && lacking.includes(entry.metric)));
}

/** XMRig's summary with the rate of the whole program as what is mined. */
export function wholeOf(summary: Doc): Doc {
  return withMined(summary, [ratesOf(algorithmOf(summary), pointer(summary, "/hashrate/total"))]);
}

/**
 * XMRig's summary with what its CPU mines: GPUs are devices of their own, and the rate of the whole program has theirs in
 * it. Where the list of backends is missing and the program can mine with GPUs, the CPU's rate is not known.
 */
export function cpuOf(summary: Doc, backends: unknown): Doc {
  const algorithm = algorithmOf(summary);
  if (Array.isArray(backends)) {
    const working = backends.filter(
      (backend) => pointer(backend, "/type") === "cpu" && pointer(backend, "/enabled") !== false,
    );
    return withMined(
      summary,
      working.map((backend) =>
        ratesOf(
          pointer(backend, "/algo") ?? algorithm,
          pointer(backend, "/hashrate") ?? added(listOf(pointer(backend, "/threads"))),
        ),
      ),
    );
  }
  const features = listOf(summary["features"]);
  return features.includes("opencl") || features.includes("cuda")
    ? withMined(summary, [{ algorithm }])
    : wholeOf(summary);
}

/** The GPUs that a list of XMRig's backends names, each once, with what its threads mine together. */
export function gpusOf(backends: unknown, summary: unknown): Doc[] {
  const byAddress = new Map<unknown, Doc[]>();
  for (const backend of listOf(backends).filter((entry) => pointer(entry, "/type") !== "cpu"))
    for (const thread of listOf(pointer(backend, "/threads")).filter(isRecord)) {
      const told = { algorithm: pointer(backend, "/algo") ?? algorithmOf(summary), ...thread };
      const address = String(thread["bus_id"] ?? `thread ${byAddress.size}`).toLowerCase();
      const known = byAddress.get(address);
      if (known === undefined) byAddress.set(address, [told]);
      else known.push(told);
    }
  return [...byAddress.values()].map((threads) => ({
    ...threads[0],
    mined: [ratesOf(threads[0]?.["algorithm"], added(threads))],
  }));
}

/** What is mined; some forks say it of the connection only. */
function algorithmOf(summary: unknown): unknown {
  return pointer(summary, "/algo") ?? pointer(summary, "/connection/algo");
}

function withMined(summary: Doc, mined: readonly unknown[]): Doc {
  return {
    ...summary,
    algo: algorithmOf(summary),
    mined,
    halted: summary["paused"] === true ? "paused" : undefined,
  };
}

/** A triple of means by their seconds: the shortest, and the longest that there is. */
function ratesOf(algorithm: unknown, triple: unknown): Doc {
  const [ten, sixty, quarter] = listOf(triple);
  const mean = typeof quarter === "number" ? { 900: quarter } : { 60: sixty };
  return { algorithm, rate: ten, mean };
}

/** Threads of one device added up; a mean that one of them does not have yet is not known of all. */
function added(threads: readonly unknown[]): readonly unknown[] {
  if (threads.length === 0) return [];
  return [0, 1, 2].map((window) => {
    const rates = threads
      .map((thread) => pointer(thread, `/hashrate/${window}`))
      .filter((rate) => typeof rate === "number");
    return rates.length === threads.length ? rates.reduce((sum, rate) => sum + rate, 0) : null;
  });
}
