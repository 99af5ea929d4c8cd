import { celsius, fanPercent, gpuSays, memoryCelsius } from "./gpu.ts";
import { answers, hexBus, type PartNow, type Question, reply, rounded, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

const rate = ({ now }: PartNow): number => rounded(now.mean(10), 3);
const solutions = (accepted: number, rejected: number) => ({ accepted, rejected, invalid: 0 });

/** Rigel 1: GET /stat. Everything is a map by algorithm; bus numbers are hex. */
export const rigel: Speaker = {
  name: "rigel",
  doors: [{ link: "http", port: 5000 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: GPU,
  protocol: answers({
    "/stat": (question) =>
      reply(question, documentOf(question), (part) => ({
        ...gpuSays(rate)(part),
        powerWatts: rounded(part.now.watts, 3),
      })),
  }),
};

function documentOf({ parts, worker }: Question) {
  const [{ now, algorithm }] = parts;
  const all = solutions(
    total(parts, (each) => each.accepted),
    total(parts, (each) => each.rejected),
  );
  const connection = { protocol: "ethstratum", username: worker, hostname: "pool.example" };
  return {
    name: "Rigel",
    version: "1.22.0",
    os_name: "Linux",
    cuda_driver: "550.90",
    uptime: now.uptimeSeconds,
    algorithm,
    watchdog: "on",
    pools: {
      [algorithm]: [
        {
          id: 0,
          connection_details: { ...connection, worker, port: 4444, ssl: false },
          solution_stat: all,
          average_latency_ms: 31,
        },
      ],
    },
    devices: parts.map(gpu),
    solution_stat: { [algorithm]: all },
    hashrate: { [algorithm]: total(parts, (_, part) => rate(part)) },
    power_usage: total(parts, (each) => rounded(each.watts, 3)),
  };
}

function gpu(part: PartNow, at: number) {
  const { now, algorithm } = part;
  return {
    id: at,
    selected: true,
    name: part.model,
    total_mem: 8_589_934_592,
    pci_address: `${hexBus(part)}:0`,
    state: now.rate > 0 ? "mining" : "initializing",
    solution_stat: { [algorithm]: solutions(now.accepted, now.rejected) },
    monitoring_info: {
      core_temperature: celsius(part),
      memory_temperature: memoryCelsius(part),
      fan_speed: fanPercent(part),
      power_usage: rounded(now.watts, 3),
      core_clock: 1410,
      memory_clock: 7500,
    },
    hashrate: { [algorithm]: rate(part) },
    dual_ratio: null,
    crash_count: 0,
  };
}
