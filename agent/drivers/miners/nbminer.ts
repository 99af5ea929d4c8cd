import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { type Mined, minedRows } from "./mined.ts";

/**
 * NBMiner, for NVIDIA and AMD GPUs; its API is off until `--api` is given, 22333 by custom. It says when it started and not
 * what time it is, which gives no uptime.
 */
export const nbminer = defineDriver({
  name: "nbminer",
  about: "NBMiner, NVIDIA and AMD GPUs",
  docs: "https://github.com/NebuTech/NBMiner/blob/master/readme.md",
  kind: "gpu",
  role: "miner",
  ports: [22_333],
  proof: ["10.0", "40.0"],
  // It has a member for the pool's password, beside the figures.
  asks: { status: { link: "http", target: "/api/v1/status", decode: json, secret: true } },
  identify: ({ status }) =>
    Array.isArray(pointer(status, "/miner/devices")) &&
    isRecord(pointer(status, "/stratum")) &&
    typeof pointer(status, "/version") === "string" &&
    typeof pointer(status, "/start_time") === "number",
  algorithm: "^/first",
  identity: { status: { pool: "/unplaced/url", worker: "/unplaced/user" } },
  derive: ({ status }) => (isRecord(status) ? { status: orderly(status) } : {}),
  table: {
    status: [
      {
        devices: "/miner/devices",
        pci: { at: "/pci_bus_id", base: 10 },
        identity: { model: "/info", pool: "^/stratum/url", worker: "^/stratum/user" },
        rows: [
          minedRows(),
          // -1: this card has no such sensor.
          {
            metric: "memory_temperature",
            at: "/memTemperature",
            unit: "°C",
            blank: [-1, 0],
            optional: true,
          },
          ...gpuSensors({
            chip: "/temperature",
            power: "/power",
            fan: "/duty",
            clock: "/core_clock",
            memoryClock: "/mem_clock",
          }),
          { metric: "utilization", at: "/core_utilization", unit: "%", blank: -1, optional: true },
        ],
        // Before version 30 or so a GPU does not say where it is.
        unplaced: [
          {
            metric: "hashrate",
            at: ["/miner/total_hashrate_raw", "/miner/total_hashrate"],
            unit: "H/s",
          },
          { metric: "shares_accepted", at: "/stratum/accepted_shares", unit: "1" },
          { metric: "shares_rejected", at: "/stratum/rejected_shares", unit: "1" },
        ],
      },
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** The reply with what each GPU mines inside the GPU. */
function orderly(status: Doc): Doc {
  const miner = pointer(status, "/miner");
  const devices = pointer(miner, "/devices");
  if (!isRecord(miner) || !Array.isArray(devices)) return status;
  const [first, second] = namesOf(status);
  return {
    ...status,
    first,
    // Where no GPU says where it is, the pool is that of the one device that they are parts of.
    unplaced: devices.some((device) => pointer(device, "/pci_bus_id") !== undefined)
      ? undefined
      : status["stratum"],
    miner: {
      ...miner,
      devices: devices.map((device: unknown) =>
        isRecord(device) ? deviceOf(device, first, second) : device,
      ),
    },
  };
}

function deviceOf(device: Doc, first: string | undefined, second: string | undefined): Doc {
  const mined: Mined[] = [
    {
      algorithm: first,
      // Version 10 writes a small rate as a number and leaves out the raw one; a text such as "61.5 M" is no number.
      rate: device["hashrate_raw"] ?? device["hashrate"],
      accepted: device["accepted_shares"],
      rejected: device["rejected_shares"],
    },
    {
      algorithm: second,
      rate: device["hashrate2_raw"],
      accepted: device["accepted_shares2"],
      rejected: device["rejected_shares2"],
    },
  ];
  // A fan at 0 % beside 0 °C is a driver that did not answer.
  const duty = device["temperature"] === 0 && device["fan"] === 0 ? undefined : device["fan"];
  return { ...device, duty, mined: second === undefined ? mined.slice(0, 1) : mined };
}

/**
 * What is mined: `eaglesong_ethash` is two at once where the reply says that it mines two, and `hashrate` is the first's. A
 * second rate without a name could not be told from the first and is left out.
 */
function namesOf(status: Doc): readonly [first?: string, second?: string] {
  const algorithm = pointer(status, "/stratum/algorithm");
  if (typeof algorithm !== "string") return [];
  const pair = /^(.+)_([^_]+)$/.exec(algorithm);
  return pointer(status, "/stratum/dual_mine") === true && pair !== null
    ? [String(pair[1]), String(pair[2])]
    : [algorithm];
}
