import { jsonRpc, jsonRpcHex } from "../decode/json-rpc.ts";
import { defineDriver } from "../driver.ts";
import { pointer } from "../pointer.ts";
import { CLAYMORE_IDENTITY, CLAYMORE_STAT, isStat, orderedStat } from "./claymore-stat.ts";
import { gpuSensors } from "./gpu-sensors.ts";

/**
 * ethminer, for AMD and NVIDIA GPUs. Since 0.16 it tells more, under `miner_getstatdetail`, than what it has in common
 * with Claymore's miner.
 */
export const ethminer = defineDriver({
  name: "ethminer",
  about: "ethminer, AMD and NVIDIA GPUs",
  docs: "https://github.com/ethereum-mining/ethminer/blob/master/docs/API_DOCUMENTATION.md",
  kind: "gpu",
  role: "miner",
  ports: [3333],
  proof: ["0.16", "0.19"],
  asks: {
    getstat1: {
      link: "tcp",
      target: '{"id":0,"jsonrpc":"2.0","method":"miner_getstat1"}\n',
      decode: jsonRpc,
    },
    detail: {
      link: "tcp",
      target: '{"id":0,"jsonrpc":"2.0","method":"miner_getstatdetail"}\n',
      decode: jsonRpcHex,
      optional: true,
    },
  },
  knownBy: ["getstat1"],
  identify: ({ getstat1 }) =>
    isStat(getstat1) && /^(ethminer-|\d+\.\d+\.\d+)/.test(String(pointer(getstat1, "/result/0"))),
  algorithm: "ethash",
  identity: { getstat1: CLAYMORE_IDENTITY },
  derive: ({ getstat1, detail }) => {
    const stat = orderedStat(getstat1, () => ({ unit: "kH/s", algorithm: "ethash" }));
    const devices = pointer(detail, "/result/devices");
    if (!Array.isArray(devices)) return { getstat1: stat, detail: undefined };
    return {
      getstat1: undefined,
      detail: { ...(detail as object), pool: pointer(stat, "/pool") },
    };
  },
  table: {
    getstat1: CLAYMORE_STAT,
    detail: [
      {
        devices: "/result/devices",
        pci: { at: "/hardware/pci", base: 16 },
        identity: { model: "/hardware/name", pool: "^/pool" },
        rows: [
          { metric: "hashrate", at: "/mining/hashrate", unit: "H/s" },
          { metric: "shares_accepted", at: "/mining/shares/0", unit: "1" },
          { metric: "shares_rejected", at: "/mining/shares/1", unit: "1" },
          ...gpuSensors({
            chip: "/hardware/sensors/0",
            fan: "/hardware/sensors/1",
            power: "/hardware/sensors/2",
          }),
          { metric: "uptime", at: "^/result/host/runtime", unit: "s" },
          // Why it does not mine, such as that it is too hot.
          { state: "/mining/pause_reason", words: {} },
        ],
      },
    ],
  },
});
