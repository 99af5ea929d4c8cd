import type { Reported } from "../reply-log.ts";
import { type PartNow, type Protocol, type Question, rounded, seconds } from "./protocol.ts";

/** cgminer's code and word for each command. */
const COMMANDS = {
  version: { code: 22, title: "CGMiner versions" },
  summary: { code: 11, title: "Summary" },
  stats: { code: 70, title: "CGMiner stats" },
  pools: { code: 7, title: "3 Pool(s)" },
  devs: { code: 9, title: "3 ASC(s)" },
} as const;
type Command = keyof typeof COMMANDS;

const FIRMWARE = { BMMiner: "1.0.0", Miner: "49.0.1.3" };
const COMPILED = "Mon Mar 07 09:41:26 CST 2022";
/** Boards of a machine are never quite equal. */
const BOARDS = [0.3341, 0.3392, 0.3267];
const DESCRIPTION = "cgminer 1.0.0";

const isCommand = (ask: string): ask is Command => Object.hasOwn(COMMANDS, ask);
const gigahashes = (rate: number): number => rounded(rate / 1e9, 2);

/** Stock Antminer firmware of the S19 generation: the cgminer API. Several commands may be joined by `+`. */
export const antminer: Protocol = (question) => {
  const [part] = question.parts;
  const asks = question.ask.split("+");
  if (!asks.every(isCommand)) return undefined;
  const bodies = asks.map((ask) => [ask, section(ask, part, question)] as const);
  const single = bodies.length === 1 ? bodies[0]?.[1] : undefined;
  const text = single
    ? JSON.stringify({ ...single, id: 1 })
    : JSON.stringify({
        ...Object.fromEntries(bodies.map(([ask, body]) => [ask, [{ ...body, id: 1 }]])),
        id: 1,
      });
  const said = Object.assign({}, ...asks.map((ask) => reported(ask, part))) as Reported;
  return {
    // The firmware's own slip: no comma between the two objects of STATS.
    body: question.brokenJson ? text.replace('"},{"STATS"', '"}{"STATS"') : text,
    reported: new Map([[part.key, said]]),
  };
};

/** What cgminer says to what it does not know. */
export function refusal(atMs: number, code: 14 | 23): string {
  const Msg = code === 14 ? "Invalid command" : "Invalid JSON";
  const status = { STATUS: "E", When: seconds(atMs), Code: code, Msg, Description: DESCRIPTION };
  return JSON.stringify({ STATUS: [status], id: 1 });
}

function section(ask: Command, part: PartNow, question: Question): Record<string, unknown> {
  const { code, title } = COMMANDS[ask];
  const status = {
    STATUS: "S",
    When: seconds(question.atMs),
    Code: code,
    Msg: title,
    Description: DESCRIPTION,
  };
  return { STATUS: [status], [ask.toUpperCase()]: content(ask, part, question) };
}

function content(ask: Command, part: PartNow, question: Question): unknown[] {
  const version = { ...FIRMWARE, CompileTime: COMPILED, Type: part.model };
  switch (ask) {
    case "version":
      return [{ ...version, API: "3.1" }];
    case "summary":
      return [summary(part)];
    case "stats":
      return [version, stats(part, question.brokenJson)];
    case "pools":
      return pools(part, question);
    case "devs":
      return BOARDS.map((share, board) => device(part, share, board));
  }
}

function reported(ask: Command, { now }: PartNow): Reported {
  const hashrate = gigahashes(now.mean(5)) * 1e9;
  const shares = {
    sharesAccepted: now.accepted,
    sharesRejected: now.rejected,
    difficultyAccepted: now.accepted * now.difficulty,
  };
  switch (ask) {
    case "version":
      return {};
    case "summary":
      return { hashrate, ...shares, uptimeSeconds: now.uptimeSeconds };
    case "stats":
      return { hashrate, uptimeSeconds: now.uptimeSeconds, chipCelsius: chip(now.chipCelsius, 0) };
    case "pools":
      return shares;
    case "devs":
      return { uptimeSeconds: now.uptimeSeconds };
  }
}

function summary({ now }: PartNow): Record<string, unknown> {
  const minutes = Math.max(now.uptimeSeconds / 60, 1 / 60);
  const found = now.accepted + now.rejected;
  return {
    Elapsed: now.uptimeSeconds,
    "GHS 5s": gigahashes(now.mean(5)),
    "GHS av": gigahashes(now.meanSinceStart),
    "Found Blocks": 0,
    Getworks: 1 + Math.floor(now.uptimeSeconds / 30),
    Accepted: now.accepted,
    Rejected: now.rejected,
    "Hardware Errors": Math.floor(now.uptimeSeconds / 900),
    Utility: rounded(now.accepted / minutes, 2),
    Discarded: Math.floor(now.uptimeSeconds / 7),
    Stale: 0,
    "Get Failures": 0,
    "Local Work": found * 3,
    "Remote Failures": 0,
    "Network Blocks": Math.floor(now.uptimeSeconds / 600),
    "Total MH": rounded((now.meanSinceStart * now.uptimeSeconds) / 1e6, 0),
    "Work Utility": rounded((now.accepted * now.difficulty) / minutes, 2),
    "Difficulty Accepted": now.accepted * now.difficulty,
    "Difficulty Rejected": now.rejected * now.difficulty,
    "Difficulty Stale": 0,
    "Best Share": Math.floor(now.bestDifficulty),
    "Device Hardware%": 0,
    "Device Rejected%": 0,
    "Pool Rejected%": found > 0 ? rounded((100 * now.rejected) / found, 4) : 0,
    "Pool Stale%": 0,
  };
}

const chip = (celsius: number, corner: number): number => Math.round(celsius - corner);

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
    miner_version: FIRMWARE.Miner,
    miner_id: part.id.slice(0, 16),
  };
}

const fanSpeed = (duty: number, fan: number): number =>
  Math.round((duty * 6600 - fan * 15) / 30) * 30;

function pools({ now }: PartNow, question: Question): Record<string, unknown>[] {
  const pool = (at: number, url: string, live: boolean): Record<string, unknown> => ({
    POOL: at,
    URL: url,
    Status: live ? "Alive" : "Dead",
    Priority: at,
    Quota: 1,
    "Long Poll": "N",
    Getworks: live ? 1 + Math.floor(now.uptimeSeconds / 30) : 0,
    Accepted: live ? now.accepted : 0,
    Rejected: live ? now.rejected : 0,
    Discarded: 0,
    Stale: 0,
    "Get Failures": 0,
    "Remote Failures": 0,
    User: live ? question.worker : "",
    "Last Share Time": lastShare(now.newestShareAtMs, question.atMs),
    Diff: live ? String(now.difficulty) : "",
    "Diff1 Shares": 0,
    "Difficulty Accepted": live ? now.accepted * now.difficulty : 0,
    "Difficulty Rejected": live ? now.rejected * now.difficulty : 0,
    "Difficulty Stale": 0,
    "Last Share Difficulty": live && now.newestShareAtMs !== undefined ? now.difficulty : 0,
    "Has Stratum": live,
    "Stratum Active": live,
    "Stratum URL": live ? "pool.example" : "",
    "Best Share": live ? Math.floor(now.bestDifficulty) : 0,
  });
  return [pool(0, "stratum+tcp://pool.example:3333", true), pool(1, "", false), pool(2, "", false)];
}

function lastShare(shareAtMs: number | undefined, atMs: number): string {
  if (shareAtMs === undefined) return "0";
  const age = Math.max(0, seconds(atMs - shareAtMs));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(age / 3600)}:${two(Math.floor(age / 60) % 60)}:${two(age % 60)}`;
}

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
