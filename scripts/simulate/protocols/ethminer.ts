import { getstat1, getstatSays } from "./claymore.ts";
import { celsius, fanPercent, rate, watts } from "./gpu.ts";
import {
  answers,
  counters,
  hexBus,
  type PartNow,
  type Question,
  reply,
  total,
} from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

const VERSION = "ethminer-0.19.0";
const hex = (value: number, digits: number): string =>
  `0x${Math.round(value).toString(16).padStart(digits, "0")}`;
const line = (result: unknown): string => `${JSON.stringify({ id: 0, jsonrpc: "2.0", result })}\n`;

/** ethminer: JSON-RPC on a line of TCP, rates in hex. `miner_getstatdetail` has each GPU's shares and bus. */
export const ethminer: Speaker = {
  name: "ethminer",
  doors: [{ link: "line", port: 3333 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: { ...GPU, algorithm: "ethash" },
  protocol: answers({
    miner_getstat1: (question) => reply(question, line(getstat1(VERSION, question)), getstatSays),
    miner_getstatdetail: (question) =>
      reply(question, line(detail(question)), (part) => ({
        hashrate: rate(part),
        ...counters(part),
        powerWatts: watts(part),
        chipCelsius: celsius(part),
      })),
  }),
};

function detail({ parts, worker, atMs }: Question) {
  const [{ now }] = parts;
  return {
    connection: { connected: true, switches: 1, uri: `stratum1+tcp://${worker}@pool.example:4444` },
    devices: parts.map((part, at) => device(part, at, atMs)),
    host: { name: "rig", runtime: now.uptimeSeconds, version: VERSION },
    mining: {
      difficulty: now.difficulty,
      epoch: 390,
      epoch_changes: 1,
      hashrate: hex(
        total(parts, (_, part) => rate(part)),
        16,
      ),
      shares: [total(parts, (each) => each.accepted), total(parts, (each) => each.rejected), 0, 0],
    },
    monitors: null,
  };
}

function device(part: PartNow, at: number, atMs: number) {
  const { now } = part;
  const since =
    now.newestShareAtMs === undefined ? 0 : Math.round((atMs - now.newestShareAtMs) / 1000);
  return {
    _index: at,
    _mode: "CUDA",
    hardware: {
      name: part.model,
      pci: `${hexBus(part)}:00.0`,
      sensors: [celsius(part), fanPercent(part), watts(part)],
      type: "GPU",
    },
    mining: {
      hashrate: hex(rate(part), 16),
      pause_reason: null,
      paused: false,
      segment: [hex(at * 2 ** 40, 16), hex((at + 1) * 2 ** 40, 16)],
      shares: [now.accepted, now.rejected, 0, since],
    },
  };
}
