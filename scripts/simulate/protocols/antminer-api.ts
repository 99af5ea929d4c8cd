import { cgminer, gigahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { type PartNow, type Protocol, rounded } from "./protocol.ts";

/** What firmware on Antminer hardware says of itself in its first member, and adds to its figures. */
export interface AntminerFirmware {
  readonly head: (part: PartNow) => Readonly<Record<string, string>>;
  readonly figures?: (part: PartNow) => Readonly<Record<string, unknown>>;
  /** Whole W that stand in `figures`. */
  readonly watts?: (part: PartNow) => number;
}

/** What stock firmware of the S19 generation says of itself. */
export const STOCK: AntminerFirmware = {
  head: ({ model }) => ({
    BMMiner: "1.0.0",
    Miner: "49.0.1.3",
    CompileTime: "Mon Mar 07 09:41:26 CST 2022",
    Type: model,
  }),
};

/** Boards of a machine are never quite equal. */
const BOARDS = [0.3341, 0.3392, 0.3267];

const chip = (celsius: number, corner: number): number => Math.round(celsius - corner);

/** The cgminer API of firmware on Antminer hardware. */
export function antminerApi({ head, figures, watts }: AntminerFirmware): Protocol {
  return cgminer("cgminer 1.0.0", {
    version: ({ parts: [part] }) => ({
      code: 22,
      title: "CGMiner versions",
      content: [{ ...head(part), API: "3.1" }],
    }),
    summary: summaryOf("GHS", [5]),
    stats: ({ parts: [part], brokenJson }) => ({
      code: 70,
      title: "CGMiner stats",
      content: [head(part), { ...stats(part, brokenJson), ...figures?.(part) }],
      says: (of) => ({
        hashrate: gigahashes(of.now.mean(5)) * 1e9,
        uptimeSeconds: of.now.uptimeSeconds,
        chipCelsius: chip(of.now.chipCelsius, 0),
        ...(watts ? { powerWatts: watts(of) } : {}),
      }),
    }),
    pools: poolsOf,
    devs: ({ parts: [part] }) => ({
      code: 9,
      title: "3 ASC(s)",
      content: BOARDS.map((share, board) => device(part, share, board)),
      says: ({ now }) => ({ uptimeSeconds: now.uptimeSeconds }),
    }),
  });
}

function stats(part: PartNow, asText: boolean): Record<string, unknown> {
  const { now } = part;
  const print = (rate: number): string | number =>
    asText ? (rate / 1e9).toFixed(2) : gigahashes(rate);
  const chips = part.model.includes("Pro") ? 114 : 76;
  const boards = BOARDS.map((share, at) => [at + 1, share] as const);
  const each = <T>(name: string, value: (share: number, board: number) => T): [string, T][] =>
    boards.map(([board, share]) => [`${name}${board}`, value(share, board)]);
  const corners = (base: number): string =>
    [0, 2, 5, 7].map((corner) => chip(base, corner)).join("-");
  return {
    STATS: 0,
    ID: "BTM_SOC0",
    Elapsed: now.uptimeSeconds,
    Calls: 0,
    Wait: 0,
    Max: 0,
    Min: 99_999_999,
    "GHS 5s": print(now.mean(5)),
    "GHS av": print(now.meanSinceStart),
    rate_30m: gigahashes(now.mean(1800)),
    Mode: 2,
    miner_count: BOARDS.length,
    frequency: 525,
    fan_num: 4,
    ...Object.fromEntries([1, 2, 3, 4].map((fan) => [`fan${fan}`, fanSpeed(now.fanDuty, fan)])),
    temp_num: BOARDS.length,
    ...Object.fromEntries(each("temp", (_, board) => chip(now.chipCelsius - 12, board - 1))),
    ...Object.fromEntries(each("temp2_", (_, board) => chip(now.chipCelsius, board - 1))),
    ...Object.fromEntries(each("temp_pcb", () => corners(now.chipCelsius - 12))),
    ...Object.fromEntries(each("temp_chip", () => corners(now.chipCelsius))),
    total_rateideal: gigahashes(part.machine.traits.hashrate),
    rate_unit: "GH",
    total_freqavg: 525,
    total_acn: chips * BOARDS.length,
    "total rate": gigahashes(now.meanSinceStart),
    temp_max: 0,
    no_matching_work: Math.floor(now.uptimeSeconds / 900),
    ...Object.fromEntries(each("chain_acn", () => chips)),
    ...Object.fromEntries(each("chain_hw", (_, board) => board * 3)),
    ...Object.fromEntries(each("chain_rate", (share) => ((now.mean(5) * share) / 1e9).toFixed(2))),
    ...Object.fromEntries(each("freq", () => 525)),
    miner_version: "49.0.1.3",
    miner_id: part.id.slice(0, 16),
  };
}

const fanSpeed = (duty: number, fan: number): number =>
  Math.round((duty * 6600 - fan * 15) / 30) * 30;

function device({ now }: PartNow, share: number, board: number): Record<string, unknown> {
  return {
    ASC: board,
    Name: "BTM_SOC",
    ID: board,
    Enabled: "Y",
    Status: now.off ? "Dead" : "Alive",
    Temperature: chip(now.chipCelsius - 12, board),
    "MHS av": rounded((now.meanSinceStart * share) / 1e6, 2),
    "MHS 5s": rounded((now.mean(5) * share) / 1e6, 2),
    "Device Elapsed": now.uptimeSeconds,
  };
}
