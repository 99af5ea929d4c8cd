import { defineDriver } from "../driver.ts";
import {
  ANTMINER_IDENTITY,
  antminerDocs,
  antminerTable,
  BOARD_POWER,
  CGMINER_ASKS,
  STOCK_DEFAULT,
  STOCK_LOGIN,
  SYSTEM_ASK,
} from "./antminer-family.ts";
import { firmwareOf } from "./antminer-firmware.ts";

/** Hiveon ASIC: stock in its replies and its web page, but for its name behind the model's and an estimate of power. */
export const hiveon = defineDriver({
  name: "hiveon",
  about: "Hiveon firmware on Antminers",
  docs: "https://github.com/minershive/hiveos-asic",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["S9", "S19j Pro", "S19 with 88 chips"],
  asks: { ...CGMINER_ASKS, system: SYSTEM_ASK },
  knownBy: ["version", "stats"],
  identify: ({ version, stats }) => firmwareOf(version, stats) === "hiveon",
  login: STOCK_LOGIN,
  defaultLogin: STOCK_DEFAULT,
  algorithm: "^/algorithm",
  identity: ANTMINER_IDENTITY,
  derive: (docs) => antminerDocs(docs),
  table: antminerTable("estimate", { board: [BOARD_POWER] }),
});
