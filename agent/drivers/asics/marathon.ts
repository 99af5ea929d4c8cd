import { json } from "../decode/json.ts";
import { type Ask, defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { CGMINER_ASKS, STOCK_DEFAULT, STOCK_LOGIN } from "./antminer-family.ts";
import { firmwareOf } from "./antminer-firmware.ts";
import { factsOf } from "./antminer-models.ts";
import { hottest } from "./hottest.ts";

const page = (name: string) =>
  ({ link: "http", target: `/kaonsu/v1/${name}`, port: 80, decode: json }) as const satisfies Ask;

/**
 * MaraFW (KaonSu) on Antminers. Its board and chip temperatures are its one sensor a board with 10 and 15 °C added, so that
 * only the sensor itself is read. Releases before 3.14 name no unit: their rates are TH/s, a board's own average GH/s.
 */
export const marathon = defineDriver({
  name: "marathon",
  about: "MaraFW (KaonSu) firmware on Antminers",
  docs: "https://github.com/UpstreamData/pyasic",
  kind: "asic",
  role: "miner",
  ports: [4028, 80],
  proof: ["KS5 Pro 3.14"],
  asks: {
    // By this alone it is told from stock firmware, whose cgminer API it answers too.
    version: { ...CGMINER_ASKS.version, optional: true },
    overview: { ...page("overview"), rarely: true },
    brief: page("brief"),
    hashboards: page("hashboards"),
    fans: { ...page("fans"), optional: true },
  },
  knownBy: ["version", "overview"],
  identify: ({ version, overview }) =>
    firmwareOf(version, undefined) === "marathon" ||
    /^MaraFW/i.test(String(pointer(overview, "/version_firmware"))),
  login: STOCK_LOGIN,
  defaultLogin: STOCK_DEFAULT,
  algorithm: "^/algorithm",
  identity: {
    overview: {
      make: { always: "Bitmain" },
      model: "/model",
      firmware: "/version_firmware",
      mac: "/mac",
      hostname: "/hostname",
    },
  },
  derive: ({ overview, brief, hashboards }) => {
    const { algorithm } = factsOf(pointer(overview, "/model"));
    const rateUnit = pointer(brief, "/hashrate_unit") ?? "TH/s";
    return {
      ...(isRecord(brief)
        ? { brief: { ...brief, trouble: troubleOf(brief), rateUnit, algorithm } }
        : {}),
      ...(hashboards === undefined
        ? {}
        : { hashboards: { boards: boardsOf(hashboards), rateUnit, algorithm } }),
    };
  },
  table: {
    brief: [
      {
        state: ["/trouble", "/status"],
        words: {
          degraded: "degraded",
          mining: "mining",
          "sleep*": "sleeping",
          "start*": "starting",
          "initializ*": "starting",
          "tun*": "tuning",
          "error*": "fault",
          "fail*": "fault",
        },
      },
      { errors: "/indicator_long" },
      { metric: "hashrate", at: "/hashrate_realtime", unit: { at: "/rateUnit" } },
      {
        metric: "hashrate_average",
        at: "/hashrate_average",
        unit: { at: "/rateUnit" },
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: "/hashrate_ideal",
        unit: "GH/s",
        blank: 0,
        optional: true,
      },
      {
        metric: "power",
        at: "/power_consumption_estimated",
        unit: "W",
        measured: "estimate",
        optional: true,
      },
      { metric: "uptime", at: "/elapsed", unit: "s" },
    ],
    hashboards: [
      {
        each: "/boards",
        part: "board",
        number: "/index",
        rows: [
          {
            metric: "hashrate",
            at: "/hashrate_realtime_10m",
            unit: { at: "^/rateUnit" },
            averagedSeconds: 600,
            optional: true,
          },
          { metric: "hashrate_average", at: "/hashrate_average", unit: "GH/s", optional: true },
          {
            metric: "hashrate_expected",
            at: "/hashrate_ideal",
            unit: "GH/s",
            blank: 0,
            optional: true,
          },
          { metric: "board_temperature", at: "/celsius", unit: "°C", blank: 0, optional: true },
          { metric: "frequency", at: "/frequency_average", unit: "MHz", blank: 0, optional: true },
          { metric: "chips_working", at: "/asic_num", unit: "1", optional: true },
          { metric: "chips_expected", at: "/asic_num_ideal", unit: "1", blank: 0, optional: true },
          {
            metric: "power",
            at: "/power_consumption_estimated",
            unit: "W",
            measured: "estimate",
            optional: true,
          },
        ],
      },
    ],
    fans: [
      { metric: "fan_duty", at: "/percent", unit: "%", optional: true },
      {
        each: "/fans",
        part: "fan",
        number: "/index",
        rows: [{ metric: "fan_speed", at: "/current_speed", unit: "rpm" }],
      },
    ],
  },
});

/** The indicator goes before the status where the two do not agree that all is well: it mines with what it has left. */
function troubleOf({ status, indicator }: Readonly<Record<string, unknown>>): unknown {
  return status === "Mining" && indicator === "Degraded" ? indicator : undefined;
}

/** Boards with the hottest of their own sensors; a board that is not there has one of 0 °C. */
function boardsOf(hashboards: unknown): unknown[] {
  return listOf(pointer(hashboards, "/hashboards"))
    .filter(isRecord)
    .map((board) => ({ ...board, celsius: hottest(listOf(board["temperature_raw"])) }));
}
