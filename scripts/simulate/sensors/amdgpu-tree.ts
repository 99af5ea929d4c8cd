import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "../faults.ts";
import type { PartNow } from "../protocols/protocol.ts";
import type { Reported } from "../reply-log.ts";
import { writeWhole } from "./write-whole.ts";

/** GPUs take their numbers in an order that has nothing to do with the bus. */
const FIRST_CARD = 1;
const FIRST_HWMON = 3;
const VRAM_BYTES = 17_163_091_968;

const slot = (bus: number): string => `0000:${bus.toString(16).padStart(2, "0")}:00.0`;
const milli = (celsius: number): number => Math.round(celsius) * 1000;

/** What `amdgpu` says of one GPU, in the words of the log. */
export function amdgpuReported({ now }: PartNow): Reported {
  return { powerWatts: Math.round(now.watts), chipCelsius: Math.round(now.chipCelsius) };
}

/** A folder in the place of /sys with GPUs that the amdgpu driver serves. */
export interface FakeAmdgpu {
  /** What stands for `/sys`. */
  readonly root: string;
  /** Rewrites the values that change. */
  refresh(parts: readonly PartNow[], fault: Fault | undefined): Promise<void>;
}

/**
 * Makes the tree in a folder: as on a real machine, `class/drm/cardN` is a link to the device of its PCI slot, and there
 * are connectors and a render node beside the cards. The values appear with the first refresh.
 */
export async function fakeAmdgpu(folder: string): Promise<FakeAmdgpu> {
  const root = join(folder, "sys");
  let stands = false;
  return {
    root,
    refresh: async (parts, fault) => {
      if (fault === "refuse") {
        await rm(root, { recursive: true, force: true });
        stands = false;
        return;
      }
      if (!stands) await build(root, parts);
      stands = true;
      for (const [at, part] of parts.entries()) await measure(root, folder, at, part, fault);
    },
  };
}

const deviceFolder = (root: string, part: PartNow): string =>
  join(root, "devices/pci0000:00/0000:00:03.1", slot(part.pciBus));
const hwmonFolder = (root: string, at: number, part: PartNow): string =>
  join(deviceFolder(root, part), "hwmon", `hwmon${FIRST_HWMON + at}`);

async function build(root: string, parts: readonly PartNow[]): Promise<void> {
  await mkdir(join(root, "class/drm"), { recursive: true });
  for (const [at, part] of parts.entries()) {
    const card = `card${FIRST_CARD + at}`;
    const device = deviceFolder(root, part);
    await mkdir(hwmonFolder(root, at, part), { recursive: true });
    await mkdir(join(device, "drm", card, `${card}-DP-1`), { recursive: true });
    await symlink(`../../../${slot(part.pciBus)}`, join(device, "drm", card, "device"));
    const target = `../../devices/pci0000:00/0000:00:03.1/${slot(part.pciBus)}/drm/${card}`;
    await symlink(target, join(root, "class/drm", card));
    await symlink(`${target}/${card}-DP-1`, join(root, "class/drm", `${card}-DP-1`));
    await writeAll(device, fixed(part));
    await writeAll(hwmonFolder(root, at, part), LABELS);
  }
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), `${text}\n`);
}

const LABELS = {
  name: "amdgpu",
  temp1_label: "edge",
  temp2_label: "junction",
  temp3_label: "mem",
  temp1_crit: "100000",
  temp2_crit: "110000",
  temp3_crit: "105000",
  power1_label: "PPT",
  power1_cap: "231000000",
  power1_cap_min: "0",
  power1_cap_max: "268000000",
  fan1_min: "0",
  fan1_max: "3300",
  pwm1_max: "255",
  pwm1_min: "0",
  freq1_label: "sclk",
  freq2_label: "mclk",
  in0_label: "vddgfx",
};

function fixed(part: PartNow): Record<string, string> {
  return {
    vendor: "0x1002",
    device: "0x73bf",
    class: "0x030000",
    unique_id: part.id.slice(0, 16),
    product_name: part.model,
    vbios_version: "113-SIMULATED-001",
    mem_info_vram_total: String(VRAM_BYTES),
    current_link_speed: "16.0 GT/s PCIe",
    current_link_width: "16",
    uevent: [
      "DRIVER=amdgpu",
      "PCI_CLASS=30000",
      "PCI_ID=1002:73BF",
      "PCI_SUBSYS_ID=1002:0E3A",
      `PCI_SLOT_NAME=${slot(part.pciBus)}`,
    ].join("\n"),
  };
}

async function measure(
  root: string,
  scratch: string,
  at: number,
  part: PartNow,
  fault: Fault | undefined,
): Promise<void> {
  const { now } = part;
  const busy = now.busy > 0;
  const hwmon = {
    temp1_input: milli(now.chipCelsius),
    temp2_input: milli(now.chipCelsius + 11),
    temp3_input: milli(now.chipCelsius + 16),
    power1_average: Math.round(now.watts) * 1_000_000,
    fan1_input: Math.round(now.fanDuty * 3300),
    pwm1: Math.round(now.fanDuty * 255),
    freq1_input: busy ? 1_300_000_000 : 500_000_000,
    freq2_input: busy ? 1_075_000_000 : 96_000_000,
    in0_input: busy ? 843 : 706,
  };
  const device = {
    gpu_busy_percent: Math.round(now.busy * 100),
    mem_busy_percent: Math.round(now.busy * 88),
    mem_info_vram_used: busy ? 5_573_246_976 : 16_277_504,
  };
  const files = [
    ...Object.entries(hwmon).map(
      ([name, value]) => [hwmonFolder(root, at, part), name, value] as const,
    ),
    ...Object.entries(device).map(
      ([name, value]) => [deviceFolder(root, part), name, value] as const,
    ),
  ];
  for (const [index, [folder, name, value]] of files.entries()) {
    const file = join(folder, name);
    if (fault === "half" && index % 2 === 1) await rm(file, { force: true });
    else await writeWhole(file, fault === "garbage" ? "\u0001?,ERR\n" : `${value}\n`, scratch);
  }
}
