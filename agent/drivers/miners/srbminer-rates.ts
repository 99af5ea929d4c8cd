import { isRecord, listOf, pointer } from "../pointer.ts";

type Doc = Readonly<Record<string, unknown>>;

/** What one algorithm does: rates of the CPU and, by `gpu0`, `gpu1` …, of each GPU. */
interface Program extends Doc {
  readonly name: unknown;
  readonly cpu: Doc;
  readonly gpu: Doc;
}

/** Far more than it mines at once: a reply with more is none of its, and every GPU would be looked up in as many. */
const MAX_ALGORITHMS = 16;

/**
 * SRBMiner's reply in one form: since Multi 0.4.8 rates stand in a list of algorithms, in Multi before that beside the
 * devices, and in SRBMiner for CryptoNight inside them.
 */
export function orderly(root: unknown): unknown {
  if (!isRecord(root)) return root;
  const devices = listOf(root["gpu_devices"] ?? root["devices"]).filter(isRecord);
  const listed = listOf(root["algorithms"]).filter(isRecord);
  if (listed.length > MAX_ALGORITHMS) return root;
  const programs = listed.length > 0 ? listed.map(programOf) : [onlyProgram(root, devices)];
  const named = devices.map(keyOf);
  // A rate of a GPU that is not in the list of devices: that it is there must not go unsaid.
  const known = new Set(named);
  const strange = programs
    .flatMap(({ gpu }) => Object.keys(gpu))
    .filter((key) => /^gpu\d+$/.test(key) && !known.has(key));
  return {
    ...root,
    programs,
    cpus: hasCpu(root) ? programs.filter((program) => isOfCpu(program, programs)) : [],
    gpus: [
      ...devices.map((device, place) => gpuOf(device, named[place] ?? "", programs)),
      ...[...new Set(strange)].map((key) => ({ mined: minedBy(key, programs) })),
    ],
  };
}

const recordOf = (found: unknown): Doc => (isRecord(found) ? found : {});

function programOf(algorithm: Doc): Program {
  return {
    ...algorithm,
    name: algorithm["name"],
    cpu: recordOf(pointer(algorithm, "/hashrate/cpu")),
    gpu: lowerCased(recordOf(pointer(algorithm, "/hashrate/gpu"))),
  };
}

/** The one algorithm that older versions mine. */
function onlyProgram(root: Doc, devices: readonly Doc[]): Program {
  const inside = devices.map((device) => [keyOf(device), device["hashrate"]] as const);
  const { shares, pool } = root;
  return {
    name: root["algorithm"] ?? root["cryptonight_type"],
    shares,
    pool,
    cpu: recordOf(pointer(root, "/cpu_hashrate/0")),
    gpu: {
      ...Object.fromEntries(inside.filter(([, rate]) => rate !== undefined)),
      ...lowerCased(recordOf(pointer(root, "/gpu_hashrate/0"))),
    },
  };
}

function lowerCased(rates: Doc): Doc {
  return Object.fromEntries(Object.entries(rates).map(([key, rate]) => [key.toLowerCase(), rate]));
}

/** A device's key among the rates. Positions differ from it when a device is left out of mining. */
function keyOf(device: Doc): string {
  const { device: name, id = device["device_id"] } = device;
  return typeof name === "string" ? name.toLowerCase() : `gpu${String(id)}`;
}

function hasCpu(root: Doc): boolean {
  const workers = root["total_cpu_workers"];
  return typeof workers === "number" ? workers > 0 : root["cpu_hashrate"] !== undefined;
}

/** An algorithm that the CPU has no part in still gives a total for it, of 0, and no threads. */
function isOfCpu({ cpu }: Program, programs: readonly Program[]): boolean {
  const threads = Object.keys(cpu).some((key) => key.startsWith("thread"));
  return threads || (programs.length === 1 && cpu["total"] !== undefined);
}

function gpuOf(device: Doc, key: string, programs: readonly Program[]): Doc {
  const bus = device["bus_id"];
  // A whole address is in hexadecimal, a bus number alone is a number.
  const address =
    device["topology_id"] ??
    (typeof bus === "number" && Number.isInteger(bus) && bus >= 0 ? bus.toString(16) : undefined);
  // A fan at 0 beside 0 °C is a driver that did not answer.
  const turns = device["fan_speed_rpm"];
  const fan = device["temperature"] === 0 && turns === 0 ? undefined : turns;
  return { ...device, address, fan, mined: minedBy(key, programs) };
}

function minedBy(key: string, programs: readonly Program[]): readonly Doc[] {
  const mined = programs
    .filter(({ gpu }) => Object.hasOwn(gpu, key))
    .map(({ name, gpu }) => ({ name, rate: gpu[key] }));
  return mined.length > 0 ? mined : [{ name: programs[0]?.name }];
}
