import { celsius, fanPercent, watts } from "./gpu.ts";
import { answers, type PartNow, type Question, reply, rounded, shares, total } from "./protocol.ts";
import { GPU, type Speaker } from "./speaker.ts";

type Fields = Readonly<Record<string, string | number>>;
/** `KEY=value` by semicolons, one record after the other by bars, a NUL at the end. */
export const records = (all: readonly Fields[]): string =>
  `${all
    .map((one) => Object.entries(one).map((pair) => pair.join("=")))
    .map((pairs) => `${pairs.join(";")}|`)
    .join("")}\0`;

const kilohashes = ({ now }: PartNow): number => rounded(now.mean(10) / 1000, 2);

/** ccminer 2: words over TCP, text back. Bus numbers are decimal, power is in mW. */
export const ccminer: Speaker = {
  name: "ccminer",
  doors: [{ link: "line", port: 4068 }],
  gpus: { make: "nvidia", count: 2 },
  models: [
    { model: "GTX 1080 Ti", hashrate: 22.4e6, watts: 201 },
    { model: "GTX 1070", hashrate: 13.1e6, watts: 128 },
  ],
  // Pools of the algorithms that it is used for write small difficulties.
  nature: { ...GPU, algorithm: "kawpow", difficulty: 0.02, warmUp: "ramp" },
  protocol: (question) =>
    answers({ summary, pool, threads, hwinfo })({
      ...question,
      ask: question.ask.replace(/\|$/, ""),
    }),
};

function summary(question: Question) {
  const { parts, atMs } = question;
  const [{ now, algorithm }] = parts;
  const minutes = Math.max(now.uptimeSeconds / 60, 1 / 60);
  const accepted = total(parts, (each) => each.accepted);
  return reply(
    question,
    records([
      {
        NAME: "ccminer",
        VER: "2.3.1",
        API: "1.9",
        ALGO: algorithm,
        GPUS: parts.length,
        KHS: total(parts, (_, part) => kilohashes(part)).toFixed(2),
        SOLV: 0,
        ACC: accepted,
        REJ: total(parts, (each) => each.rejected),
        ACCMN: (accepted / minutes).toFixed(3),
        DIFF: now.difficulty.toFixed(6),
        NETKHS: 0,
        POOLS: 1,
        WAIT: 0,
        UPTIME: now.uptimeSeconds,
        TS: Math.floor(atMs / 1000),
      },
    ]),
    (part) => ({ uptimeSeconds: part.now.uptimeSeconds }),
  );
}

function pool(question: Question) {
  const { parts, worker } = question;
  const [{ now, algorithm }] = parts;
  return reply(
    question,
    records([
      {
        POOL: "pool.example:3333",
        ALGO: algorithm,
        URL: "stratum+tcp://pool.example:3333",
        USER: worker,
        SOLV: 0,
        ACC: total(parts, (each) => each.accepted),
        REJ: total(parts, (each) => each.rejected),
        STALE: 0,
        DIFF: now.difficulty.toFixed(6),
        BEST: now.bestDifficulty.toFixed(6),
        PING: 40,
        DISCO: 0,
        WAIT: 0,
        UPTIME: now.uptimeSeconds,
        LAST: 3,
      },
    ]),
  );
}

function threads(question: Question) {
  const told = question.parts.map((part, at) => ({
    GPU: at,
    BUS: part.pciBus,
    CARD: part.model,
    TEMP: celsius(part).toFixed(1),
    POWER: watts(part) * 1000,
    FAN: fanPercent(part),
    RPM: Math.round(part.now.fanDuty * 3300),
    FREQ: 1683,
    MEMFREQ: 5005,
    GPUF: 1860,
    MEMF: 4513,
    KHS: kilohashes(part).toFixed(2),
    KHW: rounded(kilohashes(part) / Math.max(1, watts(part)), 5),
    PLIM: 250_000,
    ACC: part.now.accepted,
    REJ: part.now.rejected,
    HWF: 0,
    I: "20.0",
    THR: 1_048_576,
  }));
  return reply(question, records(told), (part) => ({
    hashrate: kilohashes(part) * 1000,
    ...shares(part),
    powerWatts: watts(part),
    chipCelsius: celsius(part),
  }));
}

function hwinfo(question: Question) {
  const cards = question.parts.map((part, at) => ({
    GPU: at,
    BUS: part.pciBus,
    CARD: part.model,
    SM: 610,
    MEM: 8192,
    TEMP: celsius(part).toFixed(1),
    FAN: fanPercent(part),
    RPM: Math.round(part.now.fanDuty * 3300),
    FREQ: 1683,
    MEMFREQ: 5005,
    PST: "P2",
    POWER: watts(part) * 1000,
    PLIM: 250_000,
    SN: part.id.slice(0, 10),
    BIOS: "86.04.85.00.70",
  }));
  const host = { OS: "linux", NVDRIVER: "550.90", CPUS: 8, CPUTEMP: 41, CPUFREQ: 3_400_000 };
  return reply(question, records([...cards, host]), (part) => ({
    powerWatts: watts(part),
    chipCelsius: celsius(part),
  }));
}
