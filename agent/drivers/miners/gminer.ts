import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { type Mined, minedRows, STALE } from "./mined.ts";

/**
 * GMiner, for NVIDIA and AMD GPUs. Its API is off, and without a port of its own, until `--api` is given (42010 is
 * HiveOS's). It writes 0 for every sensor that it cannot read, fans included.
 */
export const gminer = defineDriver({
  name: "gminer",
  about: "GMiner, NVIDIA and AMD GPUs",
  docs: "https://github.com/develsoftware/GMinerRelease",
  kind: "gpu",
  role: "miner",
  ports: [42_010],
  proof: ["before 1.18", "1.18", "1.34", "2.33", "2.70", "2.73"],
  asks: { stat: { link: "http", target: "/stat", decode: json } },
  identify: ({ stat }) => {
    const name = pointer(stat, "/miner");
    // Version 1 does not say what it is.
    const first = pointer(stat, "/devices/0");
    return name === undefined
      ? ["bus_id", "speed", "temperature_limit", "power_usage"].every(
          (key) => pointer(first, `/${key}`) !== undefined,
        )
      : String(name).startsWith("GMiner");
  },
  identity: {},
  derive: ({ stat }) => (isRecord(stat) ? { stat: orderly(stat) } : {}),
  table: {
    stat: [
      {
        devices: "/devices",
        pci: { at: "/bus_id", base: 16 },
        identity: { model: "/name", pool: "^/server", worker: "^/user" },
        rows: [
          minedRows({ at: "/unit" }, "/mined", STALE),
          ...gpuSensors({
            chip: "/temperature",
            memory: "/memory_temperature",
            power: "/power_usage",
            fan: "/fan",
            fanBlank: 0,
            clock: "/core_clock",
            memoryClock: "/memory_clock",
          }),
          { metric: "uptime", at: "^/uptime", unit: "s" },
        ],
      },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** The reply with what each GPU mines inside the GPU; `speed2` and its like are of a second algorithm. */
function orderly(stat: Doc): Doc {
  const { devices } = stat;
  if (!Array.isArray(devices)) return stat;
  // A rate is in whole hashes, solutions or graphs in every version; version 1 only does not name which of them.
  const unit = stat["speed_unit"] ?? stat["speedUnit"] ?? "H/s";
  const second = stat["speed_unit2"] ?? "H/s";
  return {
    ...stat,
    devices: devices.map((device: unknown) => {
      if (!isRecord(device)) return device;
      const dual = device["speed2"] !== undefined;
      const names = namesOf(stat, dual);
      const first = minedBy(device, "", names[0], unit);
      return {
        ...device,
        mined: dual ? [first, minedBy(device, "2", names[1], second)] : [first],
      };
    }),
  };
}

function minedBy(device: Doc, suffix: string, algorithm: unknown, unit: unknown): Mined {
  return {
    algorithm,
    unit: typeof unit === "string" ? unit : undefined,
    rate: device[`speed${suffix}`],
    accepted: device[`accepted_shares${suffix}`],
    rejected: device[`rejected_shares${suffix}`],
    stale: device[`stale_shares${suffix}`],
  };
}

/** `Ethash + Eaglesong`, or `Equihash 144,5 "BgoldPoW"`, where what is quoted is of the coin and not of the algorithm. */
function namesOf(stat: Doc, dual: boolean): readonly unknown[] {
  const { algorithm, algorithm2 } = stat;
  if (typeof algorithm !== "string") return [];
  const parts = dual && algorithm2 === undefined ? algorithm.split("+") : [algorithm, algorithm2];
  return listOf(parts).map((part) =>
    typeof part === "string" ? part.replace(/\s*".*"\s*$/, "").trim() : undefined,
  );
}
