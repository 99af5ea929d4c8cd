import type { PowerSource } from "../../../proto/attestation.ts";
import { cgminer } from "../decode/cgminer.ts";
import { json } from "../decode/json.ts";
import type { Ask, Docs, LoginScheme } from "../driver.ts";
import { isRecord, pointer } from "../pointer.ts";
import type { At, IdentityTable, Row, Table } from "../table.ts";
import { modelOf, releaseOf } from "./antminer-firmware.ts";
import { factsOf } from "./antminer-models.ts";
import { statsOf } from "./antminer-stats.ts";
import { poolInUse, shareRows } from "./cgminer-shares.ts";

const command = (name: string): string => `{"command":"${name}"}`;

/** What every firmware on Antminer hardware is asked over its cgminer API. */
export const CGMINER_ASKS = {
  version: { link: "tcp", target: command("version"), decode: cgminer, rarely: true },
  stats: { link: "tcp", target: command("stats"), decode: cgminer },
  summary: { link: "tcp", target: command("summary"), decode: cgminer },
  pools: { link: "tcp", target: command("pools"), decode: cgminer, optional: true, rarely: true },
} as const satisfies Record<string, Ask>;

/** Who the machine is, from the stock web page's own script. */
export const SYSTEM_ASK = {
  link: "http",
  target: "/cgi-bin/get_system_info.cgi",
  port: 80,
  decode: json,
  optional: true,
  rarely: true,
  login: true,
} as const satisfies Ask;

/** How the stock web page, and those built on it, let in. */
export const STOCK_LOGIN: LoginScheme = { kind: "digest" };
/** What Bitmain ships its machines with. */
export const STOCK_DEFAULT = { username: "root", password: "root" } as const;

type Family = "version" | "stats" | "summary" | "pools" | "system";

/** Who a machine is: by name, then by number, then the pool. */
export const ANTMINER_IDENTITY = {
  version: { make: { always: "Bitmain" }, model: "/model", firmware: "/firmware" },
  stats: { make: { always: "Bitmain" }, model: "/model", firmware: "/firmware", uuid: "/minerId" },
  system: { model: "/minertype", mac: "/macaddr", serial: "/serinum", hostname: "/hostname" },
  pools: { pool: "/URL", worker: "/User" },
} as const satisfies Partial<Record<Family, IdentityTable>>;

/**
 * Replies in the order that `antminerTable` reads. `newer` are replies to `stats` in the newer form, the likeliest first.
 * "GHS" is a label there, not a unit: what is mined and in which unit a rate is comes from the reply's own `rate_unit`, else
 * from the model, else it is not known.
 */
export function antminerDocs(docs: Docs<Family>, newer: readonly unknown[] = []): Docs<Family> {
  const { version, stats, summary, pools } = docs;
  const head = pointer(version, "/VERSION/0") ?? pointer(stats, "/STATS/0");
  const [title] = [stats, ...newer].map((reply) => pointer(reply, "/INFO")).filter(isRecord);
  const types = [pointer(head, "/Type"), pointer(stats, "/STATS/0/Type"), title?.["type"]];
  const model = modelOf(...types);
  const facts = factsOf(model);
  const firmware =
    releaseOf(...types) ??
    pointer(head, "/Miner") ??
    title?.["miner_version"] ??
    pointer(head, "/CompileTime");
  const { algorithm } = facts;
  const replies = [...newer, stats];
  const isTold = replies.some((reply) => reply !== undefined);
  return {
    ...(version === undefined ? {} : { version: { model, firmware } }),
    ...(isTold ? { stats: { model, firmware, algorithm, ...statsOf(replies, facts) } } : {}),
    ...(summary === undefined ? {} : { summary: { ...summary, algorithm } }),
    ...(pools === undefined ? {} : { pools: poolInUse(pools) }),
  };
}

/** Watts; 0 beside a hashrate is how firmware without a meter fills the field (S21 XP Hyd, 2025). */
export const power = (at: At, measured: PowerSource): Row => ({
  metric: "power",
  at,
  unit: "W",
  measured,
  text: true,
  blank: 0,
  optional: true,
});

/** What firmware that reckons power says of each board. */
export const BOARD_POWER: Row = power("/power", "estimate");

/** A temperature that not every model has; 0 is a place without a sensor. */
export const temperature = (metric: Celsius, at: At): Row => ({
  metric,
  at,
  unit: "°C",
  blank: 0,
  optional: true,
});

type Celsius =
  | "chip_temperature"
  | "board_temperature"
  | "inlet_temperature"
  | "outlet_temperature"
  | "ambient_temperature"
  | "supply_temperature";

/** Rows that some firmware has besides. */
interface More {
  readonly whole?: readonly Row[];
  readonly board?: readonly Row[];
}

/** What is read in `stats` and `summary`. `measured`: what the firmware's power is. */
export function antminerTable(
  measured: PowerSource,
  more: More = {},
): { readonly stats: Table; readonly summary: Table } {
  return {
    stats: [
      {
        metric: "hashrate",
        at: "/rate",
        unit: { at: "/rateUnit" },
        text: true,
        averagedSeconds: 5,
      },
      {
        metric: "hashrate_average",
        at: "/average",
        unit: { at: "/rateUnit" },
        text: true,
        optional: true,
        averagedSeconds: "start",
      },
      {
        metric: "hashrate_expected",
        at: "/ideal",
        unit: { at: "/rateUnit" },
        text: true,
        blank: 0,
        optional: true,
      },
      power("/watt", measured),
      ...(more.whole ?? []),
      { metric: "uptime", at: "/elapsed", unit: "s", text: true },
      {
        each: "/boards",
        part: "board",
        number: "/number",
        rows: [
          { metric: "hashrate", at: "/rate", unit: { at: "^/boardUnit" }, text: true },
          { metric: "chip_temperature", at: "/chipTemperature", unit: "°C", blank: 0 },
          temperature("board_temperature", "/boardTemperature"),
          {
            metric: "frequency",
            at: "/frequency",
            unit: "MHz",
            text: true,
            blank: 0,
            optional: true,
          },
          { metric: "chips_working", at: "/chipsWorking", unit: "1", optional: true },
          ...(more.board ?? []),
        ],
      },
      {
        each: "/fans",
        part: "fan",
        number: "/number",
        rows: [{ metric: "fan_speed", at: "/speed", unit: "rpm", text: true }],
      },
    ],
    summary: shareRows("/SUMMARY/0"),
  };
}
