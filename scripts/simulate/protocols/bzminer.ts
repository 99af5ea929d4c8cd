import { celsius, fanPercent, gpuSays, memoryCelsius, rate, watts } from "./gpu.ts";
import { answers, type PartNow, type Question, reply, total } from "./protocol.ts";
import { GPU, NVIDIA_CARDS, type Speaker } from "./speaker.ts";

/** BzMiner: GET /status. What is counted by algorithm is a list in the order of the pools; bus numbers are decimal. */
export const bzminer: Speaker = {
  name: "bzminer",
  doors: [{ link: "http", port: 4014 }],
  gpus: { make: "nvidia", count: 2 },
  models: NVIDIA_CARDS,
  nature: GPU,
  protocol: answers({ "/status": (question) => reply(question, documentOf(question), gpuSays()) }),
};

function documentOf({ parts, worker }: Question) {
  const [{ now, algorithm }] = parts;
  return {
    bzminer_version: "v22.0.0",
    rig_name: worker,
    uptime_s: now.uptimeSeconds,
    hr_rig: total(parts, (_, part) => rate(part)),
    pools: [
      {
        id: 0,
        algorithm,
        current_url: "stratum+tcp://pool.example:4444",
        wallet: worker,
        status: 2,
        valid_solutions: total(parts, (each) => each.accepted),
        rejected_solutions: total(parts, (each) => each.rejected),
        uptime_s: now.uptimeSeconds,
      },
    ],
    devices: parts.map(gpu),
  };
}

const NVIDIA = 1;

function gpu(part: PartNow, at: number) {
  return {
    id: `${part.pciBus}:0`,
    name: part.model,
    message: [""],
    vendor: NVIDIA,
    pci_bus_id: part.pciBus,
    uid: at,
    hashrate: [rate(part)],
    valid_solutions: [part.now.accepted],
    rejected_solutions: [part.now.rejected],
    stale_solutions: [0],
    invalid_solutions: [0],
    core_temp: celsius(part),
    mem_temp: memoryCelsius(part),
    core_clock: 1410,
    mem_clock: 7500,
    power: watts(part),
    fan: fanPercent(part),
  };
}
