import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cpu, mem, osInfo, system } from "systeminformation";
import { RigError } from "../../core/errors.ts";
import { type Link, type Reach, within } from "../links/link.ts";

/** Temperature sensors of processors, by the name of their kernel driver. */
const CPU_SENSORS = new Set(["coretemp", "k10temp", "zenpower", "cpu_thermal"]);

/**
 * The host as a device. `facts` are gathered once in the link's life, since systeminformation starts programs for them;
 * `load` reads a few files of /proc and /sys. Its `graphics()` blocks the process on nvidia-smi and is never called.
 */
export function hostLink(reach: Reach, root: string): Link {
  let facts: Promise<Uint8Array> | undefined;
  const replies: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    facts: () => {
      facts ??= gatherFacts(root).then(toBytes);
      // A failure is not kept: the next ask tries again.
      facts.catch(() => {
        facts = undefined;
      });
      return facts;
    },
    load: async () => toBytes(await gatherLoad(root)),
  };
  return {
    ask: ({ target }, signal) =>
      within(reach, signal, async () => {
        const reply = replies[target];
        if (reply === undefined) throw new RigError("bug", `the host is not asked for ${target}`);
        return reply();
      }),
    stop: async () => {},
  };
}

const toBytes = (facts: unknown): Uint8Array => Buffer.from(JSON.stringify(facts), "utf8");

async function gatherFacts(root: string): Promise<unknown> {
  const [processor, os, board, machineId] = await Promise.all([
    cpu(),
    osInfo(),
    system(),
    textOf(join(root, "etc/machine-id")),
  ]);
  return {
    machineId,
    cpu: { manufacturer: processor.manufacturer, brand: processor.brand, cores: processor.cores },
    os: { hostname: os.hostname, distro: os.distro, release: os.release, kernel: os.kernel },
    system: { manufacturer: board.manufacturer, model: board.model, serial: board.serial },
  };
}

async function gatherLoad(root: string): Promise<unknown> {
  const [memory, loadavg, uptime, cpuTemperature] = await Promise.all([
    mem(),
    textOf(join(root, "proc/loadavg")),
    textOf(join(root, "proc/uptime")),
    cpuTemperatureIn(join(root, "sys/class/hwmon")),
  ]);
  return {
    memory: { total: memory.total, active: memory.active },
    loadavg: loadavg?.split(" ")[0],
    uptime: uptime?.split(" ")[0],
    cpuTemperature,
  };
}

/** The first sensor of the first processor: the package on Intel, Tctl on AMD; as the kernel writes it, in m°C. */
async function cpuTemperatureIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const driver = await textOf(join(folder, name, "name"));
    if (driver !== undefined && CPU_SENSORS.has(driver))
      return textOf(join(folder, name, "temp1_input"));
  }
  return undefined;
}

/** A small file's content; undefined where it cannot be read, which is how a container or another kernel looks. */
function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}
