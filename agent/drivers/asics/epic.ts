import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { totalOf } from "./maker-devs.ts";

/**
 * ePIC's firmware: PowerPlay, on control boards for other makers' hash boards (HTTP on the port of the cgminer API), and that
 * of their own SC200, which says the mean of its session and no rate of now, and measures each board.
 */
export const epic = defineDriver({
  name: "epic",
  about: "ePIC PowerPlay and SC200",
  docs: "https://github.com/epicblockchain/epic-miner",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["S19 XP (PowerPlay 1.5)", "SC200 (epic-miner 2.0)"],
  asks: {
    // It lists the pools with their passwords.
    summary: { link: "http", target: "/summary", decode: json, secret: true },
    network: { link: "http", target: "/network", decode: json, optional: true, rarely: true },
    maker: { link: "http", target: "/capabilities", decode: json, optional: true, rarely: true },
  },
  identify: ({ summary }) =>
    /^(PowerPlay|epic-miner)/.test(String(pointer(summary, "/Software"))) &&
    isRecord(pointer(summary, "/Session")),
  algorithm: "^/Mining/Algorithm",
  identity: {
    summary: {
      firmware: "/Software",
      hostname: "/Hostname",
      pool: "/Stratum/Current Pool",
      worker: "/Stratum/Current User",
    },
    network: { mac: ["/dhcp/mac_address", "/static/mac_address"] },
    maker: { model: "/Model", uuid: "/Control Board Version/cpuSerial" },
  },
  derive: ({ summary }) => (isRecord(summary) ? { summary: ordered(summary) } : {}),
  table: {
    summary: [
      { metric: "hashrate", at: "/rate", unit: "MH/s" },
      { metric: "hashrate_average", at: "/Session/Average MHs", unit: "MH/s", optional: true },
      {
        each: "/metered",
        rows: [
          {
            metric: "power",
            at: "/Input Power",
            unit: "W",
            measured: "input",
            blank: 0,
            optional: true,
          },
        ],
      },
      {
        each: "/estimated",
        rows: [
          {
            metric: "power",
            at: "/Input Power",
            unit: "W",
            measured: "estimate",
            blank: 0,
            optional: true,
          },
        ],
      },
      { metric: "fan_duty", at: "/Fans/Fans Speed", unit: "%", optional: true },
      { metric: "shares_accepted", at: "/Session/Accepted", unit: "1" },
      { metric: "shares_rejected", at: "/Session/Rejected", unit: "1" },
      { metric: "uptime", at: "/Session/Uptime", unit: "s" },
      {
        each: "/HBs",
        part: "board",
        number: "/Index",
        rows: [
          { metric: "hashrate", at: "/Hashrate/0", unit: "MH/s", optional: true },
          // What a board takes is what the supply gives. PowerPlay writes 0 where the hash board has no meter.
          {
            metric: "power",
            at: "/Input Power",
            unit: "W",
            measured: "output",
            blank: 0,
            optional: true,
          },
          { metric: "board_temperature", at: "/Temperature", unit: "°C", blank: 0 },
          {
            metric: "frequency",
            at: ["/Core Clock Avg", "/Core Clock"],
            unit: "MHz",
            blank: 0,
            optional: true,
          },
          { metric: "voltage", at: "/Input Voltage", unit: "V", blank: 0, optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm" }],
      },
      {
        state: "/Status/Operating State",
        words: { mining: "mining", idling: "sleeping", "tuning*": "tuning" },
      },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

function ordered(summary: Doc): Doc {
  const supply = pointer(summary, "/Power Supply Stats");
  // A supply without a meter shows no current: what stands under its power then is computed by the firmware.
  const isMetered = [pointer(supply, "/Input Current"), pointer(supply, "/Output Power")].some(
    (value) => typeof value === "number" && value > 0,
  );
  const supplies = isRecord(supply) ? [supply] : [];
  return {
    ...summary,
    rate: rateOf(summary),
    metered: isMetered ? supplies : [],
    estimated: isMetered ? [] : supplies,
    fans: fansOf(pointer(summary, "/Fans Rpm")),
  };
}

/**
 * PowerPlay says a rate by board only, which together are the device's. Undefined where a board does not say it: a part is
 * not the whole, and a mean that goes on when a machine has died is no rate of now.
 */
function rateOf(summary: Doc): number | undefined {
  return totalOf(listOf(summary["HBs"]).map((board) => pointer(board, "/Hashrate/0")));
}

/** Fans by number out of `Fans Speed 3`; places without one are null. */
function fansOf(speeds: unknown): readonly unknown[] {
  if (!isRecord(speeds)) return [];
  return Object.entries(speeds).flatMap(([key, speed]) => {
    const [, number] = /(\d+)$/.exec(key) ?? [];
    return number === undefined || speed === null ? [] : [{ number, speed }];
  });
}
