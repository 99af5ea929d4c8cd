import { json } from "../decode/json.ts";
import { type Ask, defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import {
  ANTMINER_IDENTITY,
  antminerDocs,
  antminerTable,
  BOARD_POWER,
  CGMINER_ASKS,
  power,
  temperature,
} from "./antminer-family.ts";
import { firmwareOf } from "./antminer-firmware.ts";
import { vnishWeb } from "./vnish-web.ts";

const web = (path: string) =>
  ({
    link: "http",
    target: `/api/v1/${path}`,
    port: 80,
    decode: json,
    optional: true,
  }) as const satisfies Ask;

/**
 * VNish (AnthillOS): the cgminer API of stock firmware, and since release 1.0 a web API that says more, which is then read in
 * place of `stats`. Releases up to 3.9 are older than that and have the cgminer API only; the newest answer no `version` there.
 */
export const vnish = defineDriver({
  name: "vnish",
  about: "VNish firmware on Antminers",
  docs: "https://vnish.group/en/",
  kind: "asic",
  role: "miner",
  ports: [4028, 80],
  proof: ["S9 3.8.6", "S19 1.2.0"],
  asks: {
    version: { ...CGMINER_ASKS.version, optional: true },
    stats: CGMINER_ASKS.stats,
    summary: CGMINER_ASKS.summary,
    pools: CGMINER_ASKS.pools,
    web: web("summary"),
    about: { ...web("info"), rarely: true },
  },
  knownBy: ["version", "web"],
  identify: ({ version, web }) =>
    firmwareOf(version, undefined) === "vnish" ||
    /vnish/i.test(String(pointer(web, "/miner/miner_type"))),
  login: {
    kind: "token",
    target: "/api/v1/unlock",
    body: '{"pw":"{password}"}',
    token: "/token",
    send: "Bearer {token}",
  },
  defaultLogin: { username: "admin", password: "admin" },
  algorithm: "^/algorithm",
  identity: {
    about: {
      make: { always: "Bitmain" },
      model: "/miner",
      firmware: "/fw_version",
      serial: "/serial",
      mac: "/system/network_status/mac",
      hostname: "/system/network_status/hostname",
    },
    web: {
      make: { always: "Bitmain" },
      model: "/model",
      firmware: "/firmware",
      mac: "/mac",
      hostname: "/hostname",
      pool: "/pool/url",
      worker: "/pool/user",
    },
    version: ANTMINER_IDENTITY.version,
    stats: ANTMINER_IDENTITY.stats,
    pools: ANTMINER_IDENTITY.pools,
  },
  derive: (docs) => {
    const classic = antminerDocs(docs);
    const web = vnishWeb(docs.web, docs.about, pointer(classic.stats, "/elapsed"));
    return { ...classic, web, ...(web === undefined ? {} : { stats: undefined }) };
  },
  table: {
    ...antminerTable("estimate", { board: [BOARD_POWER] }),
    web: [
      {
        state: "/state",
        words: {
          mining: "mining",
          initializing: "starting",
          starting: "starting",
          restarting: "starting",
          "auto-tuning": "tuning",
          "shutting-down": "sleeping",
          stopped: "sleeping",
          failure: "fault",
        },
      },
      { errors: "/errors" },
      { metric: "hashrate", at: "/rate", unit: { at: "/rateUnit" } },
      { metric: "hashrate_average", at: "/average", unit: { at: "/rateUnit" }, optional: true },
      {
        metric: "hashrate_expected",
        at: "/ideal",
        unit: { at: "/boardUnit" },
        blank: 0,
        optional: true,
      },
      // Without a meter in its supply it is what the firmware reckons; where the meter sits is not said.
      power("/meteredPower", "unknown"),
      power("/reckonedPower", "estimate"),
      { metric: "developer_fee", at: "/fee", unit: "%", optional: true },
      temperature("chip_temperature", "/chipTemperature"),
      temperature("supply_temperature", "/supplyTemperature"),
      { metric: "fan_duty", at: "/duty", unit: "%", optional: true },
      { metric: "uptime", at: "/elapsed", unit: "s", text: true },
      {
        each: "/boards",
        part: "board",
        number: "/id",
        rows: [
          { metric: "hashrate", at: "/hashrate_rt", unit: { at: "^/boardUnit" } },
          {
            metric: "hashrate_expected",
            at: "/hashrate_ideal",
            unit: { at: "^/boardUnit" },
            blank: 0,
            optional: true,
          },
          temperature("chip_temperature", ["/chipTemperature", "/chip_temp/max"]),
          temperature("board_temperature", ["/boardTemperature", "/pcb_temp/max"]),
          temperature("inlet_temperature", "/inlet_water_temp"),
          temperature("outlet_temperature", "/outlet_water_temp"),
          { metric: "frequency", at: "/frequency", unit: "MHz", blank: 0, optional: true },
          { metric: "voltage", at: "/voltage", unit: "mV", blank: 0, optional: true },
          power(["/power_consumption", "/power_usage"], "estimate"),
          { metric: "chips_working", at: "/chipsWorking", unit: "1", optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/id",
        rows: [{ metric: "fan_speed", at: "/rpm", unit: "rpm" }],
      },
    ],
  },
});
