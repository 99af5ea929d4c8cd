import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import {
  BOARD_TEMPERATURE,
  boardsOf,
  command,
  DEVS_ASKS,
  devsTable,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  ratesOf,
  UPTIME,
} from "./maker-devs.ts";

/** BW's L21: a descendant of cpuminer with the cgminer API, whose boards are named after their serial ports. */
export const bwL21 = defineDriver({
  name: "bw-l21",
  about: "BW L21",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["L21"],
  // It lists the pools with their passwords.
  asks: { ...DEVS_ASKS, pools: { ...command("pools"), secret: true } },
  identify: ({ devs }) =>
    /^cpuminer\b/.test(String(pointer(devs, "/STATUS/0/Description"))) &&
    /^ttyS\d/.test(String(pointer(devs, "/DEVS/0/Name"))),
  algorithm: "scrypt",
  identity: {
    devs: { make: { always: "BW" }, model: { always: "L21" } },
    pools: POOLS_IDENTITY,
  },
  derive: ({ devs, pools, summary }) => ({
    ...(devs === undefined ? {} : { devs: ratesOf(boardsOf(devs, "5s")) }),
    ...(pools === undefined ? {} : { pools: poolsOf(pools) }),
    ...(summary === undefined ? {} : { summary }),
  }),
  table: { devs: devsTable(5, [BOARD_TEMPERATURE]), pools: POOLS_TABLE, summary: [UPTIME] },
});
