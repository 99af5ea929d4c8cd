import { graphql } from "../decode/graphql.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { sharesOf } from "./pool-shares.ts";

const query = (text: string): string => JSON.stringify({ query: text });

const SYSTEM = `{bos{hostname info{version{full}} uptime{durationS}} bosminer{info{workSolver{realHashrate{mhs5S mhsAv}
nominalMhs} fans{name speed rpm} summary{tunerStatus power{limitW approxConsumptionW}}}}}`;
const BOARDS = `{bosminer{info{workSolver{childSolvers{name realHashrate{mhs5S} nominalMhs
hwDetails{chips frequencyMhz voltageV} temperatures{name degreesC}}}}}}`;
const POOLS =
  "{bosminer{info{poolGroups{pools{url user status active shares{acceptedSolutions rejectedSolutions}}}}}}";
// Variables, so that what a password holds cannot become a part of the query.
const LOGIN =
  '{"query":"mutation($u:String!,$p:String!){auth{login(username:$u,password:$p){__typename}}}",' +
  '"variables":{"u":"{username}","p":"{password}"}}';

/** Braiins OS up to 25.05, over the GraphQL API of its web interface. */
export const braiinsGraphql = defineDriver({
  name: "braiins-graphql",
  about: "Braiins OS up to 25.05, GraphQL",
  docs: "https://academy.braiins.com/en/braiins-os/",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["S9 (22.08)", "S21+ (25.03, 25.05)"],
  asks: {
    system: { link: "http", target: "/graphql", body: query(SYSTEM), decode: graphql },
    boards: { link: "http", target: "/graphql", body: query(BOARDS), decode: graphql },
    pools: { link: "http", target: "/graphql", body: query(POOLS), decode: graphql },
  },
  identify: ({ system }) =>
    typeof pointer(system, "/data/bos/info/version/full") === "string" &&
    isRecord(pointer(system, "/data/bosminer")),
  login: { kind: "token", target: "/graphql", body: LOGIN },
  defaultLogin: { username: "root", password: "" },
  algorithm: "sha256d",
  identity: {
    system: { firmware: "/data/bos/info/version/full", hostname: "/data/bos/hostname" },
    pools: { pool: "/used/url", worker: "/used/user" },
  },
  derive: ({ boards, pools }) => ({
    ...(boards === undefined ? {} : { boards: { solvers: solversOf(boards) } }),
    ...(pools === undefined ? {} : { pools: poolsOf(pools) }),
  }),
  table: {
    system: [
      {
        metric: "hashrate",
        at: "/data/bosminer/info/workSolver/realHashrate/mhs5S",
        unit: "MH/s",
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_average",
        at: "/data/bosminer/info/workSolver/realHashrate/mhsAv",
        unit: "MH/s",
        averagedSeconds: "start",
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: "/data/bosminer/info/workSolver/nominalMhs",
        unit: "MH/s",
        blank: 0,
        optional: true,
      },
      {
        metric: "power",
        at: "/data/bosminer/info/summary/power/approxConsumptionW",
        unit: "W",
        measured: "estimate",
        optional: true,
      },
      {
        metric: "power_limit",
        at: "/data/bosminer/info/summary/power/limitW",
        unit: "W",
        blank: 0,
        optional: true,
      },
      { metric: "uptime", at: "/data/bos/uptime/durationS", unit: "s" },
      {
        each: "/data/bosminer/info/fans",
        part: "fan",
        number: "/name",
        rows: [
          { metric: "fan_speed", at: "/rpm", unit: "rpm" },
          { metric: "fan_duty", at: "/speed", unit: "%", optional: true },
        ],
      },
      {
        state: "/data/bosminer/info/summary/tunerStatus",
        words: { "tuning*": "tuning", "testing*": "tuning" },
      },
    ],
    boards: [
      {
        each: "/solvers",
        part: "board",
        number: "/name",
        rows: [
          { metric: "hashrate", at: "/realHashrate/mhs5S", unit: "MH/s", averagedSeconds: 5 },
          {
            metric: "hashrate_expected",
            at: "/nominalMhs",
            unit: "MH/s",
            blank: 0,
            optional: true,
          },
          { metric: "board_temperature", at: "/board", unit: "°C", blank: 0 },
          // Where the chips have no sensors it is the board's and 15 °C (S21+).
          { metric: "chip_temperature", at: "/chip", unit: "°C", blank: 0, optional: true },
          { metric: "inlet_temperature", at: "/inlet", unit: "°C", blank: 0, optional: true },
          { metric: "outlet_temperature", at: "/outlet", unit: "°C", blank: 0, optional: true },
          {
            metric: "frequency",
            at: "/hwDetails/frequencyMhz",
            unit: "MHz",
            blank: 0,
            optional: true,
          },
          { metric: "voltage", at: "/hwDetails/voltageV", unit: "V", blank: 0, optional: true },
          { metric: "chips_working", at: "/hwDetails/chips", unit: "1", optional: true },
        ],
      },
    ],
    pools: [
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
    ],
  },
});

/** Boards with their temperatures by what they are of: `Board` and `Chip` at first, later `Max Board`, then `MAX_BOARD`. */
function solversOf(boards: unknown): unknown {
  const solvers = pointer(boards, "/data/bosminer/info/workSolver/childSolvers");
  if (!Array.isArray(solvers)) return undefined;
  return solvers.map((solver: unknown) => {
    if (!isRecord(solver)) return solver;
    const of = (name: string): unknown =>
      pointer(
        listOf(solver["temperatures"]).find((one) => nameOf(one) === name),
        "/degreesC",
      );
    return {
      ...solver,
      board: of("board"),
      chip: of("chip"),
      inlet: of("inlet"),
      outlet: of("outlet"),
    };
  });
}

const nameOf = (temperature: unknown): string =>
  String(pointer(temperature, "/name"))
    .toLowerCase()
    .replace(/^max[ _]/, "");

function poolsOf(reply: unknown): unknown {
  const groups = pointer(reply, "/data/bosminer/info/poolGroups");
  if (!Array.isArray(groups)) return {};
  const pools = groups.flatMap((group) => listOf(pointer(group, "/pools")));
  return {
    used: pools.find((pool) => pointer(pool, "/active") === true) ?? pools[0],
    accepted: sharesOf(pools, "/shares/acceptedSolutions"),
    rejected: sharesOf(pools, "/shares/rejectedSolutions"),
  };
}
