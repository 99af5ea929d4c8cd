import { cgminer, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, watts } from "./gpu.ts";
import { macOf, type PartNow, rounded } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const giga = (rate: number): number => rounded(rate / 1e9, 2);

/** A recent AvalonMiner: the cgminer API, most of it one text of names and brackets. */
export const avalon: Speaker = {
  name: "avalon",
  doors: [{ link: "tcp", port: 4028 }],
  models: [{ model: "1566", hashrate: 185e12, watts: 3420 }],
  nature: ASIC,
  protocol: cgminer("cgminer 4.11.1", {
    version: ({ parts: [part] }) => ({
      code: 22,
      title: "CGMiner versions",
      content: [
        {
          CGMiner: "4.11.1",
          API: "3.7",
          STM8: "22.08.03",
          PROD: `AvalonMiner ${part.model}`,
          MODEL: part.model,
          HWTYPE: "MM4v2_X3",
          SWTYPE: "MM319",
          VERSION: "24102401_25462b2_9ddf522",
          DNA: part.id.slice(0, 16),
          MAC: macOf(part, "").toLowerCase(),
        },
      ],
    }),
    stats: ({ parts: [part] }) => ({
      code: 70,
      title: "CGMiner stats",
      content: [
        {
          STATS: 0,
          ID: "AVA100",
          Elapsed: part.now.uptimeSeconds,
          "MM ID0": module(part),
          "MM Count": 1,
          "Smart Speed": 1,
        },
      ],
      says: (of) => ({
        hashrate: giga(of.now.rate) * 1e9,
        powerWatts: watts(of),
        chipCelsius: celsius(of),
      }),
    }),
    summary: summaryOf("MHS", [30, 60]),
    pools: poolsOf,
  }),
};

function module(part: PartNow): string {
  const { now } = part;
  const half = giga(now.meanSinceStart / 2);
  const rpm = Math.round(now.fanDuty * 6000);
  const fields: readonly (readonly [string, string | number])[] = [
    ["Ver", "15-185-24102401_25462b2_9ddf522"],
    ["DNA", part.id.slice(0, 16)],
    [
      "SYSTEMSTATU",
      now.rate > 0 ? "Work: In Work, Hash Board: 2 " : "Work: In Init, Hash Board: 2 ",
    ],
    ["Elapsed", now.uptimeSeconds],
    ["Temp", 24],
    ["TMax", celsius(part)],
    ["TAvg", celsius(part) - 7],
    ["Fan1", rpm],
    ["Fan2", rpm + 30],
    ["FanR", `${Math.round(now.fanDuty * 100)}%`],
    ["PS", `0 1209 1190 250 ${Math.round(now.watts * 0.94)} 1190 ${watts(part)}`],
    ["WALLPOWER", watts(part)],
    ["GHSspd", giga(now.rate)],
    ["GHSmm", giga(part.machine.traits.hashrate)],
    ["GHSavg", giga(now.meanSinceStart)],
    ["Freq", "355.5"],
    ["MGHS", `${half} ${half}`],
    ["MTmax", `${celsius(part)} ${celsius(part) - 2}`],
    ["TA", 320],
    ["ECHU", "0 0"],
    ["ECMM", 0],
    ["MPO", 3500],
  ];
  return fields.map(([name, value]) => `${name}[${value}]`).join(" ");
}
