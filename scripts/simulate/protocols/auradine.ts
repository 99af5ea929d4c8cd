import { cgminer, megahashes, poolsOf, summaryOf } from "./cgminer.ts";
import { celsius, watts } from "./gpu.ts";
import { behindToken, holds } from "./logins.ts";
import { macOf, type PartNow, type Protocol } from "./protocol.ts";
import { ASIC, type Speaker } from "./speaker.ts";

const BOARDS = [1, 2, 3];
const LOGIN = { username: "admin", password: "admin" };

const api = cgminer("GCMiner-2.4", {
  version: () => ({
    code: 22,
    title: "GCMiner versions",
    content: [{ API: "3.0", GCMiner: "2.4" }],
  }),
  summary: summaryOf("MHS", [5, 60]),
  devs: ({ parts: [part] }) => ({
    code: 9,
    title: "3 Dev(s)",
    content: BOARDS.map((ID) => ({
      DEV: ID,
      ID,
      Enabled: true,
      Name: "ASICBoard",
      Status: "Alive",
      "MHS 5s": megahashes(part.now.mean(5) / BOARDS.length),
      Temperature: celsius(part) - 12,
    })),
  }),
  asccount: () => ({
    code: 104,
    title: "ASC count",
    member: "ASCCount",
    content: [{ AsicCount: 396, BoardCount: BOARDS.length }],
  }),
  pools: poolsOf,
});

const shown = cgminer("FluxOS", {
  ipreport: ({ parts: [part] }) => ({
    code: 620,
    title: "IP Report",
    member: "IPReport",
    content: [
      {
        SerialNo: part.id.slice(0, 16).toUpperCase(),
        hostname: "simulated",
        mac: macOf(part),
        model: part.model,
        version: "2025-03.10",
      },
    ],
  }),
  fan: ({ parts: [{ now }] }) => ({
    code: 510,
    title: "Total fans: 4",
    member: "Fan",
    content: [1, 2, 3, 4].map((ID) => ({ ID, Max: 7700, Speed: Math.round(now.fanDuty * 7700) })),
  }),
  psu: ({ parts: [part] }) => ({
    code: 570,
    title: "PSU status",
    content: [
      {
        FanSpeed1: "4100.00 RPM",
        PowerIn: `${watts(part).toFixed(2)}W`,
        PowerOut: `${(part.now.watts * 0.95).toFixed(2)}W`,
        Vout: "11.75V",
      },
    ],
    says: (of) => ({ powerWatts: watts(of) }),
  }),
  temperature: ({ parts: [part] }) => ({
    code: 590,
    title: "System temperature",
    member: "Temperature",
    content: [{ ID: 0, Name: "Control Board", BoardTemp: sensors(36) }, ...boards(part)],
    says: (of) => ({ chipCelsius: celsius(of) }),
  }),
  mode: ({ parts: [part] }) => ({
    code: 540,
    title: "Operating mode",
    member: "Mode",
    content: [
      {
        Mode: "custom",
        Sleep: "off",
        Power: Math.round(part.machine.traits.watts * 1.05),
        Ths: Math.round(part.machine.traits.hashrate / 1e12),
      },
    ],
  }),
  led: () => ({ code: 530, title: "Total LEDs 2", content: [{ Code: 2, Msg: "Normal" }] }),
});

const sensors = (Temperature: number) => [{ ID: 0, Temperature }];
const boards = (part: PartNow) =>
  BOARDS.map((ID) => ({
    ID,
    Name: `Hash Board ${ID}`,
    BoardTemp: sensors(celsius(part) - 12),
    ChipTemp: sensors(celsius(part)),
  }));

/** Its web port has a path for each command. */
const paths: Protocol = (question) =>
  question.ask.startsWith("/") ? shown({ ...question, ask: question.ask.slice(1) }) : undefined;

/** Auradine Teraflux: rates over the cgminer API, sensors and power on a web port behind a token. */
export const auradine: Speaker = {
  name: "auradine",
  doors: [
    { link: "tcp", port: 4028 },
    { link: "http", port: 8080 },
  ],
  models: [{ model: "AT2880", hashrate: 168e12, watts: 2860 }],
  nature: ASIC,
  login: LOGIN,
  protocol: behindToken(
    {
      ask: "POST /token",
      lets: holds({ user: LOGIN.username, password: LOGIN.password }),
      gives: (Token) => ({ document: { STATUS: [{ STATUS: "S" }], Token: [{ Token }], id: 1 } }),
      shows: ({ headers }, token) => headers["token"] === token,
    },
    paths,
    api,
  ),
};
