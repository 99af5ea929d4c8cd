import { cgminer } from "../decode/cgminer.ts";
import { json } from "../decode/json.ts";
import { type Ask, defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import {
  ANTMINER_IDENTITY,
  antminerDocs,
  antminerTable,
  CGMINER_ASKS,
  STOCK_DEFAULT,
  STOCK_LOGIN,
  SYSTEM_ASK,
  temperature,
} from "./antminer-family.ts";
import { firmwareOf } from "./antminer-firmware.ts";

const page = (script: string) =>
  ({
    link: "http",
    target: `/cgi-bin/${script}.cgi`,
    port: 80,
    decode: json,
    optional: true,
    login: true,
  }) as const satisfies Ask;

/** Antminer stock firmware: the cgminer API, and with a login what the web page knows besides. */
export const antminer = defineDriver({
  name: "antminer",
  about: "Antminer stock firmware",
  docs: "https://github.com/bitmaintech/cgminer/blob/master/API-README",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: [
    "S9",
    "S17",
    "S19",
    "T15",
    "T17+",
    "L3+",
    "D3",
    "Z15",
    "Z15 Pro",
    "S21 Pro+",
    "S21 XP Hyd",
    "S23 Hyd",
    "KS7",
  ],
  asks: {
    ...CGMINER_ASKS,
    // Firmware of 2021 and later answers this with units, power and boards as lists; older firmware as if it were not new.
    new_stats: {
      link: "tcp",
      target: '{"command":"stats","new_api":true}',
      decode: cgminer,
      optional: true,
    },
    system: SYSTEM_ASK,
    web_stats: page("stats"),
    web_summary: page("summary"),
    // Of the settings only the mode is looked at; firmware whose stats.cgi says it (`miner-mode`) need not be asked twice,
    // but which that is cannot be known beforehand.
    settings: { ...page("get_miner_conf"), secret: true },
  },
  knownBy: ["version", "stats"],
  identify: ({ version, stats }) => firmwareOf(version, stats) === "stock",
  login: STOCK_LOGIN,
  defaultLogin: STOCK_DEFAULT,
  algorithm: "^/algorithm",
  identity: ANTMINER_IDENTITY,
  derive: (docs) => {
    const read = antminerDocs(docs, [docs.web_stats, docs.new_stats]);
    return {
      ...read,
      settings: { asleep: sleepWord(read.stats, docs.settings) },
      web_summary: { errors: complaintsOf(docs.web_summary) },
    };
  },
  table: {
    ...antminerTable("unknown", {
      whole: [temperature("ambient_temperature", "/ambient")],
      board: [
        temperature("inlet_temperature", "/inletTemperature"),
        temperature("outlet_temperature", "/outletTemperature"),
      ],
    }),
    settings: [{ state: "/asleep", words: { "1": "sleeping", "254": "sleeping" } }],
    web_summary: [{ errors: "/errors" }],
  },
});

/**
 * The mode, where it is one that means sleep: 1, and 254 in `stats` of a T17+. A mode that was chosen and has not begun, or has
 * not ended, says nothing of what the machine does: with a rate it is left out.
 */
function sleepWord(stats: unknown, settings: unknown): unknown {
  if (Number(pointer(stats, "/rate") ?? 0) > 0) return undefined;
  const modes = [
    pointer(settings, "/bitmain-work-mode"),
    pointer(settings, "/miner-mode"),
    pointer(stats, "/mode"),
  ];
  return modes.find((mode) => ["1", "254"].includes(String(mode)));
}

/** What summary.cgi finds wrong, in its own words or, without any, by what it concerns. "" is no complaint: a part that is not there. */
function complaintsOf(summary: unknown): unknown[] {
  return listOf(pointer(summary, "/SUMMARY/0/status"))
    .filter(isRecord)
    .filter(({ status }) => typeof status === "string" && !["s", ""].includes(status))
    .map(({ msg, type }) => (typeof msg === "string" && msg !== "" ? msg : type));
}
