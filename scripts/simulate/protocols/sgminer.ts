import { cgminer } from "./cgminer.ts";
import { celsius, fanPercent, memoryCelsius, watts } from "./gpu.ts";
import {
  counters,
  hexBus,
  type PartNow,
  type Question,
  rounded,
  total,
  workDone,
} from "./protocol.ts";
import { AMD_CARDS, GPU, type Speaker } from "./speaker.ts";

const kilohashes = ({ now }: PartNow): number => rounded(now.mean(30) / 1000, 3);

/** TeamRedMiner 0.10: the cgminer API. `devdetails` says at which bus each GPU is, in hex. */
export const sgminer: Speaker = {
  name: "sgminer",
  doors: [{ link: "tcp", port: 4028 }],
  gpus: { make: "amdgpu", count: 2 },
  models: AMD_CARDS,
  nature: GPU,
  protocol: cgminer("TeamRedMiner 0.10.21", {
    version: () => ({
      code: 22,
      title: "TeamRedMiner versions",
      content: [{ Miner: "TeamRedMiner 0.10.21", API: "3.5" }],
    }),
    summary: ({ parts }) => ({ code: 11, title: "Summary", content: [summary(parts)] }),
    devs: ({ parts }) => ({
      code: 9,
      title: `${parts.length} GPU(s)`,
      content: parts.map(gpu),
      says: (part) => ({
        hashrate: kilohashes(part) * 1000,
        ...counters(part),
        powerWatts: watts(part),
        chipCelsius: celsius(part),
      }),
    }),
    devdetails: ({ parts }) => ({
      code: 69,
      title: "Device Details",
      content: parts.map((part, at) => ({
        DEVDETAILS: at,
        Name: "GPU",
        ID: at,
        Driver: "opencl",
        Kernel: part.algorithm,
        Model: part.model,
        "Device Path": `0000:${hexBus(part)}:00.0`,
      })),
    }),
    pools: ({ parts, worker }) => ({ code: 7, title: "1 Pool(s)", content: [pool(parts, worker)] }),
  }),
};

const sum = (parts: Question["parts"]) => {
  const Accepted = total(parts, (now) => now.accepted);
  const Rejected = total(parts, (now) => now.rejected);
  return {
    Accepted,
    Rejected,
    "Difficulty Accepted": total(parts, (_, part) => workDone(part)),
    "Difficulty Rejected": total(parts, (now) => now.rejected * now.difficulty),
  };
};

function summary(parts: Question["parts"]) {
  const rate = total(parts, (_, part) => kilohashes(part));
  return {
    Elapsed: parts[0].now.uptimeSeconds,
    "MHS av": rounded(total(parts, (now) => now.meanSinceStart) / 1e6, 4),
    "MHS 30s": rounded(rate / 1000, 6),
    "KHS av": rounded(total(parts, (now) => now.meanSinceStart) / 1e3, 3),
    "KHS 30s": rounded(rate, 3),
    ...sum(parts),
    "Hardware Errors": 0,
    Stale: 0,
    "Pool Rejected%": 0,
  };
}

function gpu(part: PartNow, at: number) {
  const { now } = part;
  return {
    GPU: at,
    Enabled: "Y",
    Status: "Alive",
    Temperature: celsius(part),
    TemperatureJnct: celsius(part) + 11,
    TemperatureMem: memoryCelsius(part),
    "Fan Speed": Math.round(now.fanDuty * 3300),
    "Fan Percent": fanPercent(part),
    "GPU Clock": 1300,
    "Memory Clock": 1075,
    "GPU Voltage": 0.843,
    "GPU Activity": 100,
    "GPU Power": watts(part),
    "MHS av": rounded(now.meanSinceStart / 1e6, 6),
    "MHS 30s": rounded(kilohashes(part) / 1000, 6),
    "KHS av": rounded(now.meanSinceStart / 1e3, 3),
    "KHS 30s": kilohashes(part),
    Accepted: now.accepted,
    Rejected: now.rejected,
    "Hardware Errors": 0,
    Intensity: "20",
    "Difficulty Accepted": workDone(part),
    "Difficulty Rejected": now.rejected * now.difficulty,
    "Device Elapsed": now.uptimeSeconds,
  };
}

function pool(parts: Question["parts"], worker: string) {
  return {
    POOL: 0,
    Name: "pool.example",
    URL: "stratum+tcp://pool.example:4444",
    Algorithm: parts[0].algorithm,
    Status: "Alive",
    Priority: 0,
    Quota: 1,
    ...sum(parts),
    Stale: 0,
    User: worker,
    "Stratum Active": true,
    "Stratum URL": "pool.example",
  };
}
