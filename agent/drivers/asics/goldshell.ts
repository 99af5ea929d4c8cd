import { cgminer } from "../decode/cgminer.ts";
import { json } from "../decode/json.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Row, Table } from "../table.ts";
import { algorithmOfModel, fromDevs, fromWeb, macOf } from "./goldshell-boards.ts";

const command = (name: string): Ask => ({
  link: "tcp",
  target: `{"command":"${name}"}`,
  port: 4028,
  decode: cgminer,
  optional: true,
});

const rate = (metric: "hashrate" | "hashrate_average", at: string, seconds?: number): Row => ({
  metric,
  at,
  unit: "MH/s",
  ...(seconds === undefined ? {} : { averagedSeconds: seconds }),
});

/** Boards and fans stand alike in both replies; only one of them says over what time a rate is. */
const boards = (seconds?: number): Table => [
  {
    each: "/boards",
    part: "board",
    number: "/number",
    rows: [
      rate("hashrate", "/rate", seconds),
      { ...rate("hashrate_average", "/mean"), optional: true },
      { metric: "chip_temperature", at: "/chipTemperature", unit: "°C", blank: 0 },
      {
        metric: "board_temperature",
        at: "/boardTemperature",
        unit: "°C",
        blank: 0,
        optional: true,
      },
      { metric: "frequency", at: "/clock", unit: "MHz", blank: 0, optional: true },
      { metric: "voltage", at: "/voltage", unit: "mV", blank: 0, optional: true },
      { metric: "chips_expected", at: "/chips", unit: "1", blank: 0, optional: true },
    ],
  },
  { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "", unit: "rpm" }] },
];

/**
 * Goldshell miners. Their cgminer API answers without a login and says over what time a rate is; older firmware has the
 * web page's reply alone. Rates are MH/s in both, whatever is mined.
 */
export const goldshell = defineDriver({
  name: "goldshell",
  about: "Goldshell miners",
  docs: "https://github.com/UpstreamData/pyasic/blob/master/pyasic/web/goldshell.py",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["HS5", "LT5", "SC5 Pro", "ARI31"],
  asks: {
    status: { link: "http", target: "/mcb/status", decode: json, rarely: true },
    devs: command("devs"),
    summary: command("summary"),
    details: { ...command("devdetails"), rarely: true },
    web: { link: "http", target: "/mcb/cgminer?cgminercmd=devs", decode: json, optional: true },
    // It lists the pools with their passwords.
    pools: {
      link: "http",
      target: "/mcb/pools",
      decode: json,
      optional: true,
      rarely: true,
      secret: true,
    },
    setting: { link: "http", target: "/mcb/setting", decode: json, optional: true, rarely: true },
  },
  knownBy: ["status", "web"],
  identify: ({ status, web }) =>
    String(pointer(status, "/model")).startsWith("Goldshell") ||
    pointer(web, "/data/0/hwerr_ration") !== undefined,
  login: {
    kind: "token",
    target: "/user/login?username={username}&password={password}&cipher=false",
    token: "/JWT Token",
    send: "Bearer {token}",
  },
  defaultLogin: { username: "admin", password: "123456789" },
  algorithm: "^/algorithm",
  identity: {
    status: { make: { always: "Goldshell" }, model: "/model", firmware: "/firmware" },
    web: { make: { always: "Goldshell" } },
    pools: { pool: "/inUse/url", worker: "/inUse/user" },
    setting: { mac: "/mac" },
  },
  derive: ({ status, devs, summary, details, web, pools, setting }) => {
    const algorithm = algorithmOfModel(pointer(status, "/model"));
    const listed = listOf(pools);
    // Both say the same, and one of them is read. Where neither is there, its absence is a problem of the first.
    const onlyWeb = devs === undefined && web !== undefined;
    return {
      ...(devs === undefined ? {} : { devs: { ...fromDevs(devs, details), algorithm } }),
      summary: onlyWeb ? undefined : { ...(isRecord(summary) ? summary : {}), algorithm },
      web: onlyWeb ? { ...fromWeb(web), algorithm } : undefined,
      ...(pools === undefined
        ? {}
        : {
            pools: {
              inUse: listed.find((pool) => pointer(pool, "/active") === true) ?? listed[0],
            },
          }),
      ...(setting === undefined ? {} : { setting: { mac: macOf(setting) } }),
    };
  },
  table: {
    devs: boards(20),
    summary: [
      rate("hashrate", "/SUMMARY/0/MHS 20s", 20),
      {
        metric: "hashrate_average",
        at: "/SUMMARY/0/MHS av",
        unit: "MH/s",
        averagedSeconds: "start",
        optional: true,
      },
      { metric: "shares_accepted", at: "/SUMMARY/0/Accepted", unit: "1", optional: true },
      { metric: "shares_rejected", at: "/SUMMARY/0/Rejected", unit: "1", optional: true },
      { metric: "uptime", at: "/SUMMARY/0/Elapsed", unit: "s" },
    ],
    web: [
      rate("hashrate", "/rate"),
      { ...rate("hashrate_average", "/mean"), optional: true },
      ...boards(),
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
      { metric: "uptime", at: "/elapsed", unit: "s" },
    ],
  },
});
