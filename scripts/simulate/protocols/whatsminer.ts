import { cgminer, megahashes, poolsOf, tally } from "./cgminer.ts";
import { macOf, type PartNow, type Question, reply, rounded, seconds, work } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [0.334, 0.331, 0.335];
const FIRMWARE = "20230911.12.Rel";

const listed = cgminer("whatsminer v1.3", {
  summary: ({ parts: [part] }) => ({
    code: 11,
    title: "Summary",
    content: [summary(part)],
    says: ({ now }) => ({
      hashrate: megahashes(now.mean(60)) * 1e6,
      ...work(part),
      powerWatts: Math.round(now.watts),
      chipCelsius: rounded(now.chipCelsius, 2),
    }),
  }),
  devs: ({ parts: [part] }) => ({ code: 9, title: "3 ASC(s)", content: BOARDS.map(board(part)) }),
  edevs: ({ parts: [part] }) => ({ code: 9, title: "3 ASC(s)", content: BOARDS.map(board(part)) }),
  devdetails: ({ parts: [part] }) => ({
    code: 69,
    title: "Device Details",
    content: BOARDS.map((_, at) => ({
      DEVDETAILS: at,
      Name: "SM",
      ID: at,
      Driver: "bitmicro",
      Kernel: "",
      Model: part.model,
    })),
  }),
  pools: poolsOf,
});

/** Whatsminer with API 2: the cgminer API, and commands of its own that answer in `Msg`. */
export const whatsminer: Speaker = {
  name: "whatsminer",
  doors: [{ link: "tcp", port: 4028 }],
  models: [
    { model: "M50SVH50", hashrate: 126e12, watts: 3276 },
    { model: "M30S+VE40", hashrate: 100e12, watts: 3400 },
  ],
  nature: ASIC,
  protocol: (question) => {
    const said = own(question);
    if (said === undefined) return listed(question);
    const { atMs } = question;
    const status = { STATUS: "S", When: seconds(atMs), Code: 131, Description: "whatsminer v1.3" };
    return reply(question, { ...status, Msg: said });
  },
};

function own({ ask, parts: [part] }: Question): Record<string, unknown> | undefined {
  switch (ask) {
    case "get_version":
      return { api_ver: "2.0.5", fw_ver: FIRMWARE, platform: "H616", chip: "K61K04" };
    case "get_miner_info":
      return {
        ip: "127.0.0.1",
        proto: "dhcp",
        mac: macOf(part),
        hostname: "simulated",
        ledstat: "auto",
        minersn: part.id.slice(0, 18).toUpperCase(),
      };
    case "get_error_code":
      return { error_code: [] };
    case "status":
      return { btmineroff: "false", FirmwareVersion: FIRMWARE, power_mode: "", hash_percent: "" };
    case "get_psu":
      return { name: "P222B", fan_speed: "7232", pin: String(Math.round(part.now.watts)) };
    default:
      return undefined;
  }
}

function summary(part: PartNow) {
  const { now } = part;
  const rpm = Math.round(now.fanDuty * 7200);
  return {
    Elapsed: now.uptimeSeconds,
    "MHS av": megahashes(now.meanSinceStart),
    "MHS 5s": megahashes(now.mean(5)),
    "MHS 1m": megahashes(now.mean(60)),
    "MHS 5m": megahashes(now.mean(300)),
    "MHS 15m": megahashes(now.mean(900)),
    "HS RT": megahashes(now.mean(300)),
    ...tally(part),
    Temperature: rounded(now.chipCelsius - 12, 2),
    freq_avg: 612,
    "Fan Speed In": rpm,
    "Fan Speed Out": rpm + 30,
    Power: Math.round(now.watts),
    "Power Rate": rounded(now.watts / Math.max(1, now.mean(300) / 1e12), 2),
    "Target Freq": 620,
    "Target MHS": megahashes(part.machine.traits.hashrate),
    "Env Temp": 24,
    "Power Mode": "Normal",
    "Factory GHS": rounded(part.machine.traits.hashrate / 1e9, 0),
    "Power Limit": Math.round(part.machine.traits.watts * 1.1),
    "Chip Temp Min": rounded(now.chipCelsius - 14, 2),
    "Chip Temp Max": rounded(now.chipCelsius, 2),
    "Chip Temp Avg": rounded(now.chipCelsius - 6, 2),
    MAC: macOf(part),
    "Error Code Count": 0,
    "Power Fanspeed": 7232,
    "Liquid Cooling": false,
  };
}

const board = (part: PartNow) => (share: number, at: number) => ({
  ASC: at,
  Name: "SM",
  ID: at,
  Slot: at,
  Enabled: "Y",
  Status: part.now.off ? "Dead" : "Alive",
  Temperature: rounded(part.now.chipCelsius - 12 - at, 2),
  "Chip Frequency": 612,
  "MHS av": megahashes(part.now.meanSinceStart * share),
  "MHS 5s": megahashes(part.now.mean(5) * share),
  "MHS 1m": megahashes(part.now.mean(60) * share),
  "MHS 5m": megahashes(part.now.mean(300) * share),
  "MHS 15m": megahashes(part.now.mean(900) * share),
  "HS RT": megahashes(part.now.mean(300) * share),
  "Factory GHS": rounded((part.machine.traits.hashrate * share) / 1e9, 0),
  "Upfreq Complete": 1,
  "Effective Chips": 156,
  "PCB SN": `${part.id.slice(0, 10)}${at}`,
  "Chip Temp Min": rounded(part.now.chipCelsius - 14 - at, 2),
  "Chip Temp Max": rounded(part.now.chipCelsius - at, 2),
  "Chip Temp Avg": rounded(part.now.chipCelsius - 6 - at, 2),
});
