import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { cpu, mem, osInfo, system } from "systeminformation";
import { RigError } from "../../core/errors.ts";
import { type Link, type Reach, within } from "../links/link.ts";

/** Temperature sensors of processors, by the name of their kernel driver. */
const PROCESSOR_SENSORS = new Set(["coretemp", "k10temp", "zenpower", "cpu_thermal"]);
/**
 * Which of its sensors is the processor's, best first, before the first one of all: Tctl is what fans are driven by and up
 * to 27 °C above Tdie on some processors. https://docs.kernel.org/hwmon/k10temp.html
 */
const WHOLE = [/^Package id \d+$/, /^Tdie$/, /^Tctl$/];

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
  const [memory, loadavg, uptime, processors] = await Promise.all([
    mem(),
    textOf(join(root, "proc/loadavg")),
    textOf(join(root, "proc/uptime")),
    processorsIn(join(root, "sys/class/hwmon")),
  ]);
  return {
    memory: { total: memory.total, active: memory.active },
    loadavg: loadavg?.split(" ")[0],
    uptime: uptime?.split(" ")[0],
    processors,
  };
}

/** What a processor's sensor says, as the kernel writes it, in m°C; absent where it has none or does not say. */
interface Processor {
  readonly temperature?: string;
}

/** The processors that have a sensor, in the kernel's order. Other sensors, which may hang with their device, are left alone. */
async function processorsIn(folder: string): Promise<Processor[]> {
  const names = await readdir(folder).catch(() => []);
  const chips = names.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const found = await Promise.all(
    chips.map(async (chip) => {
      const driver = await textOf(join(folder, chip, "name"));
      return PROCESSOR_SENSORS.has(driver ?? "") ? [await processorAt(join(folder, chip))] : [];
    }),
  );
  return found.flat();
}

async function processorAt(folder: string): Promise<Processor> {
  const names = await readdir(folder).catch(() => []);
  const labels = await Promise.all(
    names
      .filter((name) => /^temp\d+_label$/.test(name))
      .map(
        async (name) => [name.replace("label", "input"), await textOf(join(folder, name))] as const,
      ),
  );
  const [whole = "temp1_input"] = WHOLE.flatMap((label) =>
    labels.filter(([, text]) => label.test(text ?? "")).map(([input]) => input),
  );
  const temperature = await textOf(join(folder, whole));
  return temperature === undefined ? {} : { temperature };
}

/** A small file's content; undefined where it cannot be read, which is how a container or another kernel looks. */
function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}
