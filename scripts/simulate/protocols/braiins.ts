import { cgminer, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, fanPercent, watts } from "./gpu.ts";
import { ASIC, type Model, type Speaker } from "./speaker.ts";

/** What Braiins OS runs on. */
export const BRAIINS_MODELS: readonly [Model, ...Model[]] = [
  { model: "Antminer S19 XP", hashrate: 140e12, watts: 3010 },
  { model: "Antminer S19j Pro", hashrate: 104e12, watts: 3068 },
];

const BOARDS = [1, 2, 3];

/** Braiins OS, over the cgminer API that all of its versions have. */
export const braiins: Speaker = {
  name: "braiins",
  doors: [{ link: "tcp", port: 4028 }],
  models: BRAIINS_MODELS,
  nature: ASIC,
  protocol: cgminer("BOSer boser-buildroot 0.1.0", {
    version: () => ({
      code: 22,
      title: "BOSer versions",
      content: [{ API: "3.7", BOSer: "boser-buildroot 0.1.0-22.08.1" }],
    }),
    summary: summaryOf("MHS", [5, 60]),
    devs: ({ parts: [part] }) => ({
      code: 9,
      title: "3 ASC(s)",
      content: BOARDS.map((ID, ASC) => ({
        ASC,
        ID,
        Enabled: "Y",
        Status: "Alive",
        "MHS 5s": megahashes(part.now.mean(5) / BOARDS.length),
        "MHS av": megahashes(part.now.meanSinceStart / BOARDS.length),
        "Nominal MHS": megahashes(part.machine.traits.hashrate / BOARDS.length),
      })),
    }),
    devdetails: ({ parts: [part] }) => ({
      code: 69,
      title: "Device Details",
      content: BOARDS.map((ID, DEVDETAILS) => ({
        DEVDETAILS,
        ID,
        Chips: 110,
        Cores: 12_000,
        Frequency: 525_000_000,
        Model: part.model,
      })),
    }),
    temps: ({ parts: [part] }) => ({
      code: 201,
      title: "3 Temp(s)",
      content: BOARDS.map((ID, TEMP) => ({
        TEMP,
        ID,
        Board: celsius(part) - 12,
        Chip: celsius(part),
      })),
      says: (of) => ({ chipCelsius: celsius(of) }),
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
    tunerstatus: ({ parts: [part] }) => ({
      code: 203,
      title: "Tuner Status",
      content: [
        {
          ApproximateMinerPowerConsumption: watts(part),
          ApproximateChainPowerConsumption: Math.round(part.now.watts * 0.97),
          PowerLimit: Math.round(part.machine.traits.watts * 1.05),
          DynamicPowerScaling: "InitialPowerLimit",
          TunerChainStatus: BOARDS.map((HashchainIndex) => ({
            HashchainIndex,
            Status: "Stable",
          })),
        },
      ],
      says: (of) => ({ powerWatts: watts(of) }),
    }),
    pools: poolsOf,
  }),
};
