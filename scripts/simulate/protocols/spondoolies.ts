import { cgminer, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, fanPercent } from "./gpu.ts";
import { type PartNow, rounded } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

/** Spondoolies' SPx36 on X11: the cgminer API, with JSON in a text of `stats`. */
export const spondoolies: Speaker = {
  name: "spondoolies",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "SPx36", hashrate: 540e9, watts: 4400 }],
  nature: { ...ASIC, algorithm: "x11", difficulty: 1024, hashesPerDifficulty: 2 ** 32 },
  protocol: cgminer("cgminer 4.10.0-spx", {
    summary: summaryOf("MHS", [5]),
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "CGMiner stats",
      content: [
        {
          STATS: 0,
          ID: "SP360",
          Elapsed: part.now.uptimeSeconds,
          "json-stats": JSON.stringify({
            "fan-percent": fanPercent(part),
            "fan-speeds": [1, 2].map((fan) => Math.round(part.now.fanDuty * 12_000) - fan * 60),
            "top-board": board(part),
            "bottom-board": board(part),
          }),
        },
      ],
      says: (of) => ({ chipCelsius: celsius(of) }),
    }),
    pools: poolsOf,
  }),
};

const board = (part: PartNow) => ({
  power: rounded(part.now.watts / 2, 0),
  "avg-hashrate": megahashes(part.now.meanSinceStart / 2),
  "max-temp": celsius(part),
  "front-temp": 25,
  "rear-temp": celsius(part) - 20,
  "psu-temp": 41,
  "working-asics": 15,
});
