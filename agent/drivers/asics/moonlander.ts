import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import {
  boardsOf,
  DEVS_ASKS,
  devsTable,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  ratesOf,
  UPTIME,
} from "./maker-devs.ts";

/** FutureBit's USB sticks under BFGMiner, whose shortest rate is over 20 s. They have no sensor. */
export const moonlander = defineDriver({
  name: "moonlander",
  about: "FutureBit Moonlander 2",
  docs: "https://github.com/luke-jr/bfgminer/blob/bfgminer/README.RPC",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["Moonlander 2 (BFGMiner 5.4.2)"],
  asks: DEVS_ASKS,
  identify: ({ devs }) =>
    /^bfgminer\b/.test(String(pointer(devs, "/STATUS/0/Description"))) &&
    pointer(devs, "/DEVS/0/Name") === "MLD",
  algorithm: "scrypt",
  identity: {
    devs: {
      make: { always: "FutureBit" },
      model: { always: "Moonlander 2" },
      firmware: "/firmware",
    },
    pools: POOLS_IDENTITY,
  },
  derive: ({ devs, pools, summary }) => ({
    ...(devs === undefined
      ? {}
      : {
          devs: {
            ...ratesOf(boardsOf(devs, "20s")),
            firmware: pointer(devs, "/STATUS/0/Description"),
          },
        }),
    ...(pools === undefined ? {} : { pools: poolsOf(pools) }),
    ...(summary === undefined ? {} : { summary }),
  }),
  table: { devs: devsTable(20, []), pools: POOLS_TABLE, summary: [UPTIME] },
});
