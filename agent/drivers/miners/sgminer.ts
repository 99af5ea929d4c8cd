import { cgminer } from "../decode/cgminer.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import type { Each, Row } from "../table.ts";
import { gpuSensors } from "./gpu-sensors.ts";
import { orderly } from "./sgminer-gpus.ts";

const command = (name: string): string => `{"command":"${name}"}`;

/**
 * TeamRedMiner, and sgminer whose API it has, with sgminer's descendants. A GPU's bus address stands with its details, in
 * TeamRedMiner only; a second algorithm is asked for by commands that end in 2.
 */
export const sgminer = defineDriver({
  name: "sgminer",
  about: "TeamRedMiner, sgminer, Avermore and gatelessgate, AMD GPUs",
  docs: "https://github.com/todxx/teamredminer/blob/master/doc/TRM_DUAL_MINING_API.txt",
  kind: "gpu",
  role: "miner",
  ports: [4028, 65_078],
  proof: ["TeamRedMiner 0.3.8", "TeamRedMiner 0.3.10", "sgminer 5.5.5-gm", "Avermore 1.4.1"],
  asks: {
    devs: { link: "tcp", target: command("devs"), decode: cgminer },
    summary: { link: "tcp", target: command("summary"), decode: cgminer, optional: true },
    // The algorithm is the pool's, and sgminer changes it with the pool: never older than the rates.
    pools: { link: "tcp", target: command("pools"), decode: cgminer, optional: true },
    details: {
      link: "tcp",
      target: command("devdetails"),
      decode: cgminer,
      optional: true,
      rarely: true,
    },
    devs2: { link: "tcp", target: command("devs2"), decode: cgminer, optional: true },
    pools2: { link: "tcp", target: command("pools2"), decode: cgminer, optional: true },
  },
  identify: ({ devs }) =>
    /^(teamredminer|sgminer|avermore|gatelessgate)\b/i.test(
      String(pointer(devs, "/STATUS/0/Description")),
    ) && typeof pointer(devs, "/DEVS/0/GPU") === "number",
  algorithm: "^/algorithm",
  identity: { devs: { pool: "/unplaced/URL", worker: "/unplaced/User" } },
  derive: (docs) => (isRecord(docs.devs) ? { devs: orderly(docs) } : {}),
  table: {
    devs: [
      {
        devices: "/gpus",
        pci: { at: "/address", base: 16 },
        identity: { model: "/model", pool: "^/pool/URL", worker: "^/pool/User" },
        rows: [
          minedOver("/over5", 5),
          minedOver("/over30", 30),
          minedOver("/over120", 120),
          minedOver("/overSome"),
          ...sensorRows(),
          { metric: "uptime", at: "/Device Elapsed", unit: "s", optional: true },
          {
            state: "/Status",
            words: { dead: "fault", sick: "fault", nostart: "starting", disabled: "sleeping" },
          },
        ],
        // sgminer and TeamRedMiner before it knew where its GPUs are.
        unplaced: [
          { metric: "hashrate", at: "/whole/rate", unit: "kH/s" },
          { metric: "shares_accepted", at: "/whole/Accepted", unit: "1", optional: true },
          { metric: "shares_rejected", at: "/whole/Rejected", unit: "1", optional: true },
          { metric: "shares_stale", at: "/whole/Stale", unit: "1", optional: true },
          { metric: "uptime", at: "/whole/Elapsed", unit: "s", optional: true },
        ],
      },
    ],
  },
});

/** What is mined at a rate that is the mean over so many seconds; a GPU that hangs shows its last rate for ever. */
function minedOver(each: string, averagedSeconds?: number): Each {
  return {
    each,
    algorithm: "/algorithm",
    rows: [
      {
        metric: "hashrate",
        at: "/rate",
        unit: "kH/s",
        stale: "/hangs",
        ...(averagedSeconds === undefined ? {} : { averagedSeconds }),
      },
      {
        metric: "hashrate_average",
        at: "/mean",
        unit: "kH/s",
        averagedSeconds: "start",
        optional: true,
      },
      { metric: "shares_accepted", at: "/accepted", unit: "1" },
      { metric: "shares_rejected", at: "/rejected", unit: "1" },
    ],
  };
}

function sensorRows(): readonly Row[] {
  return [
    ...gpuSensors({
      chip: "/Temperature",
      memory: "/TemperatureMem",
      power: "/GPU Power",
      fan: "/Fan Percent",
      clock: "/GPU Clock",
      memoryClock: "/Memory Clock",
    }),
    { metric: "fan_speed", at: "/fanSpeed", part: "fan/0", unit: "rpm", optional: true },
    { metric: "voltage", at: "/GPU Voltage", unit: "V", blank: 0, optional: true },
  ];
}
