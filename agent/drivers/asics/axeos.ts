import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";

/** AxeOS (ESP-Miner), the firmware of the Bitaxe boards. A sensor that is missing reads -1. */
export const axeos = defineDriver({
  name: "axeos",
  about: "Bitaxe and others with AxeOS",
  docs: "https://github.com/bitaxeorg/ESP-Miner/blob/master/main/http_server/openapi.yaml",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["Bitaxe Gamma 2.x"],
  asks: { info: { link: "http", target: "/api/system/info", decode: json } },
  identify: ({ info }) =>
    typeof pointer(info, "/ASICModel") === "string" && pointer(info, "/hashRate") !== undefined,
  algorithm: "sha256d",
  identity: {
    info: {
      make: "/make",
      model: ["/deviceModel", "/ASICModel"],
      firmware: "/version",
      mac: "/macAddr",
      hostname: "/hostname",
      pool: "/stratumURL",
      worker: "/stratumUser",
    },
  },
  // NerdAxe boards run a fork of it and say what they are; a Bitaxe does not.
  derive: ({ info }) =>
    isRecord(info) && info["deviceModel"] === undefined
      ? { info: { ...info, make: "Bitaxe" } }
      : {},
  table: {
    info: [
      { metric: "hashrate", at: "/hashRate", unit: "GH/s" },
      {
        metric: "hashrate_expected",
        at: ["/expectedHashrate", "/expectedHashRate"],
        unit: "GH/s",
        blank: 0,
        optional: true,
      },
      // The board's own regulator measures what comes in over the barrel jack.
      { metric: "power", at: "/power", unit: "W", measured: "output", blank: [-1, 0] },
      { metric: "chip_temperature", at: "/temp", unit: "°C", blank: [-1, 0] },
      {
        metric: "chip_temperature",
        at: "/temp2",
        part: "chip/1",
        unit: "°C",
        blank: [-1, 0],
        optional: true,
      },
      {
        metric: "regulator_temperature",
        at: "/vrTemp",
        unit: "°C",
        blank: [-1, 0],
        optional: true,
      },
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
        at: ["/coreVoltageActual", "/coreVoltage"],
        unit: "mV",
        blank: [-1, 0],
        optional: true,
      },
      { metric: "shares_accepted", at: "/sharesAccepted", unit: "1" },
      { metric: "shares_rejected", at: "/sharesRejected", unit: "1" },
      { metric: "uptime", at: "/uptimeSeconds", unit: "s" },
    ],
  },
});
