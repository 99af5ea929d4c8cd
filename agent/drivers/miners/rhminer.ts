import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import type { Row } from "../table.ts";

const WORK: readonly Row[] = [
  { metric: "hashrate", at: "/speed", unit: "H/s" },
  { metric: "shares_accepted", at: "/accepted", unit: "1" },
  { metric: "shares_rejected", at: "/rejected", unit: "1" },
];

/** rhminer, for NVIDIA GPUs and CPUs. It answers whatever is written to it, and mines PascalCoin and nothing else. */
export const rhminer = defineDriver({
  name: "rhminer",
  about: "rhminer, NVIDIA GPUs and CPUs",
  docs: "https://github.com/polyminer1/rhminer",
  kind: "host",
  role: "miner",
  ports: [7111],
  proof: ["version not said"],
  asks: { root: { link: "tcp", target: " ", decode: json } },
  identify: ({ root }) =>
    Array.isArray(pointer(root, "/infos")) &&
    typeof pointer(root, "/stratum.server") === "string" &&
    typeof pointer(root, "/speed") === "number",
  algorithm: "randomhash",
  identity: { root: { pool: "/stratum.server", worker: "/stratum.user" } },
  derive: ({ root }) => (isRecord(root) ? { root: { ...root, ...partsOf(root) } } : {}),
  table: {
    root: [
      ...WORK,
      { metric: "uptime", at: "/uptime", unit: "s" },
      {
        each: "/gpus",
        part: "gpu",
        number: "/gpu",
        rows: [
          ...WORK,
          { metric: "chip_temperature", at: "/temp", unit: "°C", blank: 0, optional: true },
        ],
      },
      { each: "/cpus", part: "cpu", rows: WORK },
    ],
  },
});

/** GPUs with the numbers that are in their names, and the CPU. */
function partsOf(root: Readonly<Record<string, unknown>>): object {
  const parts = listOf(root["infos"]).filter(isRecord);
  const numbered = parts.map((part) => ({
    ...part,
    gpu: /^GPU(\d+)$/.exec(String(part["name"]))?.[1],
  }));
  return {
    gpus: numbered.filter(({ gpu }) => gpu !== undefined),
    cpus: parts.filter(({ name }) => name === "CPU"),
  };
}
