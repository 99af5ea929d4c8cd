import type { Reported } from "../reply-log.ts";
import {
  type PartNow,
  type Protocol,
  type Question,
  reply,
  rounded,
  seconds,
  shares,
  work,
  workDone,
} from "./protocol.ts";

/** The answer to one command: what stands beside STATUS, and what that says of the machine. */
export interface Section {
  readonly code: number;
  readonly title: string;
  /** The member that holds the content: the command in capitals when absent. */
  readonly member?: string;
  readonly content: readonly unknown[];
  readonly says?: (part: PartNow) => Reported;
}

/**
 * The API of cgminer (API-README) and of what descends from it. Several commands may be joined by `+`.
 */
export function cgminer(
  description: string,
  sections: Readonly<Record<string, (question: Question) => Section>>,
): Protocol {
  return (question) => {
    const asks = question.ask.split("+");
    const told = asks.flatMap((ask) =>
      Object.hasOwn(sections, ask) ? [sections[ask]?.(question) as Section] : [],
    );
    if (told.length < asks.length) return undefined;
    const bodies = told.map((section, at) => ({
      STATUS: [status("S", question.atMs, section.code, section.title, description)],
      [section.member ?? String(asks[at]).toUpperCase()]: section.content,
      id: 1,
    }));
    const joined = Object.fromEntries(asks.map((ask, at) => [ask, [bodies[at]]]));
    return reply(question, bodies.length === 1 ? bodies[0] : { ...joined, id: 1 }, (part) =>
      Object.assign({}, ...told.map((section) => section.says?.(part))),
    );
  };
}

/** What cgminer says to what it does not know. */
export function refusal(atMs: number, code: 14 | 23): string {
  const words = code === 14 ? "Invalid command" : "Invalid JSON";
  return JSON.stringify({ STATUS: [status("E", atMs, code, words, "cgminer 1.0.0")], id: 1 });
}

function status(STATUS: "S" | "E", atMs: number, Code: number, Msg: string, Description: string) {
  return { STATUS, When: seconds(atMs), Code, Msg, Description };
}

/** GH/s as cgminer prints it. */
export const gigahashes = (rate: number): number => rounded(rate / 1e9, 2);
/** MH/s as cgminer prints it. */
export const megahashes = (rate: number): number => rounded(rate / 1e6, 2);

/** The counters that SUMMARY has in every fork; rates are spelled otherwise in each. */
export function tally(part: PartNow): Record<string, unknown> {
  const { now } = part;
  const minutes = Math.max(now.uptimeSeconds / 60, 1 / 60);
  const found = now.accepted + now.rejected;
  return {
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
    "Work Utility": rounded(workDone(part) / minutes, 2),
    "Difficulty Accepted": workDone(part),
    "Difficulty Rejected": now.rejected * now.difficulty,
    "Difficulty Stale": 0,
    "Best Share": Math.floor(now.bestDifficulty),
    "Device Hardware%": 0,
    "Device Rejected%": 0,
    "Pool Rejected%": found > 0 ? rounded((100 * now.rejected) / found, 4) : 0,
    "Pool Stale%": 0,
  };
}

const SIZES = { MHS: 1e6, GHS: 1e9 } as const;
const spelled = (seconds: number): string => (seconds < 60 ? `${seconds}s` : `${seconds / 60}m`);

/**
 * The answer to `summary`: means over so many seconds and since the start, in the unit that the label names. That over 5 s
 * is what it says of now.
 */
export function summaryOf(
  label: keyof typeof SIZES,
  spans: readonly number[],
  more: (part: PartNow) => Readonly<Record<string, unknown>> = () => ({}),
): (question: Question) => Section {
  const size = SIZES[label];
  const printed = (rate: number): number => rounded(rate / size, 2);
  return ({ parts: [part] }) => ({
    code: 11,
    title: "Summary",
    content: [
      {
        Elapsed: part.now.uptimeSeconds,
        ...Object.fromEntries(
          spans.map((span) => [`${label} ${spelled(span)}`, printed(part.now.mean(span))]),
        ),
        [`${label} av`]: printed(part.now.meanSinceStart),
        ...tally(part),
        ...more(part),
      },
    ],
    says: (of) => ({
      ...(spans.includes(5) ? { hashrate: printed(of.now.mean(5)) * size } : {}),
      ...work(of),
    }),
  });
}

/** The answer to `pools`: one that is mined for, and two that nobody has set. */
export function poolsOf({ parts, worker, atMs }: Question): Section {
  const [part] = parts;
  const content = [
    pool(part, 0, "stratum+tcp://pool.example:3333", worker, atMs),
    pool(undefined, 1, "", "", atMs),
    pool(undefined, 2, "", "", atMs),
  ];
  const says = (of: PartNow): Reported => ({ ...shares(of), difficultyAccepted: workDone(of) });
  return { code: 7, title: "3 Pool(s)", content, says };
}

function pool(
  part: PartNow | undefined,
  at: number,
  url: string,
  worker: string,
  atMs: number,
): Record<string, unknown> {
  const now = part?.now;
  return {
    POOL: at,
    URL: url,
    Status: now ? "Alive" : "Dead",
    Priority: at,
    Quota: 1,
    "Long Poll": "N",
    Getworks: now ? 1 + Math.floor(now.uptimeSeconds / 30) : 0,
    Accepted: now?.accepted ?? 0,
    Rejected: now?.rejected ?? 0,
    Discarded: 0,
    Stale: 0,
    "Get Failures": 0,
    "Remote Failures": 0,
    User: worker,
    "Last Share Time": lastShare(now?.newestShareAtMs, atMs),
    Diff: now ? String(now.difficulty) : "",
    "Diff1 Shares": 0,
    "Difficulty Accepted": part ? workDone(part) : 0,
    "Difficulty Rejected": now ? now.rejected * now.difficulty : 0,
    "Difficulty Stale": 0,
    "Last Share Difficulty": now?.newestShareAtMs === undefined ? 0 : now.difficulty,
    "Has Stratum": now !== undefined,
    "Stratum Active": now !== undefined,
    "Stratum URL": now ? "pool.example" : "",
    "Best Share": Math.floor(now?.bestDifficulty ?? 0),
  };
}

function lastShare(shareAtMs: number | undefined, atMs: number): string {
  if (shareAtMs === undefined) return "0";
  const age = Math.max(0, seconds(atMs - shareAtMs));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(age / 3600)}:${two(Math.floor(age / 60) % 60)}:${two(age % 60)}`;
}
