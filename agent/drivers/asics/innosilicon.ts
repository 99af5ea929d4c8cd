import { cgminer } from "../decode/cgminer.ts";
import { json } from "../decode/json.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";
import { isDragonmint } from "./dragonmint-overview.ts";
import { allOf, chainsOf, factsOf, membersOf, modelOf } from "./innosilicon-facts.ts";

const required = (name: string): Ask => ({
  link: "tcp",
  target: `{"command":"${name}"}`,
  port: 4028,
  decode: cgminer,
});
const command = (name: string): Ask => ({ ...required(name), optional: true });
// The page's API is read by POST, with nothing in the body.
const page = (name: string): Ask => ({
  link: "http",
  target: `/api/${name}`,
  body: "{}",
  decode: json,
  optional: true,
});

/**
 * Innosilicon miners: the cgminer API, and behind a login the web page's. "MHS" is a label in the first: it is the model
 * that says the unit.
 */
export const innosilicon = defineDriver({
  name: "innosilicon",
  about: "Innosilicon miners",
  docs: "https://github.com/UpstreamData/pyasic/blob/master/pyasic/web/innosilicon.py",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["A9", "T2"],
  asks: {
    overview: { ...page("overview"), rarely: true },
    // The one that says what is done now, in all of them: where the port is closed there is no such rate.
    summary: required("summary"),
    stats: command("stats"),
    pools: { ...command("pools"), rarely: true },
    all: { ...page("getAll"), login: true },
  },
  knownBy: ["overview", "summary"],
  identify: ({ overview, summary }) =>
    (typeof pointer(overview, "/version/platform_v") === "string" &&
      typeof pointer(overview, "/type") === "string" &&
      !isDragonmint(overview)) ||
    modelOf(pointer(summary, "/STATUS/0/Description")) !== undefined,
  login: {
    kind: "token",
    target: "/api/auth",
    body: "username={username}&password={password}",
    token: "/jwt",
    send: "Bearer {token}",
  },
  defaultLogin: { username: "admin", password: "admin" },
  algorithm: "^/algorithm",
  identity: {
    overview: {
      make: { always: "Innosilicon" },
      model: "/type",
      firmware: "/version/platform_v",
      mac: "/mac",
    },
    summary: { make: { always: "Innosilicon" }, model: "/model", firmware: "/firmware" },
    pools: { pool: "/inUse/URL", worker: "/inUse/User" },
    all: { make: { always: "Innosilicon" }, mac: "/mac" },
  },
  derive: ({ overview, summary, stats, pools, all }) => {
    const firmware = pointer(summary, "/STATUS/0/Description");
    const model = pointer(overview, "/type") ?? modelOf(firmware);
    const facts = factsOf(model);
    const whole = allOf(all);
    return {
      ...(overview === undefined ? {} : { overview: { ...overview, mac: macOf(overview) } }),
      ...(summary === undefined ? {} : { summary: { ...summary, ...facts, model, firmware } }),
      ...(stats === undefined ? {} : { stats: { ...facts, chains: chainsOf(stats) } }),
      ...(pools === undefined
        ? {}
        : { pools: { inUse: poolInUse({ POOLS: membersOf(pools, "POOL") }) } }),
      // Its rates are means whose time depends on how long the miner runs: read where nothing better says one.
      ...(whole === undefined
        ? {}
        : {
            all: {
              ...whole,
              ...facts,
              totals: summary === undefined ? [whole] : [],
              rated: stats === undefined ? whole["chains"] : [],
            },
          }),
    };
  },
  table: {
    summary: [
      {
        metric: "hashrate",
        at: "/SUMMARY/0/MHS 5s",
        unit: { at: "/rateUnit" },
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_average",
        at: "/SUMMARY/0/MHS av",
        unit: { at: "/rateUnit" },
        averagedSeconds: "start",
        optional: true,
      },
      ...shareRows("/SUMMARY/0"),
      { metric: "uptime", at: "/SUMMARY/0/Elapsed", unit: "s" },
    ],
    stats: [
      {
        each: "/chains",
        part: "board",
        number: "/number",
        rows: [
          {
            metric: "hashrate_average",
            at: "/mean",
            unit: { at: "^/rateUnit" },
            averagedSeconds: "start",
            optional: true,
          },
          { metric: "board_temperature", at: "/temperature", unit: "°C", blank: 0 },
          { metric: "chips_working", at: "/working", unit: "1", optional: true },
          { metric: "chips_expected", at: "/chips", unit: "1", optional: true },
        ],
      },
      {
        each: "/chains",
        part: "fan",
        number: "/number",
        rows: [{ metric: "fan_duty", at: "/duty", unit: "%", optional: true }],
      },
    ],
    all: [
      {
        each: "/totals",
        rows: [
          { metric: "hashrate_average", at: "/total_hash/Hash Rate H", unit: "H/s", text: true },
        ],
      },
      {
        metric: "power",
        at: "/power",
        unit: "W",
        measured: "unknown",
        text: true,
        blank: 0,
        optional: true,
      },
      { metric: "fan_duty", at: "/fansSpeed", unit: "%", text: true, optional: true },
      {
        each: "/rated",
        part: "board",
        number: "/ASC",
        rows: [
          {
            metric: "hashrate_average",
            at: "/Hash Rate H",
            unit: "H/s",
            text: true,
            optional: true,
          },
        ],
      },
      {
        each: "/chains",
        part: "board",
        number: "/ASC",
        rows: [
          {
            metric: "chip_temperature",
            at: "/Temp max",
            unit: "°C",
            text: true,
            blank: 0,
            optional: true,
          },
        ],
      },
    ],
  },
});

/** The address is written with blanks in it by some firmware: `a0: b0:45:21:5b: f0`. */
function macOf(overview: unknown): string | undefined {
  const address = pointer(overview, "/version/ethaddr");
  return typeof address === "string" ? address.replaceAll(/\s/g, "") : undefined;
}
