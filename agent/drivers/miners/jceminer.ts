import { secondsOf } from "../decode/duration.ts";
import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/**
 * JCE, for AMD GPUs and CPUs. It mines the CryptoNight family and gives the variant as a number of its own. GPUs are
 * numbered; where they are, it does not say.
 */
export const jceminer = defineDriver({
  name: "jceminer",
  about: "JCE CryptoNight miner, AMD GPUs and CPUs",
  docs: "https://github.com/jceminer/cn_gpu_miner",
  kind: "host",
  role: "miner",
  ports: [3434],
  proof: ["0.32e"],
  asks: { root: { link: "http", target: "/", decode: json } },
  identify: ({ root }) =>
    Array.isArray(pointer(root, "/hashrate/thread_all")) &&
    typeof pointer(root, "/result/currency") === "string",
  identity: { root: { firmware: "/miner/version", pool: "/result/pool" } },
  derive: ({ root }) => (isRecord(root) ? { root: { ...root, ...ordered(root) } } : {}),
  table: {
    root: [
      { metric: "hashrate", at: "/hashrate/total", unit: "H/s" },
      { metric: "shares_accepted", at: "/result/shares", unit: "1" },
      // Difficulty of this family is in hashes.
      { metric: "difficulty_accepted", at: "/result/hashes", unit: "1", optional: true },
      { metric: "uptime", at: "/uptimeSeconds", unit: "s" },
      {
        each: "/rates",
        part: "gpu",
        rows: [{ metric: "hashrate", at: "/rate", unit: "H/s" }],
      },
      {
        each: "/gpus",
        part: "gpu",
        number: "/index",
        rows: [
          { metric: "shares_accepted", at: "/good_shares", unit: "1", optional: true },
          { metric: "shares_rejected", at: "/bad_shares", unit: "1", optional: true },
          ...gpuSensors({ chip: "/temperature", fan: "/fan" }),
        ],
      },
    ],
  },
});

/** Rates by GPU, which are its threads added up already; the version for CPUs has none. */
function ordered(root: Readonly<Record<string, unknown>>): object {
  return {
    rates: listOf(pointer(root, "/hashrate/thread_gpu")).map((rate) => ({ rate })),
    gpus: listOf(root["gpu_status"]),
    uptimeSeconds: secondsOf(pointer(root, "/result/uptime")),
  };
}
