import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { hottest } from "./hottest.ts";

type Doc = Readonly<Record<string, unknown>>;

/** Hash boards by slot, with the hottest of the sensors whose word counts. */
function slotsOf(found: unknown): Doc[] {
  // A miner without boards prints a list with nothing in it.
  if (!isRecord(found)) return [];
  return Object.entries(found).flatMap(([number, slot]) =>
    isRecord(slot)
      ? [
          {
            ...slot,
            number,
            hottest: hottest(
              listOf(slot["thermometers"])
                .filter((sensor) => pointer(sensor, "/isValid") === 1)
                .map((sensor) => pointer(sensor, "/temp")),
            ),
          },
        ]
      : [],
  );
}

/** Bitfury's B8 and its like under OpenMiner. Rates are those of the nonces that the boards found, in GH/s. */
export const bitfuryB8 = defineDriver({
  name: "bitfury-b8",
  about: "Bitfury B8 (OpenMiner)",
  docs: "https://github.com/delawr0190/foreman-apps/tree/master/foreman-openminer",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["B8 (OpenMiner 1.3.7)"],
  asks: {
    miner: { link: "http", target: "/api/om/miner/stat/agg", decode: json, login: true },
  },
  identify: ({ miner }) =>
    typeof pointer(miner, "/versions/mspVer") === "string" &&
    typeof pointer(miner, "/master/hwAddr") === "string",
  login: {
    kind: "token",
    target: "/api/login",
    body: '{"email":"{username}","password":"{password}"}',
    token: "/token",
    send: "Bearer {token}",
  },
  algorithm: "sha256d",
  identity: {
    miner: {
      make: { always: "Bitfury" },
      firmware: "/versions/miner",
      mac: "/mac",
      hostname: "/hostname",
      pool: "/pool/host",
      worker: "/pool/userName",
    },
  },
  derive: ({ miner }) =>
    isRecord(miner)
      ? {
          miner: {
            ...miner,
            slots: slotsOf(miner["slots"]),
            fans: listOf(miner["fansRpm"]).map((speed, position) => ({
              speed,
              duty: pointer(miner["fans"], `/${position}/power`),
            })),
          },
        }
      : {},
  table: {
    miner: [
      { state: "/pwr/state", words: { initial_power: "starting" } },
      {
        metric: "hashrate",
        at: "/master/intervals/30/bySol",
        unit: "GH/s",
        text: true,
        averagedSeconds: 30,
      },
      {
        metric: "hashrate_average",
        at: "/master/intervals/0/bySol",
        unit: "GH/s",
        text: true,
        averagedSeconds: "start",
        optional: true,
      },
      // The sum of what its supplies say they give out.
      {
        metric: "power",
        at: "/master/psuW",
        unit: "W",
        text: true,
        measured: "output",
        blank: 0,
      },
      { metric: "shares_accepted", at: "/pool/intervals/0/sharesAccepted", unit: "1" },
      { metric: "shares_rejected", at: "/pool/intervals/0/sharesRejected", unit: "1" },
      {
        metric: "shares_stale",
        at: "/pool/intervals/0/staleJobShares",
        unit: "1",
        optional: true,
      },
      // Over the time of the pool and times 2³², this is the rate that the firmware prints as the pool's.
      {
        metric: "difficulty_accepted",
        at: "/pool/intervals/0/solutionsAccepted",
        unit: "1",
        text: true,
        optional: true,
      },
      { metric: "uptime", at: "/master/upTime", unit: "s" },
      {
        each: "/slots",
        part: "board",
        number: "/number",
        rows: [
          { metric: "hashrate", at: "/ghs", unit: "GH/s", text: true },
          { metric: "board_temperature", at: "/hottest", unit: "°C", blank: 0 },
          { metric: "voltage", at: "/voltage", unit: "mV", blank: 0, optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        rows: [
          { metric: "fan_speed", at: "/speed", unit: "rpm" },
          { metric: "fan_duty", at: "/duty", unit: "%", optional: true },
        ],
      },
    ],
  },
});
