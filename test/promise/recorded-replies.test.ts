import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import type { Reading, Report } from "../../agent/core/reading.ts";
import type { Driver } from "../../agent/drivers/driver.ts";
import { readReplies } from "../../agent/drivers/read-replies.ts";
import { DRIVERS } from "../../agent/drivers/registry.ts";

/** Replies of real devices, read where they are: they are not ours to copy. */
const CAPTURES = fileURLToPath(new URL("../../../shared/captures/", import.meta.url));

type Replies = Record<string, Uint8Array>;

interface Recording {
  readonly path: string;
  readonly driver: string;
  readonly replies: Replies;
  /** What others read out of the same reply, in H/s. */
  readonly hashrate?: number;
}

/** Where we and the recording's own reading differ on purpose, and why. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "foreman/lolminer/Lolminer0_6":
    "that schema does not say its unit, so the rate is a problem and not a reading",
  "foreman/xmrig/Xmrig5_11_1CpuMining":
    "theirs is added up from the threads of another reply, seconds apart",
  "foreman/xmrig/XmrigNew": "theirs is the GPU's share of what we read for the whole program",
};

/** Recordings without a value that we could read, and why. */
const EMPTY: Readonly<Record<string, string>> = {
  "foreman/trex/TrexCcminer": "the text protocol of T-Rex, which nobody needs beside HTTP",
  "lact/sysfs-amd/hd7870": "the older radeon driver",
};

const json = (path: string): unknown =>
  existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
const at = (doc: unknown, ...keys: (string | number)[]): unknown =>
  keys.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], doc);
const numberAt = (doc: unknown, ...keys: (string | number)[]): number | undefined => {
  const found = at(doc, ...keys);
  return typeof found === "number" ? found : undefined;
};

/** Every folder below that holds a SOURCE.txt. */
function scenes(under: string): string[] {
  const folder = join(CAPTURES, under);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name === "SOURCE.txt")
    .map(({ parentPath }) => parentPath);
}

/** Replies of a folder by ask, where a file has one of the names that recordings of that ask have. */
function repliesIn(folder: string, names: Readonly<Record<string, readonly string[]>>): Replies {
  const found = Object.entries(names).flatMap(([ask, files]) => {
    const file = files.map((name) => join(folder, name)).find(existsSync);
    return file === undefined ? [] : [[ask, readFileSync(file)] as const];
  });
  return Object.fromEntries(found);
}

const ANTMINER = {
  version: ["version.json"],
  stats: ["stats.json", "stats.raw.txt", "rpc_stats.json", "rpc_stats.malformed.raw.txt"],
  new_stats: ["rpc_stats_new_api.json", "web_stats.json"],
  summary: ["rpc_summary.json"],
  pools: ["pools.json"],
};
const SUMMARY = { summary: ["summary.json", "1_summary.json", "2_summary.json", "root.json"] };
const INFO = { info: ["system_info.json", "api_system_info.json"] };

function recording(
  driver: string,
  folder: string,
  names: Readonly<Record<string, readonly string[]>>,
): Recording {
  const expected = json(join(folder, "expected.json"));
  const hashrate =
    numberAt(expected, "stats", "asic[]", 0, "hashRate") ??
    numberAt(expected, "stats", "rig[]", 0, "hashRate") ??
    numberAt(expected, "hashrate_H_s") ??
    (numberAt(expected, "hashrate_ths") ?? numberAt(expected, "hashrate", "value") ?? Number.NaN) *
      1e12;
  return {
    path: relative(CAPTURES, folder),
    driver,
    replies: repliesIn(folder, names),
    ...(Number.isNaN(hashrate) ? {} : { hashrate }),
  };
}

/** A recorded sysfs tree as the link would hand it over: `sysfs/card1` is /sys/class/drm/card1. */
function sysfsRecording(folder: string): Recording {
  const root = join(folder, "sysfs");
  const listing = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map(
      (path) =>
        [
          `class/drm/${relative(root, path)}`,
          readFileSync(path, "utf8").replaceAll("\0", "").trim(),
        ] as const,
    );
  const replies = { cards: Buffer.from(JSON.stringify(Object.fromEntries(listing))) };
  return { path: relative(CAPTURES, folder), driver: "amdgpu", replies };
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  "clocks.sm": "clocks.current.sm",
  "clocks.mem": "clocks.current.memory",
};

/** A full table of nvidia-smi with a heading and units, cut down to the columns that the driver asks for. */
function nvidiaRecordings(folder: string, columns: readonly string[]): Recording[] {
  return ["idle", "load"].map((state) => {
    const [heading = "", ...lines] = readFileSync(join(folder, `query-gpu_${state}.csv`), "utf8")
      .trim()
      .split(/\r?\n/);
    const names = heading.split(",").map((name) => name.trim().replace(/ \[.*\]$/, ""));
    const rows = lines.map((line) => {
      const cells = line.split(",").map((cell) => cell.trim().replace(/ (W|%|MHz|MiB)$/, ""));
      return columns
        .map((column) => cells[names.indexOf(LONG_NAMES[column] ?? column)] ?? "[N/A]")
        .join(", ");
    });
    const replies = { gpus: Buffer.from(`${rows.join("\n")}\n`) };
    return { path: `${relative(CAPTURES, folder)}#${state}`, driver: "nvidia", replies };
  });
}

