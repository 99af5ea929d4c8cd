import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import {
  BOARD_TEMPERATURE,
  boardsOf,
  DEVS_ASKS,
  devsTable,
  POOLS_IDENTITY,
  POOLS_TABLE,
  poolsOf,
  ratesOf,
  UPTIME,
} from "./maker-devs.ts";

/**
 * Baikal's miners of several algorithms, which run a descendant of sgminer: the pool in use says what is mined.
 */
export const baikal = defineDriver({
  name: "baikal",
  about: "Baikal miners",
  docs: "https://github.com/ckolivas/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["Giant X10"],
  asks: DEVS_ASKS,
  identify: ({ devs }) => pointer(devs, "/DEVS/0/Name") === "BKLU",
  algorithm: "^/algorithm",
  identity: {
    devs: { make: { always: "Baikal" }, firmware: "/firmware" },
    pools: POOLS_IDENTITY,
  },
  derive: ({ devs, pools, summary }) => {
    const own = poolsOf(pools);
    const algorithm = pointer(own, "/inUse/Algorithm");
    return {
      ...(devs === undefined
        ? {}
        : {
            devs: {
              ...ratesOf(boardsOf(devs, "5s")),
              firmware: pointer(devs, "/STATUS/0/Description"),
              algorithm,
            },
          }),
      ...(pools === undefined ? {} : { pools: { ...own, algorithm } }),
      ...(summary === undefined ? {} : { summary }),
    };
  },
  table: {
    devs: devsTable(5, [BOARD_TEMPERATURE]),
    pools: POOLS_TABLE,
    summary: [UPTIME],
  },
});
