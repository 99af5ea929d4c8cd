import { cgminer, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius } from "./gpu.ts";
import { macOf, rounded } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1];

/** MinerVa's MV8: the cgminer API, boards in `stats`. */
export const minerva: Speaker = {
  name: "minerva",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "MV8", hashrate: 45e12, watts: 3200 }],
  nature: { ...ASIC, difficulty: 32_768 },
  protocol: cgminer("cgminer 4.10.0", {
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "CGMiner stats",
      content: BOARDS.map((board) => ({
        STATS: board,
        ID: `C12${board}`,
        Name: "C12",
        Elapsed: part.now.uptimeSeconds,
        "Chain ID": String(board + 1),
        "Chain Enabled": "Y",
        "Chip Count": 102,
        "MHS av": megahashes(part.now.meanSinceStart / BOARDS.length),
        "MHS 5s": megahashes(part.now.mean(5) / BOARDS.length),
        "Device Freq": 600,
        "Temp Avg": celsius(part) - 4,
        Voltage: 12_150,
        "Fan Duty": rounded(part.now.fanDuty * 100, 1),
        "Fan0 Speed": Math.round(part.now.fanDuty * 6000),
        "Fan1 Speed": Math.round(part.now.fanDuty * 6100),
      })),
    }),
    summary: summaryOf("MHS", [5], (part) => ({ Netid: macOf(part, "") })),
    pools: poolsOf,
  }),
};
