import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import {
  boardsEach,
  boardsOf,
  command,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  UPTIME,
} from "./maker-devs.ts";

// First match counts. Another model mines what its maker alone says.
const ALGORITHMS: readonly (readonly [model: RegExp, algorithm: string])[] = [
  [/^BM-N\d/, "eaglesong"],
  [/^BM-K\d/, "blake2s"],
];

/**
 * iBeLink's miners. Sensors stand in `summary`, the first of them for the first board; difficulty there is that of the
 * last pool's connection, and of `pools` the whole.
 */
export const ibelink = defineDriver({
  name: "ibelink",
  about: "iBeLink miners",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["BM-N1 Max"],
  asks: {
    devs: command("devs"),
    summary: command("summary"),
    // It lists the pools with their passwords.
    pools: { ...command("pools"), secret: true },
  },
  identify: ({ devs }) =>
    /^BM-/.test(String(pointer(devs, "/DEVS/0/Name"))) &&
    pointer(devs, "/DEVS/0/Asics") !== undefined,
  algorithm: "^/algorithm",
  identity: {
    devs: { make: { always: "iBeLink" }, model: "/boards/0/Name", firmware: "/boards/0/Version" },
    summary: { mac: "/SUMMARY/0/macaddress" },
    pools: POOLS_IDENTITY,
  },
  derive: ({ devs, summary, pools }) => {
    const model = String(pointer(devs, "/DEVS/0/Name"));
    const [, algorithm] = ALGORITHMS.find(([pattern]) => pattern.test(model)) ?? [];
    const boards = boardsOf(devs, "5s").map((board) => ({
      ...board,
      temperature: pointer(summary, `/SUMMARY/0/Temp${Number(board["number"]) + 1}`),
    }));
    return {
      ...(devs === undefined ? {} : { devs: { boards, algorithm } }),
      ...(isRecord(summary) ? { summary: { ...summary, algorithm } } : {}),
      ...(pools === undefined ? {} : { pools: { ...poolsOf(pools), algorithm } }),
    };
  },
  table: {
    summary: [
      { metric: "hashrate", at: "/SUMMARY/0/MHS 5s", unit: "MH/s", averagedSeconds: 5 },
      {
        metric: "hashrate_average",
        at: "/SUMMARY/0/MHS av",
        unit: "MH/s",
        averagedSeconds: "start",
        optional: true,
      },
      UPTIME,
    ],
    devs: [
      boardsEach(5, [{ metric: "board_temperature", at: "/temperature", unit: "°C", blank: 0 }]),
    ],
    pools: POOLS_TABLE,
  },
});
