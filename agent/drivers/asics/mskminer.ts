import { defineDriver } from "../driver.ts";
import {
  ANTMINER_IDENTITY,
  antminerDocs,
  antminerTable,
  BOARD_POWER,
  CGMINER_ASKS,
} from "./antminer-family.ts";
import { firmwareOf } from "./antminer-firmware.ts";

/** MSKMiner: the replies of stock firmware, its own release behind the model, and an estimate of power. */
export const mskminer = defineDriver({
  name: "mskminer",
  about: "MSKMiner firmware on Antminers",
  docs: "https://github.com/UpstreamData/pyasic",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["S9 Pro 5.1", "S19 with 88 chips 2.6.0.39"],
  asks: CGMINER_ASKS,
  knownBy: ["version", "stats"],
  identify: ({ version, stats }) => firmwareOf(version, stats) === "mskminer",
  algorithm: "^/algorithm",
  identity: {
    version: ANTMINER_IDENTITY.version,
    stats: ANTMINER_IDENTITY.stats,
    pools: ANTMINER_IDENTITY.pools,
  },
  derive: (docs) => antminerDocs(docs),
  table: antminerTable("estimate", { board: [BOARD_POWER] }),
});
