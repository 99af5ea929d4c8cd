import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord, listOf, pointer } from "../../../agent/drivers/pointer.ts";

/** What somebody else read in a recorded reply. What is absent, they do not say. */
export interface Expected {
  /** H/s; `slack` where they rounded. */
  readonly hashrate?: { readonly value: number; readonly slack: number };
  /** °C. `complete`: all that they read; otherwise those that they happen to assert. 0 is what they put for unknown. */
  readonly temperatures?: { readonly values: readonly number[]; readonly complete: boolean };
  readonly fans?:
    | { readonly unit: "rpm" | "percent"; readonly values: readonly number[] }
    | { readonly count: number };
  /** W, of all devices together. */
  readonly power?: number;
  readonly shares?: { readonly accepted: number; readonly rejected?: number };
}

const SCALES: Readonly<Record<string, number>> = {
  KiloHash: 1e3,
  MegaHash: 1e6,
  GigaHash: 1e9,
  TeraHash: 1e12,
};

/** Assertions that leave out the unit which the same upstream code states for the same maker elsewhere. */
const UNIT_OF: Readonly<Record<string, string>> = {
  "asic-rs/volcminer/D1_fw2.3.3": "MegaHash",
};

/** Keys under which a whole hashrate stands, what one of it is in H/s, and by how much it is rounded. */
const HASHRATES: readonly (readonly [key: string, scale: number, rounded: number])[] = [
  ["hashrate_H_s", 1, 0],
  ["hashrate_self", 1, 0],
  ["hashrate_ths", 1e12, 0],
  ["instant_TH", 1e12, 0],
  ["hashrate_G", 1e9, 0],
  ["hashrate_TH_rounded", 1e12, 0.5],
  ["hashrate_MH_rounded", 1e6, 0.5],
];

const isNumber = (found: unknown): found is number => typeof found === "number";
/** The numbers in a list, or the one number that stands where a list might. */
const numbersIn = (found: unknown): number[] =>
  (Array.isArray(found) ? found : [found]).filter(isNumber);
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
/** A value, or the `value` that stands in it beside a unit. */
const plain = (found: unknown): unknown => pointer(found, "/value") ?? found;

/** What the recording's own reading says, whichever of the upstream forms it has. `path` is below the recordings. */
export function readExpected(root: string, path: string): Expected {
  const [folder = "", state] = path.split("#");
  const metrics = join(root, folder, `expected_${state}.metrics.txt`);
  if (state !== undefined && existsSync(metrics))
    return fromExporter(readFileSync(metrics, "utf8"));
  const file = join(root, folder, "expected.json");
  if (!existsSync(file)) return {};
  const doc: unknown = JSON.parse(readFileSync(file, "utf8"));
  const stats = pointer(doc, "/stats");
  if (isRecord(stats) && Array.isArray(stats["pool[]"])) return fromForeman(stats);
  if (isRecord(stats) && isRecord(stats["temps"])) return fromSysfs(stats);
  return isRecord(doc) ? fromAssertions(doc, folder) : {};
}

/** Leaves out what is undefined, so that absent means: not said. */
function said(found: { [K in keyof Expected]: Expected[K] | undefined }): Expected {
  return Object.fromEntries(
    Object.entries(found).filter(([, value]) => value !== undefined),
  ) as Expected;
}

/** The model of Foreman's tests: hashrate in H/s, temperatures in °C, 0 for what it does not know. */
function fromForeman(stats: Readonly<Record<string, unknown>>): Expected {
  const asics = listOf(stats["asic[]"]);
  const rigs = listOf(stats["rig[]"]);
  const gpus = rigs.flatMap((rig) => listOf(pointer(rig, "/gpu[]")));
  const rates = [...asics, ...rigs].map((one) => pointer(one, "/hashRate")).filter(isNumber);
  const temperatures = [
    ...asics.flatMap((asic) => numbersIn(pointer(asic, "/temp[]"))),
    ...gpus.flatMap((gpu) => numbersIn(pointer(gpu, "/temp"))),
  ];
  const counts = listOf(stats["pool[]"]).map((pool) => numbersIn(pointer(pool, "/counts")));
  const [accepted, rejected] = [0, 1].map((at) => sum(counts.map((count) => count[at] ?? 0)));
  const isCounted = (accepted ?? 0) > 0 || (rejected ?? 0) > 0;
  return said({
    hashrate: rates.length === 0 ? undefined : { value: sum(rates), slack: 0 },
    temperatures: temperatures.some((one) => one !== 0)
      ? { values: temperatures, complete: true }
      : undefined,
    fans: foremanFans([
      ...asics.map((asic) => pointer(asic, "/fanInfo")),
      ...gpus.map((gpu) => pointer(gpu, "/fans")),
    ]),
    power: undefined,
    shares: isCounted ? { accepted: accepted ?? 0, rejected: rejected ?? 0 } : undefined,
  });
}

