import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";

/** T-Rex, for NVIDIA GPUs. While it builds its DAG it says 0 H/s at full power, which is what the GPU then does. */
export const trex = defineDriver({
  name: "trex",
  about: "T-Rex, NVIDIA GPUs",
  docs: "https://github.com/trexminer/T-Rex/wiki/API",
  kind: "gpu",
  role: "miner",
  ports: [4067],
  proof: ["0.9.1 (API 3.0)", "0.19 (API 3.3)", "0.24.6 (API 4.1)"],
  asks: { summary: { link: "http", target: "/summary", decode: json } },
  identify: ({ summary }) => pointer(summary, "/name") === "t-rex",
  algorithm: "^/algorithm",
  identity: {},
  derive: ({ summary }) => (isRecord(summary) ? { summary: withShares(summary) } : {}),
  table: {
    summary: [
      {
        devices: "/gpus",
        pci: { at: "/pci_bus", base: 10, domain: "/pci_domain" },
        identity: {
          make: "/vendor",
          model: "/name",
          uuid: "/uuid",
          pool: "^/active_pool/url",
          worker: ["^/active_pool/worker", "^/active_pool/user"],
        },
        rows: [
          { metric: "hashrate", at: "/hashrate", unit: "H/s" },
          { metric: "chip_temperature", at: "/temperature", unit: "°C", blank: 0, optional: true },
          {
            metric: "memory_temperature",
            at: "/memory_temperature",
            unit: "°C",
            blank: 0,
            optional: true,
          },
          {
            metric: "power",
            at: "/power",
            unit: "W",
            measured: "output",
            blank: 0,
            optional: true,
          },
          { metric: "fan_duty", at: "/fan_speed", unit: "%", optional: true },
          { metric: "frequency", at: "/cclock", unit: "MHz", optional: true },
          { metric: "memory_frequency", at: "/mclock", unit: "MHz", optional: true },
          { metric: "shares_accepted", at: "/shares/accepted_count", unit: "1", optional: true },
          { metric: "shares_rejected", at: "/shares/rejected_count", unit: "1", optional: true },
          { metric: "uptime", at: "^/uptime", unit: "s" },
        ],
        // Before API 4 a GPU does not say where it is.
        unplaced: [
          { metric: "hashrate", at: "/hashrate", unit: "H/s" },
          { metric: "shares_accepted", at: "/accepted_count", unit: "1" },
          { metric: "shares_rejected", at: "/rejected_count", unit: "1" },
          { metric: "uptime", at: "/uptime", unit: "s" },
        ],
      },
    ],
  },
});

/** Each GPU's own share counters: API 4 has them in the GPU, API 3 in a list beside, in the same order. */
function withShares(summary: Readonly<Record<string, unknown>>): unknown {
  const gpus = pointer(summary, "/gpus");
  if (!Array.isArray(gpus)) return summary;
  const beside = listOf(pointer(summary, "/stat_by_gpu"));
  return {
    ...summary,
    gpus: gpus.map((gpu: unknown, position) =>
      isRecord(gpu) && !isRecord(gpu["shares"]) ? { ...gpu, shares: beside[position] } : gpu,
    ),
  };
}
