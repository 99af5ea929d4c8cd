import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { classicFans } from "./antminer-boards.ts";
import { factsOf, ungrouped, ungroupedIn } from "./blackminer-facts.ts";
import { hottest } from "./hottest.ts";
import { sharesOf } from "./pool-shares.ts";

/**
 * The web page of Blackminer, Hammer and VolcMiner, for firmware that no longer has the cgminer API. Numbers are texts,
 * with commas between thousands. The miner says what it is by name only.
 */
export const blackminerWeb = defineDriver({
  name: "blackminer-web",
  about: "Blackminer, Hammer and VolcMiner, web page",
  docs: "https://github.com/256foundation/asic-rs/tree/master/asic-rs-firmwares/volcminer",
  kind: "asic",
  role: "miner",
  ports: [80],
  // The one recording of it was cut by who made it.
  proof: [],
  asks: {
    system: { link: "http", target: "/cgi-bin/get_system_info.cgi", decode: json },
    status: { link: "http", target: "/cgi-bin/get_miner_status.cgi", decode: json },
  },
  knownBy: ["system", "status"],
  identify: ({ system, status }) =>
    factsOf(nameIn(system)) !== undefined && isRecord(pointer(status, "/summary")),
  login: { kind: "digest" },
  defaultLogin: { username: "root", password: "ltc@dog" },
  algorithm: "^/algorithm",
  identity: {
    system: {
      make: "/make",
      model: "/name",
      firmware: ["/system_filesystem_version", "/cgminer_version"],
      mac: "/macaddr",
      hostname: "/hostname",
    },
    status: { pool: "/inUse/url", worker: "/inUse/user" },
  },
  derive: ({ system, status }) => {
    const name = nameIn(system);
    const { make, algorithm, pageUnit } = factsOf(name) ?? {};
    const pools = listOf(pointer(status, "/pools")).map(counted);
    const alive = pools.find((pool) => pool["status"] === "Alive") ?? pools[0];
    return {
      ...(isRecord(system) ? { system: { ...system, name, make } } : {}),
      ...(isRecord(status)
        ? {
            status: {
              ...ungroupedIn(status["summary"]),
              algorithm,
              pageUnit,
              boards: boardsOf(status["devs"]),
              fans: classicFans(ungroupedIn(status)),
              inUse: alive,
              accepted: sharesOf(pools, "/accepted"),
              rejected: sharesOf(pools, "/rejected"),
            },
          }
        : {}),
    };
  },
  table: {
    status: [
      {
        metric: "hashrate",
        at: "/ghs5s",
        unit: { at: "/pageUnit" },
        text: true,
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_average",
        at: "/ghsav",
        unit: { at: "/pageUnit" },
        text: true,
        averagedSeconds: "start",
        optional: true,
      },
      { metric: "uptime", at: "/elapsed", unit: "s", text: true },
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "board_temperature", at: "/hottest", unit: "°C", blank: 0 },
          {
            metric: "frequency",
            at: "/freq",
            unit: "MHz",
            text: true,
            blank: 0,
            optional: true,
          },
          { metric: "chips_working", at: "/chain_acn", unit: "1", text: true, optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm", text: true }],
      },
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
    ],
  },
});

const nameIn = (system: unknown): unknown =>
  pointer(system, "/minertype") ?? pointer(system, "/hostname");

/** A pool whose counts are numbers again. */
function counted(found: unknown): Readonly<Record<string, unknown>> {
  const pool = ungroupedIn(found);
  const count = (text: unknown): unknown =>
    typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : text;
  return { ...pool, accepted: count(pool["accepted"]), rejected: count(pool["rejected"]) };
}

function boardsOf(devs: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(devs)) return undefined;
  return devs.filter(isRecord).map((dev) => ({
    ...ungroupedIn(dev),
    number: ungrouped(dev["index"]),
    hottest: hottest(listOf(dev["temp"])),
  }));
}
