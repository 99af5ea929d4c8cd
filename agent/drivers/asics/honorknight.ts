import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import {
  boardsOf,
  command,
  devsTable,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  ratesOf,
} from "./maker-devs.ts";

type Doc = Readonly<Record<string, unknown>>;

/** Hash boards of `stats`: the members with chips. */
const chainsOf = (stats: unknown): Doc[] =>
  listOf(pointer(stats, "/STATS"))
    .filter(isRecord)
    .filter((member) => member["Num chips"] !== undefined);

/** HonorKnight's miners: rates stand in `edevs`, the rest in `stats`, where each board repeats the same fans. */
export const honorknight = defineDriver({
  name: "honorknight",
  about: "HonorKnight miners",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["K2.1"],
  asks: {
    stats: command("stats"),
    overview: {
      link: "http",
      target: "/api/overview",
      port: 80,
      decode: json,
      optional: true,
      rarely: true,
    },
    edevs: command("edevs"),
    pools: command("pools"),
  },
  knownBy: ["stats", "overview"],
  identify: ({ stats, overview }) =>
    (/^IT1\d$/.test(String(pointer(stats, "/STATS/0/ID"))) &&
      pointer(stats, "/STATS/0/Num active chips") !== undefined) ||
    (/^K\d/.test(String(pointer(overview, "/minerInfo/model"))) &&
      typeof pointer(overview, "/minerInfo/macAddress") === "string"),
  algorithm: "sha256d",
  identity: {
    stats: { make: { always: "HonorKnight" } },
    overview: {
      make: { always: "HonorKnight" },
      model: "/minerInfo/model",
      firmware: "/minerInfo/minerVersion",
      mac: "/minerInfo/macAddress",
      serial: "/minerInfo/sn",
    },
    pools: POOLS_IDENTITY,
  },
  derive: ({ stats, overview, edevs, pools }) => {
    const chains = chainsOf(stats);
    const [first = {}] = chains;
    const fans = ["Fan0 rpm", "Fan1 rpm"].flatMap((key) =>
      first[key] === undefined ? [] : [{ speed: first[key], duty: first["Fan duty"] }],
    );
    return {
      ...(stats === undefined ? {} : { stats: { chains, fans, elapsed: first["Elapsed"] } }),
      ...(isRecord(overview) ? { overview } : {}),
      ...(edevs === undefined ? {} : { edevs: ratesOf(boardsOf(edevs, "5s")) }),
      ...(pools === undefined ? {} : { pools: poolsOf(pools) }),
    };
  },
  table: {
    edevs: devsTable(5, []),
    stats: [
      { metric: "uptime", at: "/elapsed", unit: "s" },
      {
        each: "/chains",
        part: "board",
        number: "/Chain ID",
        rows: [
          { metric: "chip_temperature", at: "/Temp max", unit: "°C", blank: 0 },
          { metric: "board_temperature", at: "/Temp", unit: "°C", blank: 0 },
          { metric: "frequency", at: "/PLL", unit: "MHz", blank: 0, optional: true },
          { metric: "chips_working", at: "/Num active chips", unit: "1", optional: true },
          { metric: "chips_expected", at: "/Num chips", unit: "1", optional: true },
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
    pools: POOLS_TABLE,
  },
});
