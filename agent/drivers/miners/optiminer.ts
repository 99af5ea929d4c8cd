import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import type { Row } from "../table.ts";

const RATES: readonly Row[] = [
  { metric: "hashrate", at: "/5s", unit: "Sol/s", averagedSeconds: 5 },
  { metric: "hashrate_average", at: "/60s", unit: "Sol/s", averagedSeconds: 60 },
];

/** Optiminer, for AMD and NVIDIA GPUs. It numbers its GPUs and does not say where they are, nor which Equihash it mines. */
export const optiminer = defineDriver({
  name: "optiminer",
  about: "Optiminer, AMD and NVIDIA GPUs",
  docs: "https://github.com/Optiminer/OptiminerEquihash",
  kind: "gpu",
  role: "miner",
  ports: [8080],
  proof: ["1.7.0"],
  asks: { root: { link: "http", target: "/", decode: json } },
  identify: ({ root }) =>
    isRecord(pointer(root, "/solution_rate/Total")) &&
    isRecord(pointer(root, "/iteration_rate/Total")),
  identity: { root: { firmware: "/version", pool: "/stratum/host" } },
  derive: ({ root }) => (isRecord(root) ? { root: { ...root, gpus: gpusIn(root) } } : {}),
  table: {
    root: [
      ...RATES.map((row) => ({ ...row, at: `/solution_rate/Total${String(row.at)}` })),
      { metric: "shares_accepted", at: "/share/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/share/rejected", unit: "1" },
      { metric: "uptime", at: "/uptime", unit: "s" },
      { each: "/gpus", part: "gpu", number: "/gpu", rows: RATES },
    ],
  },
});

/** `GPU0`, `GPU1` … with their numbers, in whatever order they stand. */
function gpusIn(root: Readonly<Record<string, unknown>>): unknown[] {
  const rates = root["solution_rate"];
  return Object.entries(isRecord(rates) ? rates : {}).flatMap(([name, rate]) => {
    const gpu = /^GPU(\d+)$/.exec(name)?.[1];
    return gpu === undefined || !isRecord(rate) ? [] : [{ ...rate, gpu }];
  });
}
