import type { Reported } from "../reply-log.ts";
import { cgminer, megahashes, poolsOf, type Section } from "./cgminer.ts";
import { celsius } from "./gpu.ts";
import { macOf, type PartNow, type Protocol, type Question, rounded, shares } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

/** How makers whose boards are all that their program tells of differ. */
interface Maker {
  /** The program. */
  readonly description: string;
  readonly boards: number;
  /** What a board is called, and its place. */
  readonly named: (part: PartNow, board: number) => string;
  /** Seconds that a rate is a mean over, as it is labelled. */
  readonly span: readonly [label: string, seconds: number];
  readonly place?: "ASC" | "PGA";
  /** What else stands with a board. */
  readonly beside?: (part: PartNow, board: number) => Readonly<Record<string, unknown>>;
  /** The pools count the difficulty of what they accepted. */
  readonly tellsWork?: boolean;
}

const boardRate = (part: PartNow, { boards, span: [, seconds] }: Maker): number =>
  megahashes(part.now.mean(seconds) / boards);

/** The sections that all of them have. */
function makerSections(maker: Maker): Record<string, (question: Question) => Section> {
  const { boards, named, span, place = "ASC", beside, tellsWork = true } = maker;
  return {
    devs: ({ parts: [part] }) => ({
      code: 9,
      title: `${boards} ${place}(s)`,
      content: Array.from({ length: boards }, (_, board) => ({
        [place]: board,
        Name: named(part, board),
        ID: board,
        Enabled: "Y",
        Status: "Alive",
        "MHS av": megahashes(part.now.meanSinceStart / boards),
        [`MHS ${span[0]}`]: boardRate(part, maker),
        ...beside?.(part, board),
      })),
      says: (of) => ({ hashrate: boardRate(of, maker) * boards * 1e6 }),
    }),
    summary: ({ parts: [{ now }] }) => ({
      code: 11,
      title: "Summary",
      content: [{ Elapsed: now.uptimeSeconds }],
      says: (of) => ({ uptimeSeconds: of.now.uptimeSeconds }),
    }),
    pools: (question) => ({ ...(tellsWork ? poolsOf(question) : withoutWork(question)) }),
  };
}

/** Shares are counted and their difficulty is not; the other pools are none. */
function withoutWork(question: Question): Section {
  const { content, ...section } = poolsOf(question);
  const [pool] = content as readonly Readonly<Record<string, unknown>>[];
  return { ...section, content: [{ ...pool, "Difficulty Accepted": 0 }], says: shares };
}

const makerProtocol = (maker: Maker): Protocol => cgminer(maker.description, makerSections(maker));
const CGMINER_DOOR: Speaker["doors"] = [{ link: "tcp", port: 4028 }];
const temperature = (part: PartNow) => ({ Temperature: celsius(part) - 12 });

/** Baikal's Giant on X11. */
export const baikal: Speaker = {
  name: "baikal",
  doors: CGMINER_DOOR,
  models: [{ model: "Giant X10", hashrate: 10e9, watts: 630 }],
  nature: { ...ASIC, algorithm: "x11", difficulty: 20, hashesPerDifficulty: 2 ** 32 },
  protocol: cgminer("sgminer 5.6.6-l", {
    ...makerSections({
      description: "",
      boards: 3,
      named: () => "BKLU",
      span: ["5s", 5],
      beside: temperature,
    }),
    pools: (question) => {
      const { content, ...section } = poolsOf(question);
      const [pool] = content as readonly Readonly<Record<string, unknown>>[];
      return { ...section, content: [{ ...pool, Algorithm: question.parts[0].algorithm }] };
    },
  }),
};

/** StrongU's U6 on X11. */
export const strongu: Speaker = {
  name: "strongu",
  doors: CGMINER_DOOR,
  models: [{ model: "STU-U6", hashrate: 420e9, watts: 2100 }],
  nature: { ...ASIC, algorithm: "x11", difficulty: 1024, hashesPerDifficulty: 2 ** 32 },
  protocol: makerProtocol({
    description: "cgminer 4.11.1",
    boards: 3,
    named: () => "u6",
    span: ["5s", 5],
    beside: (part) => ({ ...temperature(part), volt: 12.4, Frequency: 545 }),
  }),
};