function foremanFans(fans: readonly unknown[]): Expected["fans"] {
  const values = fans.flatMap((one) => numbersIn(pointer(one, "/speed[]")));
  if (!values.some((one) => one !== 0)) return undefined;
  const units = new Set(fans.map((one) => pointer(one, "/speedUnits")));
  return { unit: units.has("RPM") ? "rpm" : "percent", values };
}

/** A snapshot of what a sensor program made of a sysfs tree. */
function fromSysfs(stats: Readonly<Record<string, unknown>>): Expected {
  const temperatures = Object.values(stats["temps"] as object).map((one) =>
    pointer(one, "/current"),
  );
  const speeds = numbersIn(pointer(stats, "/fan/speed_current"));
  return said({
    hashrate: undefined,
    temperatures: temperatures.some(isNumber)
      ? { values: temperatures.filter(isNumber), complete: true }
      : undefined,
    fans: speeds.length === 0 ? undefined : { unit: "rpm", values: speeds },
    power: numbersIn(pointer(stats, "/power/average") ?? pointer(stats, "/power/current"))[0],
    shares: undefined,
  });
}

/** What an exporter printed from the same run of nvidia-smi. */
function fromExporter(metrics: string): Expected {
  const all = (name: string): number[] =>
    [...metrics.matchAll(new RegExp(`^nvidia_smi_${name}\\{[^}]*\\} (.*)$`, "gm"))]
      .map(([, value]) => Number(value))
      .filter(Number.isFinite);
  const temperatures = all("temperature_gpu");
  const fans = all("fan_speed_ratio").map((ratio) => ratio * 100);
  const power = all("power_draw_watts");
  return said({
    hashrate: undefined,
    temperatures: temperatures.length === 0 ? undefined : { values: temperatures, complete: false },
    fans: fans.length === 0 ? undefined : { unit: "percent", values: fans },
    power: power.length === 0 ? undefined : sum(power),
    shares: undefined,
  });
}

/** Assertions of a test, key by key. */
function fromAssertions(doc: Readonly<Record<string, unknown>>, folder: string): Expected {
  const devices = listOf(doc["devices"]);
  const temperatures = [...celsiusIn(doc), ...devices.flatMap(celsiusIn)];
  const power = numbersIn(
    plain(doc["wattage"]) ?? doc["wattage_w"] ?? doc["wattage_W"] ?? doc["power_W"],
  ).concat(devices.flatMap((one) => numbersIn(pointer(one, "/power_W"))));
  const [accepted] = numbersIn(doc["accepted"]);
  const [rejected] = numbersIn(doc["rejected"]);
  return said({
    hashrate: assertedHashrate(doc, folder),
    temperatures: temperatures.length === 0 ? undefined : { values: temperatures, complete: false },
    fans: assertedFans(doc, devices),
    power: power.length === 0 ? undefined : sum(power),
    shares:
      accepted === undefined
        ? undefined
        : { accepted, ...(rejected === undefined ? {} : { rejected }) },
  });
}

function assertedHashrate(
  doc: Readonly<Record<string, unknown>>,
  folder: string,
): Expected["hashrate"] {
  for (const [key, scale, rounded] of HASHRATES) {
    const found = doc[key];
    if (isNumber(found)) return { value: found * scale, slack: rounded * scale };
  }
  const value = pointer(doc["hashrate"], "/value") ?? doc["hashrate.value"];
  const unit = pointer(doc["hashrate"], "/unit") ?? doc["hashrate.unit"] ?? UNIT_OF[folder];
  const scale = SCALES[String(unit)];
  return isNumber(value) && scale !== undefined ? { value: value * scale, slack: 0 } : undefined;
}

function assertedFans(
  doc: Readonly<Record<string, unknown>>,
  devices: readonly unknown[],
): Expected["fans"] {
  if (Array.isArray(doc["fans_rpm"])) return { unit: "rpm", values: numbersIn(doc["fans_rpm"]) };
  if (Array.isArray(doc["fans"]))
    return {
      unit: "rpm",
      values: doc["fans"].flatMap((fan: unknown) => numbersIn(pointer(fan, "/rpm"))),
    };
  const percent = [
    ...numbersIn(doc["fan_pct"]),
    ...devices.flatMap((one) => numbersIn(pointer(one, "/fan_pct"))),
  ];
  if (percent.length > 0) return { unit: "percent", values: percent };
  const count = doc["fans.len()"];
  return isNumber(count) ? { count } : undefined;
}

const CELSIUS = /(temperature(_c|\.as_celsius)?|temps?_c)$/i;
/** Means and limits are no temperature of anything. */
const NO_SENSOR = /average|max_temperature/i;

/** Whatever an assertion calls a temperature, hash boards and chips included. */
function celsiusIn(doc: unknown): number[] {
  if (!isRecord(doc)) return [];
  return Object.entries(doc).flatMap(([key, found]) => {
    if (NO_SENSOR.test(key)) return [];
    if (CELSIUS.test(key)) return numbersIn(plain(found));
    if (key === "hashboards") return listOf(found).flatMap(celsiusIn);
    return key.startsWith("board_") ? celsiusIn(found) : [];
  });
}
