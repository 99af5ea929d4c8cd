import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";

// Boards with a meter at their barrel jack (INA260), by main/device_config.h of the firmware. The others add a fixed
// allowance to what their regulator gives out.
const METERED = new Set(["2.2", "102", "0.11", "201", "202", "203", "204", "205", "400", "401"]);
const NO_SENSOR = [-1, 0] as const;

/** AxeOS (ESP-Miner), the firmware of the Bitaxe boards. A sensor that is missing reads -1. */
export const axeos = defineDriver({
  name: "axeos",
  about: "Bitaxe and others with AxeOS",
  docs: "https://github.com/bitaxeorg/ESP-Miner/blob/master/main/http_server/openapi.yaml",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["Bitaxe Supra 401, AxeOS 2.4"],
  asks: {
    // Some firmware shows the passwords of the pool and of the wireless network in it.
    info: { link: "http", target: "/api/system/info", decode: json, secret: true },
    // Which board it is; firmware before 2.5 does not answer it.
    asic: {
      link: "http",
      target: "/api/system/asic",
      decode: json,
      optional: true,
      rarely: true,
    },
  },
  // NerdAxe boards run a fork that says their model right here.
  knownBy: ["info"],
  identify: ({ info }) =>
    typeof pointer(info, "/ASICModel") === "string" &&
    pointer(info, "/hashRate") !== undefined &&
    pointer(info, "/deviceModel") === undefined,
  algorithm: "sha256d",
  identity: {
    info: {
      make: { always: "Bitaxe" },
      model: "/model",
      firmware: ["/version", "/axeOSVersion"],
      mac: "/macAddr",
      hostname: "/hostname",
      pool: "/stratumURL",
      worker: "/stratumUser",
    },
  },
  derive: ({ info, asic }) => {
    if (!isRecord(info)) return {};
    const metered = METERED.has(String(info["boardVersion"]));
    return {
      info: {
        ...info,
        model: pointer(asic, "/deviceModel") ?? info["ASICModel"],
        asicCount: info["asicCount"] ?? pointer(asic, "/asicCount"),
        // One figure, and two meanings of it.
        metered: metered ? [{ power: info["power"] }] : [],
        unmetered: metered ? [] : [{ power: info["power"] }],
        chips: listOf(pointer(info, "/hashrateMonitor/asics")),
        // What is set stands for what is measured only where the firmware measures nothing.
        coreVoltageNow: info["coreVoltageActual"] ?? info["coreVoltage"],
        standing: standingOf(info),
      },
    };
  },
  table: {
    info: [
      { state: "/standing", words: { "mining paused": "sleeping", overheated: "fault" } },
      { errors: "/power_fault" },
      { metric: "hashrate", at: "/hashRate", unit: "GH/s" },
      {
        metric: "hashrate_average",
        at: "/hashRate_1h",
        unit: "GH/s",
        averagedSeconds: 3600,
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: ["/expectedHashrate", "/expectedHashRate"],
        unit: "GH/s",
        blank: 0,
        optional: true,
      },
      {
        each: "/metered",
        rows: [{ metric: "power", at: "/power", unit: "W", measured: "input", blank: NO_SENSOR }],
      },
      {
        each: "/unmetered",
        rows: [
          { metric: "power", at: "/power", unit: "W", measured: "estimate", blank: NO_SENSOR },
        ],
      },
      { metric: "chip_temperature", at: "/temp", unit: "°C", blank: NO_SENSOR },
      {
        metric: "chip_temperature",
        at: "/temp2",
        part: "chip/1",
        unit: "°C",
        blank: NO_SENSOR,
        optional: true,
      },
      {
        metric: "regulator_temperature",
        at: "/vrTemp",
        unit: "°C",
        blank: NO_SENSOR,
        optional: true,
      },
      ...[1, 2].map((number) => ({
        metric: "board_temperature" as const,
        at: `/boardtemp${number}`,
        part: `board/${number - 1}`,
        unit: "°C" as const,
        blank: NO_SENSOR,
        optional: true as const,
      })),
      {
        metric: "fan_speed",
        at: ["/fanrpm", "/fanRpm"],
        part: "fan/0",
        unit: "rpm",
        blank: -1,
        optional: true,
      },
      {
        metric: "fan_speed",
        at: ["/fan2rpm", "/fanrpm2"],
        part: "fan/1",
        unit: "rpm",
        blank: -1,
        optional: true,
      },
      {
        metric: "fan_duty",
        at: ["/fanspeed", "/fanSpeed"],
        part: "fan/0",
        unit: "%",
        blank: -1,
        optional: true,
      },
      {
        metric: "frequency",
        at: ["/actualFrequency", "/frequency"],
        unit: "MHz",
        blank: 0,
        optional: true,
      },
      {
        metric: "voltage",
        at: "/coreVoltageNow",
        unit: "mV",
        blank: NO_SENSOR,
        optional: true,
      },
      { metric: "chips_expected", at: "/asicCount", unit: "1", blank: 0, optional: true },
      {
        each: "/chips",
        part: "chip",
        rows: [{ metric: "hashrate", at: "/total", unit: "GH/s", optional: true }],
      },
      { metric: "shares_accepted", at: "/sharesAccepted", unit: "1" },
      { metric: "shares_rejected", at: "/sharesRejected", unit: "1" },
      { metric: "uptime", at: "/uptimeSeconds", unit: "s" },
    ],
  },
});

/** The firmware has flags in place of a word. */
function standingOf(info: Readonly<Record<string, unknown>>): string | undefined {
  if (Number(info["overheat_mode"]) > 0) return "overheated";
  return info["miningPaused"] === true ? "mining paused" : undefined;
}
