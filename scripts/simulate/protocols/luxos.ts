import { cgminer, gigahashes, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { macOf, type PartNow } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0, 1, 2];

/** LuxOS 2025: the cgminer API with commands of its own. */
export const luxos: Speaker = {
  name: "luxos",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "Antminer S19k Pro", hashrate: 120e12, watts: 2760 }],
  nature: ASIC,
  protocol: cgminer("LUXminer 2025.7.10", {
    version: ({ parts: [part] }) => ({
      code: 22,
      title: "LUXminer versions",
      content: [
        {
          API: "3.7",
          CompileTime: "",
          LUXminer: "2025.7.10",
          Miner: "2025.7.10",
          Type: part.model,
        },
      ],
      member: "VERSION",
    }),
    summary: summaryOf("GHS", [5, 60]),
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "LUXminer stats",
      content: [
        { LUXminer: "2025.7.10", Miner: "2025.7.10", Type: part.model },
        {
          STATS: 0,
          ID: "LUX0",
          Elapsed: part.now.uptimeSeconds,
          "GHS 5s": gigahashes(part.now.mean(5)),
          "GHS av": gigahashes(part.now.meanSinceStart),
          total_rateideal: gigahashes(part.machine.traits.hashrate),
          rate_unit: "GH",
        },
      ],
      says: ({ now }) => ({ uptimeSeconds: now.uptimeSeconds }),
    }),
    devs: ({ parts: [part] }) => ({
      code: 9,
      title: "3 ASC(s)",
      content: BOARDS.map((ID) => board(part, ID)),
    }),
    temps: ({ parts: [part] }) => ({
      code: 201,
      title: "3 Temp(s)",
      content: BOARDS.map((ID) => ({
        ID,
        TEMP: ID,
        BottomLeft: celsius(part) - 14,
        BottomRight: celsius(part) - 13,
        TopLeft: celsius(part) - 12,
        TopRight: celsius(part) - 12,
      })),
    }),
    fans: ({ parts: [part] }) => ({
      code: 202,
      title: "4 Fan(s)",
      content: [0, 1, 2, 3].map((ID) => ({
        FAN: ID,
        ID,
        RPM: Math.round(part.now.fanDuty * 6000),
        Speed: fanPercent(part),
      })),
    }),
    power: ({ parts: [part] }) => ({
      code: 339,
      title: "Power",
      content: [{ PSU: true, Watts: watts(part) }],
      says: (of) => ({ powerWatts: watts(of) }),
    }),
    config: ({ parts: [part] }) => ({
      code: 338,
      title: "Config",
      content: [
        {
          Hostname: "simulated",
          Model: part.model,
          MACAddr: macOf(part),
          SerialNumber: part.id.slice(0, 17).toUpperCase(),
          SystemStatus: "Operational",
          CurtailMode: "None",
          IsPowerTargetEnabled: true,
          PowerLimit: Math.round(part.machine.traits.watts * 1.05),
        },
      ],
    }),
    events: () => ({ code: 340, title: "0 Event(s)", content: [] }),
    pools: poolsOf,
  }),
};

function board(part: PartNow, ID: number) {
  const share = 1 / BOARDS.length;
  return {
    ASC: ID,
    ID,
    Board: ID,
    Enabled: "Y",
    Status: "Alive",
    Temperature: celsius(part) - 12,
    "MHS 5s": megahashes(part.now.mean(5) * share),
    "MHS av": megahashes(part.now.meanSinceStart * share),
    "Nominal MHS": megahashes(part.machine.traits.hashrate * share),
    "Device Elapsed": part.now.uptimeSeconds,
  };
}