/** BW's L21 on scrypt, whose pools count no difficulty. */
export const bwL21: Speaker = {
  name: "bw-l21",
  doors: CGMINER_DOOR,
  models: [{ model: "L21", hashrate: 550e6, watts: 950 }],
  nature: { ...ASIC, algorithm: "scrypt", difficulty: 32_768 },
  protocol: makerProtocol({
    description: "cpuminer 2.3.2",
    boards: 4,
    named: (_, board) => `ttyS${board + 1}`,
    span: ["5s", 5],
    beside: (part) => ({ temperature: celsius(part) - 30 }),
    tellsWork: false,
  }),
};

/** FutureBit's USB sticks under BFGMiner. */
export const moonlander: Speaker = {
  name: "moonlander",
  doors: CGMINER_DOOR,
  models: [{ model: "Moonlander 2", hashrate: 8e6, watts: 20 }],
  nature: { ...ASIC, algorithm: "scrypt", difficulty: 1024, idleWatts: 1 },
  protocol: makerProtocol({
    description: "bfgminer 5.4.2",
    boards: 2,
    named: () => "MLD",
    span: ["20s", 20],
    place: "PGA",
  }),
};

const BELINK: Maker = {
  description: "cgminer 5.4.8",
  boards: 3,
  named: ({ model }) => model,
  span: ["5s", 5],
  place: "PGA",
  beside: () => ({ PLL: 450, Asics: 144, Version: "cgminer 5.4.8", Temperature: 0 }),
};

/** iBeLink's miner for Nervos: rates and temperatures of the whole stand in `summary`. */
export const ibelink: Speaker = {
  name: "ibelink",
  doors: CGMINER_DOOR,
  models: [{ model: "BM-N1Max", hashrate: 10.5e12, watts: 3400 }],
  nature: { ...ASIC, algorithm: "eaglesong", difficulty: 8192, hashesPerDifficulty: 2 ** 32 },
  protocol: cgminer(BELINK.description, {
    ...makerSections(BELINK),
    devs: (question) => ({ ...(makerSections(BELINK)["devs"]?.(question) as Section), says: none }),
    summary: ({ parts: [part] }) => ({
      code: 11,
      title: "Summary",
      content: [
        {
          Elapsed: part.now.uptimeSeconds,
          "MHS 5s": megahashes(part.now.mean(5)),
          "MHS av": megahashes(part.now.meanSinceStart),
          Temp1: celsius(part) - 12,
          Temp2: celsius(part) - 11,
          Temp3: celsius(part) - 13,
          PWM1: 2500,
          macaddress: macOf(part, ""),
        },
      ],
      says: ({ now }) => ({
        hashrate: megahashes(now.mean(5)) * 1e6,
        uptimeSeconds: now.uptimeSeconds,
      }),
    }),
  }),
};

const none = (): Reported => ({});

const CHIPS: Maker = {
  description: "cgminer 4.10.0",
  boards: 3,
  named: () => "IT1",
  span: ["5s", 5],
};

/** HonorKnight's K2: rates in `edevs`, the rest in `stats`. */
export const honorknight: Speaker = {
  name: "honorknight",
  doors: CGMINER_DOOR,
  models: [{ model: "K2.1", hashrate: 15.6e12, watts: 1390 }],
  nature: { ...ASIC, difficulty: 16_384 },
  protocol: cgminer(CHIPS.description, {
    pools: poolsOf,
    edevs: (question) => ({
      ...(makerSections(CHIPS)["devs"]?.(question) as Section),
      member: "DEVS",
    }),
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "CGMiner stats",
      content: Array.from({ length: CHIPS.boards }, (_, board) => ({
        STATS: board,
        ID: `IT1${board}`,
        Elapsed: part.now.uptimeSeconds,
        "Chain ID": board,
        "Num chips": 72,
        "Num active chips": 72,
        "Temp max": celsius(part),
        Temp: celsius(part) - 12,
        "Fan duty": rounded(part.now.fanDuty * 100, 0),
        "Fan0 rpm": Math.round(part.now.fanDuty * 6800),
        "Fan1 rpm": Math.round(part.now.fanDuty * 6600),
        PLL: 1310,
      })),
      says: (of) => ({ uptimeSeconds: of.now.uptimeSeconds, chipCelsius: celsius(of) }),
    }),
  }),
};
