import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Fault } from "../faults.ts";
import { type PartNow, rounded } from "../protocols/protocol.ts";
import type { Reported } from "../reply-log.ts";
import { writeWhole } from "./write-whole.ts";

const DRIVER = "550.90.07";
const MEMORY_MIB = 8192;
/** Fields that a consumer card lists and has no value for. */
const BLANK = [
  "serial",
  "temperature.memory",
  "power.draw.average",
  "ecc.errors.uncorrected.volatile.total",
  "mig.mode.current",
];

/** The bus address as nvidia-smi prints it. */
const busId = (bus: number): string =>
  `00000000:${bus.toString(16).toUpperCase().padStart(2, "0")}:00.0`;

const hex = (value: number, width: number): string =>
  `0x${value.toString(16).toUpperCase().padStart(width, "0")}`;

/** A GPU's UUID as nvidia-smi prints it, from its 32 hex digits. */
const uuid = (id: string): string =>
  `GPU-${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`;

/** What a GPU's sensors say, by nvidia-smi's field names. */
function fields(part: PartNow, index: number, count: number, atMs: number): Record<string, string> {
  const { now } = part;
  const watts = now.watts.toFixed(2);
  const limit = (Math.ceil(part.machine.traits.watts / 8) * 10).toFixed(2);
  const clock = now.busy > 0 ? "1410" : "210";
  const memoryClock = now.busy > 0 ? "7500" : "405";
  const used = now.busy > 0 ? 5311 : 12;
  const day = new Date(atMs).toISOString().replaceAll("-", "/").replace("T", " ").slice(0, 23);
  return {
    ...Object.fromEntries(BLANK.map((name) => [name, "[N/A]"])),
    timestamp: day,
    index: String(index),
    count: String(count),
    name: `NVIDIA GeForce ${part.model}`,
    uuid: uuid(part.id),
    "pci.bus_id": busId(part.pciBus),
    "pci.domain": hex(0, 4),
    "pci.bus": hex(part.pciBus, 2),
    "pci.device": hex(0, 2),
    driver_version: DRIVER,
    vbios_version: "94.04.3A.40.11",
    pstate: now.busy > 0 ? "P2" : "P8",
    "temperature.gpu": String(Math.round(now.chipCelsius)),
    "power.draw": watts,
    "power.draw.instant": watts,
    "power.limit": limit,
    "enforced.power.limit": limit,
    "fan.speed": String(Math.round(now.fanDuty * 100)),
    "utilization.gpu": String(Math.round(now.busy * 100)),
    "utilization.memory": String(Math.round(now.busy * 92)),
    "memory.total": String(MEMORY_MIB),
    "memory.used": String(used),
    "memory.free": String(MEMORY_MIB - used),
    "clocks.sm": clock,
    "clocks.gr": clock,
    "clocks.mem": memoryClock,
    "clocks.current.sm": clock,
    "clocks.current.graphics": clock,
    "clocks.current.memory": memoryClock,
    "pcie.link.gen.current": now.busy > 0 ? "3" : "1",
    "pcie.link.width.current": "1",
    "clocks_event_reasons.active": "0x0000000000000000",
    "clocks_throttle_reasons.active": "0x0000000000000000",
  };
}

/** What `nvidia-smi` says of one GPU, in the words of the log. */
export function nvidiaReported({ now }: PartNow): Reported {
  return { powerWatts: rounded(now.watts, 2), chipCelsius: Math.round(now.chipCelsius) };
}

const SCRIPT = fileURLToPath(new URL("nvidia-smi.sh", import.meta.url));
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A program that behaves as nvidia-smi, and the file of values that it prints from. */
export interface FakeNvidiaSmi {
  readonly program: string;
  /** Rewrites what it prints from. */
  refresh(parts: readonly PartNow[], atMs: number, fault: Fault | undefined): Promise<void>;
}

/** Puts the program into a folder. It ends by itself when this process is gone. */
export async function fakeNvidiaSmi(folder: string): Promise<FakeNvidiaSmi> {
  await mkdir(folder, { recursive: true });
  const program = join(folder, "nvidia-smi");
  await copyFile(SCRIPT, program);
  await chmod(program, 0o755);
  return {
    program,
    refresh: (parts, atMs, fault) => writeWhole(join(folder, "values"), values(parts, atMs, fault)),
  };
}

/** Assignments in the shell's language, one per GPU and field. */
function values(parts: readonly PartNow[], atMs: number, fault: Fault | undefined): string {
  const gpus = parts.map((part, index) => fields(part, index, parts.length, atMs));
  const lines = gpus.flatMap((gpu, index) =>
    Object.entries(gpu).map(
      ([name, value]) => `g${index}_${name.replaceAll(".", "_")}=${quoted(value)}`,
    ),
  );
  const known = quoted(` ${Object.keys(gpus[0] ?? {}).join(" ")} `);
  const head = [`simulator=${process.pid}`, `gpus=${gpus.length}`, `fault=${fault ?? "none"}`];
  return `${[...head, `known=${known}`, ...lines].join("\n")}\n`;
}
