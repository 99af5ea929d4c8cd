import { antminerApi, STOCK } from "./antminer-api.ts";
import { watts } from "./gpu.ts";
import { behindDigest } from "./logins.ts";
import { answers, macOf, type PartNow, type Protocol, reply } from "./protocol.ts";
import { ASIC, type Model, type Speaker } from "./speaker.ts";

/** The login that Bitmain ships its machines with. */
export const ROOT = { username: "root", password: "root" } as const;

/** The pages of its web server that say who it is. */
const pages: Protocol = behindDigest(
  "antMiner Configuration",
  ROOT,
  answers({
    "/cgi-bin/get_system_info.cgi": (question) => {
      const [part] = question.parts;
      return reply(question, {
        minertype: part.model,
        nettype: "DHCP",
        macaddr: macOf(part),
        hostname: "simulated",
        ipaddress: "127.0.0.1",
        serinum: part.id.slice(0, 17).toUpperCase(),
        system_filesystem_version: "Mon Mar 07 09:41:26 CST 2022",
        firmware_type: "Release",
      });
    },
  }),
);

const stock = antminerApi(STOCK);

/** Stock Antminer firmware of the S19 generation: the cgminer API, and a web page behind a login. */
export const antminer: Speaker = {
  name: "antminer",
  doors: [
    { link: "tcp", port: 4028 },
    { link: "http", port: 80 },
  ],
  models: [
    { model: "Antminer S19 Pro", hashrate: 110e12, watts: 3250 },
    { model: "Antminer S19", hashrate: 95e12, watts: 3250 },
  ],
  nature: ASIC,
  protocol: (question) => {
    const told = stock(question) ?? pages(question);
    if (told === undefined || !question.brokenJson) return told;
    // The firmware's own slip: no comma between the two objects of STATS.
    return { ...told, body: String(told.body).replace('"},{"STATS"', '"}{"STATS"') };
  },
};

const S19J: Model = { model: "Antminer S19j Pro", hashrate: 100e12, watts: 3050 };
const estimate = {
  figures: (part: PartNow) => ({ total_power: watts(part) }),
  watts,
};

/** Hiveon's firmware: stock with its name behind the model's, and an estimate of power. */
export const hiveon: Speaker = {
  name: "hiveon",
  doors: [{ link: "tcp", port: 4028 }],
  models: [S19J],
  nature: ASIC,
  protocol: antminerApi({
    head: (part) => ({ ...STOCK.head(part), Type: `${part.model} Hiveon` }),
    ...estimate,
  }),
};

/** MSKMiner: stock with its own release behind the model, and an estimate of power. */
export const mskminer: Speaker = {
  name: "mskminer",
  doors: [{ link: "tcp", port: 4028 }],
  models: [S19J],
  nature: ASIC,
  protocol: antminerApi({
    head: (part) => ({
      ...STOCK.head(part),
      BMMiner: "2.0.0 rwglr",
      Type: `${part.model} (v2.6.0.39)`,
    }),
    ...estimate,
  }),
};
