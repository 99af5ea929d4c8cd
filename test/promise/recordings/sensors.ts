import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { nvidia } from "../../../agent/drivers/gpus/nvidia.ts";
import type { RecordedFamily } from "./family.ts";

/** A recorded sysfs tree as the link would hand it over: `sysfs/card1` is /sys/class/drm/card1. */
function sysfsReplies(folder: string): Record<string, Uint8Array> {
  const root = join(folder, "sysfs");
  const listing = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [
      `class/drm/${relative(root, path)}`,
      readFileSync(path, "utf8").replaceAll("\0", "").trim(),
    ]);
  return { cards: Buffer.from(JSON.stringify(Object.fromEntries(listing))) };
}

const LONG_NAMES: Readonly<Record<string, string>> = {
  "clocks.sm": "clocks.current.sm",
  "clocks.mem": "clocks.current.memory",
};
/** What the newest versions are asked for. */
const nvidiaColumns = (
  /^--query-gpu=(\S+)/.exec(Object.values(nvidia.asks)[0]?.target ?? "")?.[1] ?? ""
).split(",");

/** A full table of nvidia-smi with a heading and units, cut down to the columns that the driver asks for. */
function nvidiaReplies(folder: string, state: string): Record<string, Uint8Array> {
  const [heading = "", ...lines] = readFileSync(join(folder, `query-gpu_${state}.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  const names = heading.split(",").map((name) => name.trim().replace(/ \[.*\]$/, ""));
  const rows = lines.map((line) => {
    const cells = line.split(",").map((cell) => cell.trim().replace(/ (W|%|MHz|MiB)$/, ""));
    return nvidiaColumns
      .map((column) => cells[names.indexOf(LONG_NAMES[column] ?? column)] ?? "[N/A]")
      .join(", ");
  });
  return { gpus: Buffer.from(`${rows.join("\n")}\n`) };
}

/** The same reason for all recordings below a folder. */
const all = (folder: string, names: readonly string[], why: string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name === "" ? folder : `${folder}/${name}`, why]));

const XML = "nvidia-smi's XML, where we ask the same program for columns";
const ROCM = "rocm-smi's JSON, where we read what it reads: the kernel's own files";

const ONE_FAN = "they show the first fan, the kernel tells two or three";

/** Sensors of GPUs and of the machine that they are in. */
export const FAMILIES: readonly RecordedFamily[] = [
  {
    family: "NVIDIA sensors",
    under: ["nvidia_gpu_exporter/nvidia-smi"],
    driver: "nvidia",
    names: {},
    states: ["idle", "load"],
    replies: nvidiaReplies,
  },
  {
    family: "NVIDIA sensors in other forms",
    under: ["telegraf/nvidia-smi-xml", "lact/sysfs-nvidia"],
    driver: {},
    names: {},
    unread: {
      ...all(
        "telegraf/nvidia-smi-xml",
        [
          "a10g",
          "gtx-1070-ti",
          "quadro-p2000-v12",
          "quadro-p400",
          "rtx-3060-v12",
          "rtx-3080-v12",
          "rtx-4000-sff-ada-v13",
          "tesla-t4",
        ],
        XML,
      ),
      "lact/sysfs-nvidia/rtx4080": "NVIDIA's kernel driver shows no sensor in sysfs",
    },
  },
  {
    family: "AMD sensors",
    under: ["lact/sysfs-amd"],
    driver: "amdgpu",
    names: {},
    replies: sysfsReplies,
    differs: {
      "lact/sysfs-amd/phoenix": {
        temperatures:
          "their second one is the SoC's, out of the binary table gpu_metrics; the card has one sensor",
      },
    },
  },
  {
    family: "AMD sensors in other forms",
    under: ["telegraf/rocm-smi-json", "amdgpu_top/json-output"],
    driver: {},
    names: {},
    unread: {
      ...all(
        "telegraf/rocm-smi-json",
        ["mi100_rocm571", "mi100_rocm602", "rx6700xt_rocm571", "rx6700xt_rocm602", "vega-10-XT"],
        ROCM,
      ),
      "amdgpu_top/json-output": "what another program made of the kernel's files",
    },
  },
  {
    family: "Intel sensors",
    under: ["lact/sysfs-intel"],
    driver: "intel",
    names: {},
    replies: sysfsReplies,
    differs: {
      "lact/sysfs-intel/a380-xe": { fans: ONE_FAN },
      "lact/sysfs-intel/b580": { fans: ONE_FAN },
      "lact/sysfs-intel/b580-6.16": { fans: ONE_FAN },
    },
  },
  {
    family: "Host sensors",
    under: ["node_exporter/hwmon-sysfs"],
    driver: {},
    names: {},
    unread: {
      "node_exporter/hwmon-sysfs": "a tree made to try a program on, with devices of many machines",
    },
  },
  {
    family: "OpenCL lists",
    under: ["nicehash-miner/amd-opencl-detection"],
    driver: {},
    names: {},
    unread: {
      "nicehash-miner/amd-opencl-detection": "names and bus addresses of cards, without a value",
    },
  },
  {
    family: "Made-up vectors",
    under: ["synthetic-vectors/cgminer-json-repair"],
    driver: {},
    names: {},
    unread: {
      "synthetic-vectors/cgminer-json-repair": "broken JSON for a decoder, of no device",
    },
  },
];
