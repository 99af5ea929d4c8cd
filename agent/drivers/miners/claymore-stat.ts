import { listOf, pointer } from "../pointer.ts";
import type { IdentityTable, Table } from "../table.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { type Mined, minedRows } from "./mined.ts";

/** What a program's version tells of its rates. */
export interface Speech {
  /** Absent where nobody says it. */
  readonly unit?: string;
  readonly algorithm?: string;
}

/**
 * Table for what `orderedStat` makes of a reply. Programs that do not say where their GPUs are have them as parts of one
 * device, with what they do together.
 */
export const CLAYMORE_STAT: Table = [
  {
    devices: "/gpus",
    pci: { at: "/bus", base: 10 },
    identity: { pool: "^/pool" },
    rows: [
      minedRows({ at: "/unit" }),
      ...gpuSensors({ chip: "/temperature", fan: "/fan", power: "/power" }),
      { metric: "uptime", at: "/minutes", unit: "min", text: true, optional: true },
    ],
    unplaced: [{ metric: "uptime", at: "/minutes", unit: "min", text: true }],
  },
  minedRows({ at: "/unit" }, "/totals"),
];

/** Who the one device is whose parts the GPUs are. */
export const CLAYMORE_IDENTITY: IdentityTable = { firmware: "/whole/version", pool: "/whole/pool" };

/** True for the list of texts that Claymore's miners answer with, and those that learned it from them. */
export function isStat(reply: unknown): boolean {
  const texts = listOf(pointer(reply, "/result"));
  return texts.length >= 7 && texts.every((text) => typeof text === "string");
}

const split = (text: unknown): string[] => (typeof text === "string" ? text.split(";") : []);

/**
 * The texts of a reply to `miner_getstat1` or `miner_getstat2` in the order of GPUs, or undefined where it is none. By
 * position: version; minutes; total, accepted and rejected; rates; the same two of a second coin; temperatures and fans in
 * turn; pools; and in getstat2 from 9 on accepted and rejected by GPU, the same of the second coin from 12 on, bus numbers
 * at 15, the power of all GPUs at 17. Claymore's Dual Miner 15.0, "API.txt".
 */
export function orderedStat(reply: unknown, speechOf: (version: string) => Speech): unknown {
  if (!isStat(reply)) return undefined;
  const texts = listOf(pointer(reply, "/result"));
  const version = String(texts[0]);
  const speech = speechOf(version);
  // What the second coin is, no program says; its rates are in the unit of the first. Where neither has a name, the two
  // could not be told apart: it is left out.
  const second = speech.unit === undefined ? {} : { unit: speech.unit };
  const coins = [
    coinOf(texts, 2, 9, speech),
    ...(speech.algorithm === undefined ? [] : [coinOf(texts, 4, 12, second)]),
  ].filter(({ rates }) => rates.some((rate) => rate !== "off" && rate !== ""));
  const buses = split(texts[15]);
  const isPlaced = buses.some((bus) => bus !== "");
  const sensors = split(texts[6]);
  const [pool] = split(texts[7]);
  const gpus = split(texts[3]).map((_, position, all) => ({
    bus: buses[position],
    temperature: sensors[2 * position],
    fan: sensors[2 * position + 1],
    // Of several GPUs it is the sum.
    power: all.length === 1 ? texts[17] : undefined,
    minutes: isPlaced ? texts[1] : undefined,
    mined: coins.map(({ of }) => of(position)),
  }));
  return {
    gpus,
    pool,
    minutes: texts[1],
    totals: isPlaced ? [] : coins.map(({ total }) => total),
    ...(isPlaced ? {} : { whole: { version, pool } }),
  };
}

interface Coin {
  readonly rates: readonly string[];
  readonly total: Mined;
  readonly of: (position: number) => Mined;
}

/** One coin's figures: its total stands at a place and its rates behind it, its shares by GPU at another place. */
function coinOf(texts: readonly unknown[], at: number, shares: number, speech: Speech): Coin {
  const [rate, accepted, rejected] = split(texts[at]);
  const rates = split(texts[at + 1]);
  const [acceptedBy, rejectedBy] = [split(texts[shares]), split(texts[shares + 1])];
  return {
    rates,
    total: { ...speech, rate, accepted, rejected },
    of: (position) => ({
      ...speech,
      rate: rates[position],
      accepted: acceptedBy[position],
      rejected: rejectedBy[position],
    }),
  };
}