const driverOf = (name: string): Driver => DRIVERS.find((driver) => driver.name === name) as Driver;
const nvidiaColumns = (driverOf("nvidia").asks["gpus"]?.target ?? "")
  .replace(/^--query-gpu=(\S+).*$/, "$1")
  .split(",");

function recordings(): Recording[] {
  const all = [
    ...["foreman/antminer/AntminerStats", "blockops/antminer-stock"].flatMap((under) =>
      scenes(under).map((folder) => recording("antminer", folder, ANTMINER)),
    ),
    ...["foreman/trex", "trex_exporter/trex", "code-index/trex"].flatMap((under) =>
      scenes(under).map((folder) => recording("trex", folder, SUMMARY)),
    ),
    ...["foreman/lolminer", "code-index/lolminer"].flatMap((under) =>
      scenes(under).map((folder) => recording("lolminer", folder, SUMMARY)),
    ),
    ...["foreman/xmrig", "code-index/xmrig"].flatMap((under) =>
      scenes(under).map((folder) => recording("xmrig", folder, SUMMARY)),
    ),
    ...["asic-rs/bitaxe", "bitaxe"].flatMap((under) =>
      scenes(under).map((folder) => recording("axeos", folder, INFO)),
    ),
    ...scenes("lact/sysfs-amd").map(sysfsRecording),
    ...scenes("nvidia_gpu_exporter").flatMap((folder) => nvidiaRecordings(folder, nvidiaColumns)),
  ];
  return all.filter(({ replies }) => Object.keys(replies).length > 0);
}

/** What all devices of a source deliver, in H/s: whole devices only, their parts are in it. */
function hashrateOf(reports: readonly Report[]): number | undefined {
  const rates = reports
    .flatMap(({ readings }) => readings)
    .filter((reading: Reading) => reading.metric === "hashrate" && reading.part === "");
  return rates.length === 0 ? undefined : rates.reduce((sum, { value }) => sum + value, 0);
}

if (!existsSync(CAPTURES)) {
  t.plan(0, "there are no recorded replies beside the repository");
} else {
  const all = recordings();
  t.comment(`${all.length} recordings read`);

  t.test("every family of devices has recordings", async (t) => {
    const families = new Set(all.map(({ driver }) => driver));
    t.strictSame([...families].sort(), [
      "amdgpu",
      "antminer",
      "axeos",
      "lolminer",
      "nvidia",
      "trex",
      "xmrig",
    ]);
    t.ok(all.length > 40, `only ${all.length} recordings were found`);
  });

  t.test("a recorded reply is read, or every value that it lacks is a problem", async (t) => {
    for (const { path, driver, replies } of all) {
      const reports = readReplies(driverOf(driver), replies);
      const readings = reports.flatMap((report) => report.readings);
      if (EMPTY[path] === undefined) t.ok(readings.length > 1, path);
      else t.strictSame(readings, [], `${path}: ${EMPTY[path]}`);
      t.ok(
        readings.every(({ value }) => Number.isFinite(value)),
        path,
      );
    }
  });

  t.test("a recorded reply shows the hashrate that others read in it", async (t) => {
    for (const { path, driver, replies, hashrate } of all) {
      if (hashrate === undefined || EXPLAINED[path] !== undefined) continue;
      const ours = hashrateOf(readReplies(driverOf(driver), replies)) ?? Number.NaN;
      t.ok(
        Math.abs(ours - hashrate) <= hashrate * 0.01,
        `${path}: ${ours} H/s, expected ${hashrate}`,
      );
    }
  });

  t.test("every exception is still one", async (t) => {
    for (const [path, why] of Object.entries(EXPLAINED)) {
      const found = all.find((recording) => recording.path === path);
      const ours = found && hashrateOf(readReplies(driverOf(found.driver), found.replies));
      t.not(ours, found?.hashrate, `${path}: ${why}`);
    }
  });

  t.test("a GPU's recorded sensors are what the recording's other forms say", async (t) => {
    const of = (path: string, metric: string): number | undefined => {
      const found = all.find((recording) => recording.path === path);
      const reports = found === undefined ? [] : readReplies(driverOf(found.driver), found.replies);
      return reports[0]?.readings.find((reading) => reading.metric === metric)?.value;
    };
    for (const path of all
      .filter(({ driver }) => driver === "nvidia")
      .map((recording) => recording.path)) {
      const [folder = "", state = ""] = path.split("#");
      const metrics = readFileSync(join(CAPTURES, folder, `expected_${state}.metrics.txt`), "utf8");
      const exported = (name: string): number =>
        Number(new RegExp(`^nvidia_smi_${name}\\{[^}]*\\} (.*)$`, "m").exec(metrics)?.[1]);
      t.equal(of(path, "chip_temperature"), exported("temperature_gpu"), `${path} temperature`);
      t.equal(of(path, "power"), exported("power_draw_watts"), `${path} power`);
      t.equal(of(path, "frequency"), exported("clocks_current_sm_clock_hz"), `${path} clock`);
    }
  });
}
