import type { Reported } from "../reply-log.ts";
import { BRAIINS_MODELS } from "./braiins.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { behindToken, showsCookie } from "./logins.ts";
import {
  answers,
  type PartNow,
  type Question,
  type Reply,
  reply,
  rounded,
  shares,
} from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

/** As it is shipped: without a password. */
const OPEN_ROOT = { username: "root", password: "" } as const;
const BOARDS = ["1", "2", "3"];
const mega = (rate: number): number => rounded(rate / 1e6, 2);

/** Braiins OS up to 25.05: GraphQL, behind a login that sets a cookie. */
export const braiinsGraphql: Speaker = {
  name: "braiins-graphql",
  doors: [{ link: "http", port: 80 }],
  models: BRAIINS_MODELS,
  nature: ASIC,
  login: OPEN_ROOT,
  protocol: (question) => (isLogin(question) ? letIn(question) : reading(question)),
};

/** The login comes to the same path as all else. */
const LOGIN = "POST /login";
const isLogin = ({ body }: Question): boolean => /^\s*\{\s*"query"\s*:\s*"\s*mutation/.test(body);
const letIn = (question: Question): Reply | undefined => reading({ ...question, ask: LOGIN });

const reading = behindToken(
  {
    ask: LOGIN,
    lets: ({ body }) => {
      const { u, p } = (JSON.parse(body) as { variables: Record<string, unknown> }).variables;
      return u === OPEN_ROOT.username && p === OPEN_ROOT.password;
    },
    gives: (token) => ({
      document: { data: { auth: { login: { __typename: "VoidResult" } } } },
      headers: { "set-cookie": `session=${token}; Path=/; HttpOnly` },
    }),
    shows: showsCookie("session"),
  },
  answers({ "POST /graphql": queried }),
);

function queried(question: Question): Reply {
  const { query } = JSON.parse(question.body) as { query: string };
  const data = selected(everything(question), query.match(/[{}]|\w+/g) ?? []);
  const says = (part: PartNow): Reported => ({
    ...(query.includes("mhs5S mhsAv") ? { hashrate: mega(part.now.mean(5)) * 1e6 } : {}),
    ...(query.includes("durationS") ? { uptimeSeconds: part.now.uptimeSeconds } : {}),
    ...(query.includes("approxConsumptionW") ? { powerWatts: watts(part) } : {}),
    ...(query.includes("acceptedSolutions") ? shares(part) : {}),
  });
  return { ...reply(question, { data }, says), called: query };
}

/** What a query chose of a document: names and braces only, which is all that is asked. Takes its words off the list. */
function selected(document: unknown, words: string[]): unknown {
  words.shift();
  const chosen: { name: string; below?: string[] }[] = [];
  for (let word = words.shift(); word !== undefined && word !== "}"; word = words.shift()) {
    if (words[0] === "{") chosen.push({ name: word, below: taken(words) });
    else chosen.push({ name: word });
  }
  const pick = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(pick);
    const from = one as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      chosen.map(({ name, below }) => {
        const value = from[name] ?? null;
        return [name, below && value !== null ? selected(value, [...below]) : value];
      }),
    );
  };
  return pick(document);
}

/** Takes one `{ … }` off the list. */
function taken(words: string[]): string[] {
  let depth = 0;
  const end = words.findIndex((word) => {
    depth += word === "{" ? 1 : word === "}" ? -1 : 0;
    return depth === 0;
  });
  return words.splice(0, end + 1);
}

function everything({ parts: [part], worker }: Question) {
  const { now } = part;
  const { hashrate } = part.machine.traits;
  const pool = {
    url: "stratum+tcp://pool.example:3333",
    user: worker,
    status: "ALIVE",
    active: true,
  };
  const solutions = { acceptedSolutions: now.accepted, rejectedSolutions: now.rejected };
  return {
    bos: {
      hostname: "simulated",
      info: { version: { full: "2024-11-01-0-simulated-25.03-plus" } },
      uptime: { durationS: now.uptimeSeconds },
    },
    bosminer: {
      info: {
        workSolver: {
          realHashrate: { mhs5S: mega(now.mean(5)), mhsAv: mega(now.meanSinceStart) },
          nominalMhs: mega(hashrate),
          childSolvers: BOARDS.map((name) => ({
            name,
            realHashrate: { mhs5S: mega(now.mean(5) / BOARDS.length) },
            nominalMhs: mega(hashrate / BOARDS.length),
            hwDetails: { chips: 110, frequencyMhz: 525, voltageV: 13.7 },
            temperatures: [
              { name: "MAX_BOARD", degreesC: celsius(part) - 12 },
              { name: "MAX_CHIP", degreesC: celsius(part) },
            ],
          })),
        },
        fans: ["0", "1", "2", "3"].map((name) => ({
          name,
          speed: fanPercent(part),
          rpm: Math.round(now.fanDuty * 6000),
        })),
        summary: {
          tunerStatus: "STABLE",
          power: {
            limitW: Math.round(part.machine.traits.watts * 1.05),
            approxConsumptionW: watts(part),
          },
        },
        poolGroups: [{ pools: [{ ...pool, shares: solutions }] }],
      },
    },
  };
}
