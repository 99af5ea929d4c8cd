import { type Pairs, pairs } from "../decode/pairs.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { gpusIn } from "./mined.ts";

/**
 * ccminer and the NVIDIA miners with its text API: z-enemy, CryptoDredge, T-Rex, zjazz. What each GPU does stands in
 * `threads`; `hwinfo` says once more, and in old versions alone, what it is and how warm.
 */
export const ccminer = defineDriver({
  name: "ccminer",
  about: "ccminer, z-enemy, CryptoDredge and others with its text API, NVIDIA GPUs",
  docs: "https://github.com/tpruvot/ccminer/wiki/Using-the-API",
  kind: "gpu",
  role: "miner",
  ports: [4068],
  proof: ["nevermore 0.2.3", "Yescrypt R16", "z-enemy 1.17"],
  asks: {
    summary: { link: "tcp", target: "summary", decode: pairs },
    threads: { link: "tcp", target: "threads", decode: pairs },
    hwinfo: { link: "tcp", target: "hwinfo", decode: pairs, optional: true },
    pool: { link: "tcp", target: "pool", decode: pairs, optional: true, rarely: true },
  },
  knownBy: ["summary"],
  identify: ({ summary }) =>
    typeof pointer(summary, "/0/NAME") === "string" &&
    typeof pointer(summary, "/0/GPUS") === "string" &&
    typeof pointer(summary, "/0/KHS") === "string",
  algorithm: "^/ALGO",
  identity: {},
  derive: (docs) => ({ summary: orderedSummary(docs) }),
  table: {
    summary: [
      {
        devices: "/gpus",
        pci: { at: "/BUS", base: 10 },
        identity: { model: "/CARD", pool: ["^/pool/URL", "^/pool/POOL"], worker: "^/pool/USER" },
        rows: [
          {
            metric: "hashrate",
            at: "/KHS",
            unit: { at: "^/unit" },
            text: true,
            stale: "/hangs",
          },
          { metric: "shares_accepted", at: "/ACC", unit: "1", text: true, optional: true },
          { metric: "shares_rejected", at: "/REJ", unit: "1", text: true, optional: true },
          ...gpuSensors({ chip: "/TEMP", fan: "/FAN", clock: "/GPUF", memoryClock: "/MEMF" }),
          {
            metric: "power",
            at: "/POWER",
            unit: "mW",
            measured: "output",
            text: true,
            blank: 0,
            optional: true,
          },
          {
            metric: "power_limit",
            at: "/PLIM",
            unit: "mW",
            text: true,
            blank: 0,
            optional: true,
          },
          { metric: "fan_speed", at: "/RPM", unit: "rpm", text: true, blank: 0, optional: true },
          { metric: "uptime", at: "^/UPTIME", unit: "s", text: true },
        ],
      },
    ],
  },
});

interface Replies {
  readonly summary?: unknown;
  readonly threads?: unknown;
  readonly hwinfo?: unknown;
  readonly pool?: unknown;
}

/** The program's own figures with its GPUs, as far as each reply is there. */
function orderedSummary({ summary, threads, hwinfo, pool }: Replies): unknown {
  const [own] = listOf(summary);
  if (!isRecord(own)) return undefined;
  const { KHS, ACC, REJ } = own;
  const hardware = gpuRecords(hwinfo);
  const listed = threads === undefined ? hardware : gpuRecords(threads);
  const gpus = listed.map((gpu) => ({
    ...hardware.find(({ GPU }) => GPU === gpu["GPU"]),
    // What the program does is what its only GPU does.
    ...(threads === undefined && own["GPUS"] === "1" ? { KHS, ACC, REJ } : {}),
    ...gpu,
    hangs: hangs(gpu),
  }));
  return { ...own, gpus, pool: listOf(pool)[0], unit: unitOf(own) };
}

/** Records of GPUs: `hwinfo` ends with one of the host. */
function gpuRecords(records: unknown): Pairs[] {
  const gpus = listOf(records).filter(
    (record): record is Pairs => isRecord(record) && typeof record["GPU"] === "string",
  );
  return gpusIn(gpus) === undefined ? [] : gpus;
}

/** A GPU without a temperature has left the bus; the miner goes on showing the rate that it had. */
function hangs({ TEMP }: Pairs): boolean {
  return TEMP !== undefined && Number(TEMP) === 0;
}

/** zjazz counts its cuckoo graphs in a unit of its own, which nobody says. */
function unitOf(own: Readonly<Record<string, unknown>>): string | undefined {
  const isOwn = /zjazz/i.test(`${own["NAME"]} ${own["VER"]}`) && /^cuck/i.test(String(own["ALGO"]));
  return isOwn ? undefined : "kH/s";
}
