import {
  answers,
  counters,
  type PartNow,
  type Question,
  type Reply,
  reply,
  rounded,
  seconds,
  total,
} from "./protocol.ts";
import { AMD_CARDS, GPU, type Speaker } from "./speaker.ts";

const FACTOR = 1e6;
const SPELLED: Readonly<Record<string, string>> = { etchash: "Etchash", ethash: "Ethash" };
const megahashes = ({ now }: PartNow): number => rounded(now.mean(10) / FACTOR, 4);

/** lolMiner since 1.3: GET /summary. Bus numbers are decimal, a memory temperature of 0 means no sensor. */
export const lolminer: Speaker = {
  name: "lolminer",
  doors: [{ link: "http", port: 44_444 }],
  gpus: { make: "amdgpu", count: 2 },
  models: AMD_CARDS,
  nature: GPU,
  protocol: answers({ "/summary": summaryOf }),
};

function summaryOf(question: Question): Reply {
  const { parts, worker, atMs } = question;
  const [{ now, algorithm }] = parts;
  const startMs = atMs - now.uptimeSeconds * 1000;
  const accepted = parts.map((part) => part.now.accepted);
  const rejected = parts.map((part) => part.now.rejected);
  const none = parts.map(() => 0);
  const body = {
    Software: "lolMiner 1.88",
    Session: {
      Startup: seconds(startMs),
      Startup_String: new Date(startMs)
        .toISOString()
        .slice(0, 19)
        .replace("T", "_")
        .replaceAll(":", "-"),
      Uptime: now.uptimeSeconds,
      Last_Update: seconds(atMs),
    },
    Num_Workers: parts.length,
    Workers: parts.map((part, at) => worked(part, at)),
    Num_Algorithms: 1,
    Algorithms: [
      {
        Algorithm: SPELLED[algorithm] ?? algorithm,
        Algorithm_Appendix: "",
        Pool: "pool.example:4444",
        User: worker,
        Worker: worker.split(".")[1] ?? "",
        Performance_Unit: "Mh/s",
        Performance_Factor: FACTOR,
        Total_Performance: rounded(
          total(parts, (_, part) => megahashes(part)),
          4,
        ),
        Total_Accepted: total(parts, (each) => each.accepted),
        Total_Rejected: total(parts, (each) => each.rejected),
        Total_Stales: 0,
        Total_Errors: 0,
        Worker_Performance: parts.map(megahashes),
        Worker_Accepted: accepted,
        Worker_Rejected: rejected,
        Worker_Stales: none,
        Worker_Errors: none,
      },
    ],
  };
  return reply(question, body, (part) => ({
    hashrate: megahashes(part) * FACTOR,
    ...counters(part),
    powerWatts: rounded(part.now.watts, 3),
    chipCelsius: Math.round(part.now.chipCelsius),
  }));
}

function worked(part: PartNow, at: number): Record<string, unknown> {
  const { now } = part;
  return {
    Index: at,
    Name: part.model,
    Power: rounded(now.watts, 3),
    CCLK: 1300,
    MCLK: 1075,
    Core_Temp: Math.round(now.chipCelsius),
    Juc_Temp: Math.round(now.chipCelsius + 11),
    Mem_Temp: Math.round(now.chipCelsius + 16),
    Fan_Speed: Math.round(now.fanDuty * 100),
    LHR_Unlock_Pct: 0,
    Dual_Factor: 0,
    PCIE_Address: `${part.pciBus}:0`,
  };
}
