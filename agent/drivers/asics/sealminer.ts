import { cgminer } from "../decode/cgminer.ts";
import { json } from "../decode/json.ts";
import { defineDriver } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";
import { hottest } from "./hottest.ts";

const command = (name: string): string => `{"command":"${name}"}`;

/** SealMiner: its own miner behind the cgminer API, with one flat record whose keys begin with the number of the board. */
export const sealminer = defineDriver({
  name: "sealminer",
  about: "Bitdeer SealMiner",
  docs: "https://www.sealminer.com/",
  kind: "asic",
  role: "miner",
  ports: [4028],
  proof: ["A2"],
  asks: {
    version: { link: "tcp", target: command("version"), decode: cgminer, rarely: true },
    stats: { link: "tcp", target: command("stats"), decode: cgminer },
    summary: { link: "tcp", target: command("summary"), decode: cgminer },
    pools: { link: "tcp", target: command("pools"), decode: cgminer, optional: true, rarely: true },
    system: {
      link: "http",
      port: 80,
      target: "/cgi-bin/get_system_info.php",
      decode: json,
      optional: true,
      rarely: true,
      login: true,
    },
  },
  knownBy: ["version"],
  identify: ({ version }) => pointer(version, "/VERSION/0/BDMiner") !== undefined,
  login: {
    kind: "token",
    target: "/cgi-bin/login.php",
    body: "username={username}&origin_pwd={password}",
  },
  defaultLogin: { username: "seal", password: "seal" },
  algorithm: "sha256d",
  identity: {
    stats: {
      make: { always: "SealMiner" },
      model: "/Model",
      firmware: "/Firmware",
      serial: "/Ctrl Board SN",
      mac: "/MAC",
    },
    system: { serial: "/crtl_sn", mac: "/macaddr" },
    pools: { pool: "/used/URL", worker: "/used/User" },
  },
  derive: ({ stats, pools }) => ({
    ...(stats === undefined ? {} : { stats: statsOf(stats) }),
    ...(pools === undefined ? {} : { pools: { used: poolInUse(pools) } }),
  }),
  table: {
    stats: [
      // The summary's rates are made of shares: 368 TH/s over 5 s on a device that does 220.
      { metric: "hashrate", at: "/MHS(30s)", unit: "MH/s", averagedSeconds: 30 },
      {
        metric: "hashrate_expected",
        at: "/MHS(Ideal)",
        unit: "MH/s",
        blank: 0,
        optional: true,
      },
      { metric: "power", at: "/PSU Input Power", unit: "W", measured: "input" },
      {
        metric: "power",
        at: "/PSU Output Power",
        part: "supply",
        unit: "W",
        measured: "output",
        optional: true,
      },
      { metric: "power_limit", at: "/Power Limit", unit: "W", blank: 0, optional: true },
      { metric: "chip_temperature", at: "/Temp", unit: "°C", blank: 0 },
      { metric: "supply_temperature", at: "/PSU Temp AMB", unit: "°C", blank: 0, optional: true },
      { metric: "frequency", at: "/Freq", unit: "MHz", blank: 0, optional: true },
      { metric: "voltage", at: "/PSU Output Voltage", unit: "V", blank: 0, optional: true },
      { metric: "uptime", at: "/Elapsed", unit: "s" },
      {
        metric: "fan_speed",
        at: "/PSU Fan Speed",
        part: "supply/fan",
        unit: "rpm",
        optional: true,
      },
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "hashrate", at: "/MHS(Sample)", unit: "MH/s" },
          {
            metric: "hashrate_expected",
            at: "/MHS(Ideal)",
            unit: "MH/s",
            blank: 0,
            optional: true,
          },
          // Which of the four is where, the documentation does not say; two are as hot as the whole's chips.
          { metric: "chip_temperature", at: "/hottest", unit: "°C", blank: 0 },
          { metric: "frequency", at: "/Freq", unit: "MHz", blank: 0, optional: true },
          { metric: "chips_working", at: "/working", unit: "1", optional: true },
          { metric: "chips_expected", at: "/Chip Count", unit: "1", blank: 0, optional: true },
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        // What the number under `PWM` is of, nothing says: 112 at 3700 rpm.
        rows: [{ metric: "fan_speed", at: "/Speed", unit: "rpm" }],
      },
      { state: "/tuning", words: { "*": "tuning" } },
      { state: "/PM State", words: { running: "mining" } },
      { errors: "/codes" },
    ],
    summary: [
      {
        metric: "hashrate_average",
        at: "/SUMMARY/0/MHS av",
        unit: "MH/s",
        averagedSeconds: "start",
        optional: true,
      },
      ...shareRows("/SUMMARY/0"),
    ],
  },
});

type Doc = Readonly<Record<string, unknown>>;

/** The record of figures with its numbered keys put together by number. */
function statsOf(stats: unknown): Doc {
  const whole = pointer(stats, "/STATS/0");
  if (!isRecord(whole)) return {};
  const boards = numbered(whole, whole["Board Count"]).filter((board) => board["Online"] !== false);
  const tune = whole["Tune Status"];
  const tunes = whole["PM State"] === "Running" && !/done$/i.test(String(tune));
  return {
    ...whole,
    boards: boards.map((board) => ({
      ...board,
      hottest: hottest([0, 1, 2, 3].map((sensor) => board[`Temp ${sensor}`])),
      working: workingOf(board),
    })),
    fans: numbered(whole, whole["Fan Count"]),
    tuning: tunes ? tune : undefined,
    codes: [whole["Error Code"], whole["PSU Error"]],
  };
}

const MAX_NUMBERED = 16;

/** What stands under `0 Freq`, `1 Freq` …, by number; as many as the record counts itself. */
function numbered(whole: Doc, count: unknown): Doc[] {
  const numbers = Array.from({ length: Math.min(Number(count) || 0, MAX_NUMBERED) }, (_, n) => n);
  return numbers.map((number) => ({
    number,
    ...Object.fromEntries(
      Object.entries(whole).flatMap(([key, value]) =>
        key.startsWith(`${number} `) ? [[key.slice(String(number).length + 1), value]] : [],
      ),
    ),
  }));
}

/** All but those that the firmware counts as bad. */
function workingOf({ "Chip Count": all, "Bad Chip Count": bad }: Doc): number | undefined {
  return typeof all === "number" && typeof bad === "number" && bad <= all ? all - bad : undefined;
}
