import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import type { Row } from "../table.ts";

// Thousandths of a hash: a Vega, for which it was made, does about 2 kH/s and reads 2000000 here.
const RATES: readonly Row[] = [
  { metric: "hashrate", at: "/hash_rate", unit: "milliH/s" },
  { metric: "hashrate_average", at: "/hash_rate_avg", unit: "milliH/s", optional: true },
];

/** Cast XMR, for AMD GPUs. It mines the CryptoNight family, and does not say which of it, nor where its GPUs are. */
export const castxmr = defineDriver({
  name: "castxmr",
  about: "Cast XMR, AMD GPUs",
  docs: "https://bitcointalk.org/index.php?topic=2256917",
  kind: "gpu",
  role: "miner",
  ports: [7777],
  proof: ["version not said"],
  asks: { root: { link: "http", target: "/", decode: json } },
  identify: ({ root }) =>
    typeof pointer(root, "/total_hash_rate") === "number" &&
    Array.isArray(pointer(root, "/devices")),
  identity: { root: { pool: "/pool/server" } },
  table: {
    root: [
      ...RATES.map((row) => ({ ...row, at: `/total_${String(row.at).slice(1)}` })),
      { metric: "shares_accepted", at: "/shares/num_accepted", unit: "1" },
      { metric: "shares_rejected", at: "/shares/num_rejected", unit: "1" },
      { metric: "shares_stale", at: "/shares/num_outdated", unit: "1", optional: true },
      {
        each: "/devices",
        part: "gpu",
        number: "/device_id",
        rows: [
          ...RATES,
          {
            metric: "chip_temperature",
            at: "/gpu_temperature",
            unit: "°C",
            blank: 0,
            optional: true,
          },
          { metric: "fan_speed", at: "/gpu_fan_rpm", unit: "rpm", optional: true },
        ],
      },
    ],
  },
});
