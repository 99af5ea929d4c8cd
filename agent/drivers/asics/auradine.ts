import { cgminer } from "../decode/cgminer.ts";
import { type Ask, defineDriver } from "../driver.ts";
import { isRecord, listOf, pointer } from "../pointer.ts";
import { poolInUse, summaryRows } from "./cgminer-shares.ts";
import { hottest } from "./hottest.ts";

const command = (name: string): string => `{"command":"${name}"}`;
/** What FluxOS shows to those who log in, on a web port of its own. */
const shown = (name: string): Ask & { readonly optional: true } => ({
  link: "http",
  port: 8080,
  target: `/${name}`,
  decode: cgminer,
  optional: true,
  login: true,
});

/** Auradine Teraflux: rates and shares over the cgminer API; sensors, power and identity after a login. */
export const auradine = defineDriver({
  name: "auradine",
  about: "Auradine Teraflux (FluxOS)",
  docs: "https://www.auradine.com/support",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: [],
  asks: {
    version: { link: "tcp", target: command("version"), decode: cgminer, rarely: true },
    summary: { link: "tcp", target: command("summary"), decode: cgminer },
    devs: { link: "tcp", target: command("devs"), decode: cgminer },
    chips: { link: "tcp", target: command("asccount"), decode: cgminer, optional: true },
    pools: { link: "tcp", target: command("pools"), decode: cgminer, optional: true, rarely: true },
    maker: { ...shown("ipreport"), rarely: true },
    fan: shown("fan"),
    psu: shown("psu"),
    temperature: shown("temperature"),
    mode: shown("mode"),
    led: shown("led"),
  },
  knownBy: ["version"],
  identify: ({ version }) => pointer(version, "/VERSION/0/GCMiner") !== undefined,
  login: {
    kind: "token",
    target: "/token",
    body: '{"command":"token","user":"{username}","password":"{password}"}',
    token: "/Token/0/Token",
    send: "{token}",
    header: "token",
  },
  defaultLogin: { username: "admin", password: "admin" },
  algorithm: "sha256d",
  identity: {
    maker: {
      model: "/IPReport/0/model",
      firmware: "/IPReport/0/version",
      serial: "/IPReport/0/SerialNo",
      mac: "/IPReport/0/mac",
      hostname: "/IPReport/0/hostname",
    },
    version: { make: { always: "Auradine" }, firmware: "/VERSION/0/GCMiner" },
    pools: { pool: "/used/URL", worker: "/used/User" },
  },
  derive: ({ summary, devs, pools, psu, temperature, mode, led }) => ({
    ...(pools === undefined ? {} : { pools: { used: poolInUse(pools) } }),
    ...(psu === undefined ? {} : { psu: suppliesOf(psu) }),
    // What a sensor measures goes before what the miner repeats.
    ...(psu === undefined ? {} : { summary: withoutWattage(summary) }),
    ...(temperature === undefined
      ? {}
      : { temperature: { boards: boardsOf(temperature) }, devs: withoutTemperatures(devs) }),
    ...(mode === undefined
      ? {}
      : { mode: { ...mode, word: isAsleep(mode) ? "sleep" : undefined } }),
    ...(led === undefined ? {} : { led: { faults: faultsOf(led) } }),
  }),
  table: {
    summary: [
      ...summaryRows("/SUMMARY/0"),
      {
        metric: "power",
        at: "/SUMMARY/0/Wattage",
        unit: "W",
        measured: "unknown",
        blank: 0,
        optional: true,
      },
    ],
    devs: [
      {
        each: "/DEVS",
        part: "board",
        number: "/ID",
        rows: [
          { metric: "hashrate", at: "/MHS 5s", unit: "MH/s", averagedSeconds: 5 },
          { metric: "board_temperature", at: "/Temperature", unit: "°C", blank: 0, optional: true },
        ],
      },
    ],
    chips: [{ metric: "chips_working", at: "/ASCCount/0/AsicCount", unit: "1", optional: true }],
    temperature: [
      {
        each: "/boards",
        part: "board",
        number: "/ID",
        rows: [
          { metric: "chip_temperature", at: "/chip", unit: "°C", blank: 0, optional: true },
          { metric: "board_temperature", at: "/board", unit: "°C", blank: 0 },
        ],
      },
    ],
    fan: [
      {
        each: "/Fan",
        part: "fan",
        number: "/ID",
        rows: [{ metric: "fan_speed", at: "/Speed", unit: "rpm" }],
      },
    ],
    psu: [
      {
        each: "/one",
        rows: [
          { metric: "power", at: "/PowerIn", unit: "W", measured: "input", text: true },
          { metric: "voltage", at: "/Vout", unit: "V", text: true, optional: true },
        ],
      },
      {
        each: "/several",
        part: "supply",
        rows: [{ metric: "power", at: "/PowerIn", unit: "W", measured: "input", text: true }],
      },
      {
        each: "/fans",
        part: "supply/fan",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm", text: true }],
      },
    ],
    mode: [
      {
        metric: "hashrate_expected",
        at: "/Mode/0/Ths",
        unit: "TH/s",
        blank: 0,
        optional: true,
      },
      { metric: "power_limit", at: "/Mode/0/Power", unit: "W", blank: 0, optional: true },
      { state: "/word", words: { sleep: "sleeping" } },
    ],
    led: [{ errors: "/faults" }],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** `58.94W` and `4052.00 RPM` without their units, which are the same on every firmware. */
function numeralOf(found: unknown): unknown {
  const [, numeral] = /^(-?\d+(?:\.\d+)?) ?(?:W|V|A|RPM)$/.exec(String(found)) ?? [];
  return numeral ?? found;
}

/** Power of the whole is that of its only supply; that of several is told by supply. */
function suppliesOf(psu: unknown): Doc {
  const supplies = listOf(pointer(psu, "/PSU"))
    .filter(isRecord)
    .map((supply) =>
      Object.fromEntries(Object.entries(supply).map(([key, value]) => [key, numeralOf(value)])),
    );
  const speeds = supplies.flatMap((supply) =>
    Object.entries(supply).flatMap(([key, speed]) =>
      /^FanSpeed\d+$/.test(key) ? [{ speed }] : [],
    ),
  );
  const isOne = supplies.length === 1;
  return { one: isOne ? supplies : [], several: isOne ? [] : supplies, fans: speeds };
}

/** The hottest of each hash board's sensors; the control board has number 0. */
function boardsOf(temperature: unknown): unknown {
  const all = pointer(temperature, "/Temperature");
  if (!Array.isArray(all)) return undefined;
  return all
    .filter((board: unknown) => pointer(board, "/ID") !== 0)
    .map((board: unknown) => ({
      ID: pointer(board, "/ID"),
      chip: hottestOf(pointer(board, "/ChipTemp")),
      board: hottestOf(pointer(board, "/BoardTemp")),
    }));
}

const hottestOf = (sensors: unknown): number | undefined =>
  hottest(listOf(sensors).map((sensor) => pointer(sensor, "/Temperature")));

function withoutWattage(summary: unknown): unknown {
  const record = pointer(summary, "/SUMMARY/0");
  if (!isRecord(summary) || !isRecord(record)) return summary;
  return { ...summary, SUMMARY: [{ ...record, Wattage: undefined }] };
}

function withoutTemperatures(devs: unknown): unknown {
  if (!isRecord(devs) || !Array.isArray(devs["DEVS"])) return devs;
  return {
    ...devs,
    DEVS: devs["DEVS"].map((board: unknown) =>
      isRecord(board) ? { ...board, Temperature: undefined } : board,
    ),
  };
}

function isAsleep(mode: unknown): boolean {
  return String(pointer(mode, "/Mode/0/Sleep")).toLowerCase() === "on";
}

/** What the lamps say, but for the two codes of a miner that is well. */
function faultsOf(led: unknown): readonly unknown[] {
  const lamp = pointer(led, "/LED/0");
  const code = pointer(lamp, "/Code");
  return code === undefined || code === 2 || code === 3 ? [] : [pointer(lamp, "/Msg")];
}
