import { json } from "../decode/json.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { hottest } from "./hottest.ts";
import { sharesOf } from "./pool-shares.ts";

const page = (name: string): Ask => ({
  link: "http",
  target: `/cgi-bin/${name}.cgi`,
  decode: json,
});

/**
 * ElphaPex miners by their web page. `temp_pcb` and `temp_pic` are not read: every board of every miner says 47, 46, 67
 * and 66 there. Neither are `freq_avg` and `power_temp`, whose units nobody states.
 */
export const elphapex = defineDriver({
  name: "elphapex",
  about: "ElphaPex DG miners",
  docs: "https://github.com/256foundation/asic-rs/tree/master/asic-rs-firmwares/elphapex",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["DG1+", "DG Home 1"],
  asks: {
    stats: page("stats"),
    pools: page("pools"),
    summary: { ...page("summary"), optional: true },
    power: { ...page("get_power"), optional: true },
    system: { ...page("get_system_info"), optional: true, rarely: true },
  },
  identify: ({ stats }) =>
    /^DG/.test(String(pointer(stats, "/INFO/type"))) && pointer(stats, "/STATS/0") !== undefined,
  login: { kind: "digest" },
  defaultLogin: { username: "root", password: "root" },
  algorithm: "scrypt",
  identity: {
    stats: {
      make: { always: "ElphaPex" },
      model: "/INFO/type",
      firmware: "/INFO/miner_version",
      serial: "/INFO/dev_sn",
    },
    pools: { pool: "/inUse/url", worker: "/inUse/user" },
    system: { mac: "/macaddr", hostname: "/hostname" },
  },
  derive: ({ stats, pools, summary }) => {
    const listed = listOf(pointer(pools, "/POOLS")).filter(isRecord);
    const chains = pointer(stats, "/STATS/0/chain");
    return {
      ...(stats === undefined ? {} : { stats: { ...stats, chains: chainsOf(chains) } }),
      ...(pools === undefined
        ? {}
        : {
            pools: {
              inUse: listed.find(({ status }) => status === "Alive") ?? listed[0],
              accepted: sharesOf(listed, "/accepted"),
              rejected: sharesOf(listed, "/rejected"),
              stale: sharesOf(listed, "/stale"),
            },
          }),
      ...(summary === undefined
        ? {}
        : { summary: { errors: errorsOf(pointer(summary, "/SUMMARY/0/status")) } }),
    };
  },
  table: {
    stats: [
      {
        metric: "hashrate",
        at: "/STATS/0/rate_5s",
        unit: { at: "/STATS/0/rate_unit" },
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_average",
        at: "/STATS/0/rate_avg",
        unit: { at: "/STATS/0/rate_unit" },
        averagedSeconds: "start",
        optional: true,
      },
      {
        metric: "hashrate_expected",
        at: "/STATS/0/rate_ideal",
        unit: { at: "/STATS/0/rate_unit" },
        blank: 0,
        optional: true,
      },
      { metric: "uptime", at: "/STATS/0/elapsed", unit: "s" },
      {
        each: "/chains",
        part: "board",
        number: "/index",
        rows: [
          { metric: "hashrate", at: "/hashrate", unit: { at: "^/STATS/0/rate_unit" } },
          // The boards' "real" rates add up to the miner's mean, not to its rate.
          {
            metric: "hashrate_average",
            at: "/rate_real",
            unit: { at: "^/STATS/0/rate_unit" },
            averagedSeconds: "start",
            optional: true,
          },
          {
            metric: "hashrate_expected",
            at: "/rate_ideal",
            unit: { at: "^/STATS/0/rate_unit" },
            blank: 0,
            optional: true,
          },
          { metric: "chip_temperature", at: "/hottest", unit: "m°C", blank: 0 },
          { metric: "chips_working", at: "/asic_num", unit: "1" },
        ],
      },
      {
        each: "/STATS/0/fan",
        part: "fan",
        rows: [{ metric: "fan_speed", at: "", unit: "rpm", text: true }],
      },
    ],
    pools: [
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
      { metric: "shares_stale", at: "/stale", unit: "1", optional: true },
    ],
    summary: [{ errors: "/errors" }],
    power: [
      {
        metric: "power",
        at: "/power_output",
        unit: "W",
        measured: "output",
        text: true,
        optional: true,
      },
    ],
  },
});

/** A place without a board has no serial number and no chips. Sensors are texts in thousandths of a degree. */
function chainsOf(chains: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(chains)) return undefined;
  return chains
    .filter(isRecord)
    .filter((chain) => chain["sn"] !== "" || Number(chain["asic_num"]) > 0)
    .map((chain) => ({
      ...chain,
      hottest: hottest(
        listOf(chain["temp_chip"]).flatMap((one) =>
          typeof one === "string" && /^-?\d+$/.test(one) ? [Number(one)] : [],
        ),
      ),
    }));
}

/** Checks of the firmware: `s` is a success, nothing is a check that has not run. */
function errorsOf(checks: unknown): string[] {
  return listOf(checks)
    .filter(isRecord)
    .flatMap(({ type, status, code, msg }) =>
      status === "s" || status === "" ? [] : [`${type} ${code} ${msg}`.trim()],
    );
}
