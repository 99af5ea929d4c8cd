import { secondsOf } from "../decode/duration.ts";
import { json } from "../decode/json.ts";
import type { Ask } from "../driver.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { hottest } from "./hottest.ts";

type Doc = Readonly<Record<string, unknown>>;

// The page reads by POST, with nothing in the body.
const page = (target: string): Ask => ({ link: "http", target, body: "", decode: json });

const RATE = /^(\d+(?:\.\d+)?)\s*([KMGTP])$/i;

/** `12.5T` in two: the number, and the unit that its letter stands for. */
function rateOf(found: unknown): Doc | undefined {
  const [, amount, letter = ""] = RATE.exec(String(found).trim()) ?? [];
  return amount === undefined ? undefined : { amount, unit: `${letter}H/s` };
}

/** The hottest of `60,55|55,51`, the sensors of one board; a board that is not there says 0. */
function hottestOf(found: unknown): number | undefined {
  if (typeof found === "number") return found;
  const sensors = typeof found === "string" ? found.split(/[|,]/) : [];
  return hottest(
    sensors.filter((sensor) => /^\s*\d+(\.\d+)?\s*$/.test(sensor)).map((sensor) => Number(sensor)),
  );
}

/** Ebang's Ebit miners, over their web page and behind its login. */
export const ebang = defineDriver({
  name: "ebang",
  about: "Ebang Ebit miners",
  docs: "https://github.com/delawr0190/foreman-apps/tree/master/foreman-ebang",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["Ebit E9i"],
  asks: {
    system: page("/Status/getsystemstatus"),
    miner: page("/Cgminer/CgminerStatus"),
    network: { ...page("/admininfo/Getadmininfo"), optional: true, rarely: true },
  },
  identify: ({ system }) =>
    typeof pointer(system, "/feedback/productname") === "string" &&
    pointer(system, "/feedback/bank1snmpversion") !== undefined,
  login: {
    kind: "token",
    target: "/user/login",
    body: "username={username}&word={password}&yuyan=1&login=Login&get_password=",
  },
  algorithm: "sha256d",
  identity: {
    system: {
      make: { always: "Ebang" },
      model: "/productname",
      firmware: "/systemsoftwareversion",
    },
    miner: { pool: "/cgminerstatus" },
    network: { mac: "/feedback/macaddr" },
  },
  derive: ({ system, miner, network }) => {
    const figures = pointer(system, "/feedback");
    const work = pointer(miner, "/feedback");
    return {
      ...(isRecord(figures)
        ? {
            system: {
              ...figures,
              boards: ["device1temp", "device2temp", "device3temp"].map((key, number) => ({
                number,
                hottest: hottestOf(figures[key]),
              })),
              fans: ["devicefan", "devicefan2"].map((key) => ({ speed: figures[key] })),
            },
          }
        : {}),
      ...(isRecord(work)
        ? {
            miner: {
              ...work,
              now: rateOf(work["fivesecfigure"]),
              mean: rateOf(work["averfigure"]),
              elapsed: secondsOf(work["worktime"]),
            },
          }
        : {}),
      ...(network === undefined ? {} : { network }),
    };
  },
  table: {
    miner: [
      {
        metric: "hashrate",
        at: "/now/amount",
        unit: { at: "/now/unit" },
        text: true,
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_average",
        at: "/mean/amount",
        unit: { at: "/mean/unit" },
        text: true,
        averagedSeconds: "start",
        optional: true,
      },
      { metric: "shares_accepted", at: "/accepted", unit: "1", text: true },
      { metric: "shares_rejected", at: "/rejected", unit: "1", text: true },
      { metric: "uptime", at: "/elapsed", unit: "s" },
    ],
    system: [
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "board_temperature", at: "/hottest", unit: "°C", blank: 0, optional: true },
        ],
      },
      { each: "/fans", part: "fan", rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm" }] },
    ],
  },
});
