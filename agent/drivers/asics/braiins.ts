import { cgminer } from "../decode/cgminer.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { poolInUse, summaryRows } from "./cgminer-shares.ts";

const command = (name: string): string => `{"command":"${name}"}`;

/** Braiins OS, over the cgminer API that all of its versions have. Board numbers are the hardware's: 6 to 8 on an S9. */
export const braiins = defineDriver({
  name: "braiins",
  about: "Braiins OS, cgminer API",
  docs: "https://github.com/braiins/bos-plus-api",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: [],
  asks: {
    version: { link: "tcp", target: command("version"), decode: cgminer, rarely: true },
    summary: { link: "tcp", target: command("summary"), decode: cgminer },
    devs: { link: "tcp", target: command("devs"), decode: cgminer },
    temps: { link: "tcp", target: command("temps"), decode: cgminer },
    fans: { link: "tcp", target: command("fans"), decode: cgminer },
    // The edition without a tuner answers that it does not know it.
    tuner: { link: "tcp", target: command("tunerstatus"), decode: cgminer, optional: true },
    details: {
      link: "tcp",
      target: command("devdetails"),
      decode: cgminer,
      optional: true,
      rarely: true,
    },
    pools: { link: "tcp", target: command("pools"), decode: cgminer, optional: true, rarely: true },
  },
  knownBy: ["version"],
  identify: ({ version }) => {
    const said = pointer(version, "/VERSION/0");
    return isRecord(said) && Object.keys(said).some((key) => /^(BOSminer\+?|BOSer)$/.test(key));
  },
  algorithm: "sha256d",
  identity: {
    version: {
      firmware: ["/VERSION/0/BOSer", "/VERSION/0/BOSminer+", "/VERSION/0/BOSminer"],
    },
    details: { model: "/DEVDETAILS/0/Model" },
    pools: { pool: "/used/URL", worker: "/used/User" },
  },
  derive: ({ pools }) => (pools === undefined ? {} : { pools: { used: poolInUse(pools) } }),
  table: {
    summary: summaryRows("/SUMMARY/0"),
    devs: [
      {
        each: "/DEVS",
        part: "board",
        number: "/ID",
        rows: [
          { metric: "hashrate", at: "/MHS 5s", unit: "MH/s", averagedSeconds: 5 },
          {
            metric: "hashrate_average",
            at: "/MHS av",
            unit: "MH/s",
            averagedSeconds: "start",
            optional: true,
          },
          {
            metric: "hashrate_expected",
            at: "/Nominal MHS",
            unit: "MH/s",
            blank: 0,
            optional: true,
          },
        ],
      },
    ],
    temps: [
      {
        each: "/TEMPS",
        part: "board",
        number: "/ID",
        rows: [
          { metric: "board_temperature", at: "/Board", unit: "°C", blank: 0, optional: true },
          // An S9 has no sensor at its chips.
          { metric: "chip_temperature", at: "/Chip", unit: "°C", blank: 0, optional: true },
        ],
      },
    ],
    fans: [
      {
        each: "/FANS",
        part: "fan",
        number: "/ID",
        rows: [
          { metric: "fan_speed", at: "/RPM", unit: "rpm" },
          { metric: "fan_duty", at: "/Speed", unit: "%", optional: true },
        ],
      },
    ],
    tuner: [
      {
        metric: "power",
        at: "/TUNERSTATUS/0/ApproximateMinerPowerConsumption",
        unit: "W",
        measured: "estimate",
      },
      {
        metric: "power_limit",
        at: "/TUNERSTATUS/0/PowerLimit",
        unit: "W",
        blank: 0,
        optional: true,
      },
      {
        state: "/TUNERSTATUS/0/TunerChainStatus/0/Status",
        words: { "tuning*": "tuning", "testing*": "tuning" },
      },
    ],
    details: [
      {
        each: "/DEVDETAILS",
        part: "board",
        number: "/ID",
        rows: [{ metric: "chips_working", at: "/Chips", unit: "1", optional: true }],
      },
    ],
  },
});
