import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { hottest } from "./hottest.ts";
import { sharesOf } from "./pool-shares.ts";

type Doc = Readonly<Record<string, unknown>>;

/** Places that hold a board; the list ends with a number. */
function boardsOf(places: unknown): Doc[] {
  return listOf(places).flatMap((board, number) => {
    if (!isRecord(board) || board["cn"] === 0) return [];
    const chips = listOf(board["cs"]).filter((chip) => pointer(chip, "/0") === 1);
    // Four numbers: the first adds up to the whole's `Pw` over the boards, the last to its `Hr`.
    const [power, , , rate] = listOf(board["tphr"]);
    return [{ number, power, rate, hottest: hottest(chips.map((chip) => pointer(chip, "/1"))) }];
  });
}

/** Pools with their counters, which come as texts, as numbers. */
const countsOf = (pools: unknown): Doc[] =>
  listOf(pools).map((pool) => ({
    accepted: countOf(pointer(pool, "/3")),
    rejected: countOf(pointer(pool, "/4")),
  }));

const countOf = (found: unknown): number | undefined =>
  typeof found === "string" && /^\d+$/.test(found) ? Number(found) : undefined;

/** MultMiner's M1. What its coin is hashed with, it does not say; each chip's rate is written in GH/s. */
export const multminer = defineDriver({
  name: "multminer",
  about: "MultMiner M1",
  docs: "https://github.com/delawr0190/foreman-apps/tree/master/foreman-multminer",
  kind: "asic",
  role: "miner",
  ports: [80],
  proof: ["M1"],
  asks: { status: { link: "http", target: "/gst.csp?a=a", decode: json } },
  identify: ({ status }) =>
    Array.isArray(pointer(status, "/bd/0/tphr")) && typeof pointer(status, "/mt") === "string",
  identity: {
    status: { make: { always: "MultMiner" }, worker: "/inUse/2" },
  },
  derive: ({ status }) => {
    if (!isRecord(status)) return {};
    const [, rate, power] =
      /\bHr:(\d+(?:\.\d+)?) Pw:(\d+(?:\.\d+)?)\s*$/.exec(String(status["mt"])) ?? [];
    const pools = listOf(status["ms"]);
    const counts = countsOf(pools);
    return {
      status: {
        boards: boardsOf(status["bd"]),
        rate,
        power,
        accepted: sharesOf(counts, "/accepted"),
        rejected: sharesOf(counts, "/rejected"),
        inUse: pools.find((pool) => pointer(pool, "/0") === "working"),
      },
    };
  },
  table: {
    status: [
      { metric: "hashrate", at: "/rate", unit: "GH/s", text: true },
      { metric: "power", at: "/power", unit: "W", text: true, measured: "unknown", blank: 0 },
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "hashrate", at: "/rate", unit: "GH/s" },
          { metric: "power", at: "/power", unit: "W", measured: "unknown", blank: 0 },
          { metric: "chip_temperature", at: "/hottest", unit: "°C", blank: 0 },
        ],
      },
    ],
  },
});
