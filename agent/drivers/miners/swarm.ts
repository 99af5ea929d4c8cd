import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/** SWARM, which switches among miners and says for all of them what their GPUs do; where these are, it does not say. */
export const swarm = defineDriver({
  name: "swarm",
  about: "SWARM, the switcher among miners",
  docs: "https://github.com/MaynardMiner/SWARM",
  kind: "gpu",
  role: "miner",
  ports: [6099],
  proof: ["version not said"],
  asks: { stats: { link: "tcp", target: "stats\n", decode: json } },
  identify: ({ stats }) =>
    typeof pointer(stats, "/hsu") === "string" &&
    Array.isArray(pointer(stats, "/gpus")) &&
    Array.isArray(pointer(stats, "/temps")),
  algorithm: "^/algo",
  identity: { stats: { pool: "/stratum", worker: "/workername" } },
  derive: ({ stats }) => (isRecord(stats) ? { stats: { ...stats, ...ordered(stats) } } : {}),
  table: {
    stats: [
      { metric: "hashrate", at: "/gpu_total", unit: { at: "/unit" } },
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
      { metric: "uptime", at: "/uptime", unit: "s" },
      {
        each: "/parts",
        part: "gpu",
        rows: [
          { metric: "hashrate", at: "/rate", unit: { at: "^/unit" }, text: true },
          ...gpuSensors({ chip: "/temperature", power: "/power", fan: "/fan" }),
        ],
      },
    ],
  },
});

const UNITS: Readonly<Record<string, string>> = {
  hs: "H/s",
  khs: "kH/s",
  mhs: "MH/s",
  ghs: "GH/s",
};

/** GPUs of lists that belong together by position. */
function ordered(stats: Readonly<Record<string, unknown>>): object {
  return {
    unit: UNITS[String(stats["hsu"])],
    parts: listOf(stats["gpus"]).map((rate, position) => ({
      rate,
      temperature: pointer(stats, `/temps/${position}`),
      power: pointer(stats, `/power/${position}`),
      fan: pointer(stats, `/fans/${position}`),
    })),
  };
}
