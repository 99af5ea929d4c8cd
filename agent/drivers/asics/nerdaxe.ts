import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Table } from "../table.ts";

const NO_SENSOR = [-1, 0] as const;

/**
 * NerdAxe and NerdQAxe boards: the fork of AxeOS by shufps. `/api/v2` has the same figures in another order, and its core
 * voltage in volts. The boards cannot read their chips: what stands as a chip's temperature is a sensor beside it, with
 * an allowance that the firmware adds.
 */
export const nerdaxe = defineDriver({
  name: "nerdaxe",
  about: "NerdAxe, NerdQAxe+ and NerdQAxe++",
  docs: "https://github.com/shufps/ESP-Miner-NerdQAxePlus/blob/develop/docs/API.md",
  kind: "asic",
  role: "miner",
  ports: [80],
  // Seen in a documentation and a reply that its finder cut: no proof.
  proof: [],
  asks: {
    // Firmware with the second API keeps this one for older ones beside it (docs/API.md, "Legacy V1").
    info: { link: "http", target: "/api/system/info", decode: json },
    dashboard: { link: "http", target: "/api/v2/dashboard", decode: json, optional: true },
    system: {
      link: "http",
      target: "/api/v2/system",
      decode: json,
      optional: true,
      rarely: true,
    },
  },
  knownBy: ["info", "system"],
  identify: ({ info, system }) =>
    [info, system].some((doc) => typeof pointer(doc, "/deviceModel") === "string") &&
    (info === undefined
      ? pointer(system, "/network/macAddr") !== undefined
      : pointer(info, "/hashRate") !== undefined),
  algorithm: "sha256d",
  identity: {
    info: {
      make: { always: "NerdAxe" },
      model: "/deviceModel",
      firmware: "/version",
      mac: "/macAddr",
      hostname: "/hostname",
      pool: "/stratumURL",
      worker: "/stratumUser",
    },
    system: {
      make: { always: "NerdAxe" },
      model: "/deviceModel",
      firmware: "/version",
      mac: "/network/macAddr",
      hostname: "/network/hostname",
    },
    dashboard: { pool: "/pool/host", worker: "/pool/user" },
  },
  // Both say the same: one of them is read.
  derive: ({ info, dashboard }) => ({
    ...(isRecord(info)
      ? { info: { ...info, ...ordered(info), fans: fansOf(info) }, dashboard: undefined }
      : {}),
    ...(isRecord(dashboard) && !isRecord(info) ? { dashboard: fromDashboard(dashboard) } : {}),
  }),
  table: { info: rows("mV"), dashboard: rows("V") },
});

type Doc = Readonly<Record<string, unknown>>;

/** The rows of both replies; they differ in the unit of the core voltage. */
function rows(voltage: "V" | "mV"): Table {
  return [
    { state: "/standing", words: { "shut down": "sleeping" } },
    { errors: "/boardError" },
    { metric: "hashrate", at: "/hashRate", unit: "GH/s" },
    // The means over an hour and a day repeat this one on some versions (issue 252 of the firmware).
    {
      metric: "hashrate_average",
      at: ["/hashRate_10m", "/hashRate10m"],
      unit: "GH/s",
      averagedSeconds: 600,
      optional: true,
    },
    // The regulator measures what comes in (PMBus READ_PIN).
    {
      metric: "power",
      at: ["/power", "/watts"],
      unit: "W",
      measured: "input",
      blank: NO_SENSOR,
    },
    {
      metric: "chip_temperature",
      at: ["/temp", "/asicTemp"],
      unit: "°C",
      blank: NO_SENSOR,
    },
    {
      each: "/temperatures",
      part: "chip",
      rows: [{ metric: "chip_temperature", at: "", unit: "°C", blank: NO_SENSOR, optional: true }],
    },
    {
      metric: "regulator_temperature",
      at: "/vrTemp",
      unit: "°C",
      blank: NO_SENSOR,
      optional: true,
    },
    {
      each: "/fans",
      part: "fan",
      rows: [
        { metric: "fan_speed", at: "/rpm", unit: "rpm", blank: -1, optional: true },
        { metric: "fan_duty", at: "/speed", unit: "%", blank: -1, optional: true },
      ],
    },
    { metric: "frequency", at: "/frequency", unit: "MHz", blank: 0, optional: true },
    {
      metric: "voltage",
      at: "/coreVoltageNow",
      unit: voltage,
      blank: NO_SENSOR,
      optional: true,
    },
    { metric: "chips_expected", at: "/asicCount", unit: "1", blank: 0, optional: true },
    { metric: "shares_accepted", at: "/sharesAccepted", unit: "1" },
    { metric: "shares_rejected", at: "/sharesRejected", unit: "1" },
    { metric: "uptime", at: ["/uptimeSeconds", "/uptime"], unit: "s" },
  ];
}

/** What both replies need: lists where there is none, and a word for a flag. */
const ordered = (doc: Doc): Doc => ({
  temperatures: listOf(doc["asicTemps"]),
  // What is set stands for what is measured only where the firmware measures nothing.
  coreVoltageNow: doc["coreVoltageActual"] ?? doc["coreVoltage"],
  standing: doc["shutdown"] === true ? "shut down" : undefined,
});

function fansOf(info: Doc): readonly unknown[] {
  if (Array.isArray(info["fans"]))
    return info["fans"].map((fan: unknown) => ({
      rpm: pointer(fan, "/rpm"),
      speed: pointer(fan, "/speedPerc") ?? pointer(fan, "/speed"),
    }));
  const second = info["fanrpm2"] ?? info["fanRpm2"];
  return [
    { rpm: info["fanrpm"] ?? info["fanRpm"], speed: info["fanspeed"] ?? info["fanSpeed"] },
    // Boards with one fan send 0 for the other.
    ...(Number(second ?? 0) > 0 ? [{ rpm: second, speed: info["fanSpeed2"] }] : []),
  ];
}

function fromDashboard(dashboard: Doc): Doc {
  const [system, performance, power, thermal] = ["system", "performance", "power", "thermal"].map(
    (section) => dashboard[section],
  );
  const flat: Doc = Object.assign({}, system, performance, power, thermal);
  const pools = listOf(pointer(dashboard, "/stratum/pools"));
  const pool = pools.find((each) => pointer(each, "/connected") === true) ?? pools[0];
  return { ...flat, ...ordered(flat), fans: listOf(flat["fans"]), pool };
}
